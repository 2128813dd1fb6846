import EVM
import Primitives
public import Sequencing
public import StateTransition
public import Storage
import Synchronization

/// A chain: blocks verified and put on disk, the choice among forks, building, and the pool of transactions.
///
/// All methods may be called from any thread. Changes happen one at a time; who reads never waits for them.
public final class Chain: Sendable {
    /// What only the thread that changes the chain touches.
    final class Writer: @unchecked Sendable {
        let codes = CodeCache(byteLimit: 64 << 20)
        /// The total difficulty of the head, until the chain went over to proof of stake; nil where it is to be added up.
        var headDifficulty: (hash: Hash256, total: UInt256)?
    }

    /// What readers see besides the database.
    struct Published: Sendable {
        var tree = BlockTree()
        var recent = RecentBlocks()
    }

    public let configuration: ChainConfiguration
    public let database: ChainDatabase
    public let pool: TransactionPool
    private let writer = Writer()
    /// Held while `writer` is used.
    private let writing = Mutex(())
    let published = Mutex(Published())
    private let events = Observers<ChainEvent>()
    let refused = RefusedBlocks()
    let pending = PendingBlock()
    let opening = Opening()
    let openEvents = Observers<OpenBlockEvent>()
    let limitsOfData = Mutex(DataLimits())
    let witness = Mutex<(any ChangeWitness)?>(nil)
    /// Held while a witness is told that a change is over.
    let telling = Mutex(())

    /// The chain in a database.
    ///
    /// - Parameter poolConfiguration: the bounds of the pool of transactions.
    public init(
        configuration: ChainConfiguration, database: ChainDatabase,
        poolConfiguration: MempoolConfiguration = MempoolConfiguration()
    ) throws(ChainError) {
        self.configuration = configuration
        self.database = database
        let snapshot = try storing { () throws(StorageError) in try database.snapshot() }
        let header = try storing { () throws(StorageError) in try snapshot.header(snapshot.head) }
        guard let header else { throw .unknownBlock(snapshot.head.hash) }
        let state = try storing { () throws(StorageError) in try snapshot.headState() }
        let head = try Self.poolHead(after: header, configuration, state)
        pool = TransactionPool(configuration: poolConfiguration, head: head, chain: configuration, state: state)
    }

    /// Everything as it is now.
    public func view() throws(ChainError) -> ChainView {
        // First the tree: a block that goes to the database meanwhile is seen twice, not never.
        let published = published.withLock { $0 }
        let snapshot = try storing { () throws(StorageError) in try database.snapshot() }
        return ChainView(configuration, snapshot, tree: published.tree, recent: published.recent) {
            (view) throws(ChainError) in try self.pendingBlock(on: view)
        }
    }

    /// The last blocks that broke a rule, newest first; they have no receipts.
    public var refusedBlocks: [SealedBlock] { refused.all }

    /// Calls `body` after every change of the chain, on the thread that made it and before it goes on: to do little.
    public func observe(_ body: @escaping @Sendable (ChainEvent) -> Void) -> ObserverID { events.add(body) }

    public func removeObserver(_ id: ObserverID) { events.remove(id) }

    func changing<Result>(
        _ body: (Writer) throws(ChainError) -> Result
    ) throws(ChainError) -> Result {
        try writing.withLock { (_) throws(ChainError) in
            let witness = witness.withLock { $0 }
            witness?.willChange()
            defer { tell(witness) }
            return try body(writer)
        }
    }

    /// Makes a change known: to readers, the pool, and who observes.
    ///
    /// - Parameter sealing: the open block that was added.
    func publish(
        _ event: ChainEvent, changes: [StateDiff], keepsTransactions: Bool = true, sealing: UInt64? = nil
    ) throws(ChainError) {
        published.withLock { published in
            for block in event.added { published.recent.insert(block) }
            published.tree.prune(head: event.head.number, adopted: event.added)
        }
        // It has happened, also where the pool cannot follow it.
        defer { events.notify(event) }
        if !event.added.isEmpty || !event.removed.isEmpty {
            let snapshot = try storing { () throws(StorageError) in try database.snapshot() }
            let header = try storing { () throws(StorageError) in try snapshot.header(snapshot.head) }
            guard let header else { throw .unknownBlock(snapshot.head.hash) }
            let state = try storing { () throws(StorageError) in try snapshot.headState() }
            let head = try Self.poolHead(after: header, configuration, state)
            pool.follow(
                event, changes: changes, keepsTransactions: keepsTransactions, head: head, sealing: sealing,
                state: state)
            closeOpenBlock(unlessOn: event.head)
        }
    }

    /// What the pool has to know of the block that comes next.
    private static func poolHead(
        after header: BlockHeader, _ configuration: ChainConfiguration, _ state: StoredState
    ) throws(ChainError) -> MempoolHead {
        let timestamp = header.timestamp &+ 1
        let revision = configuration.revision(
            number: header.number &+ 1, timestamp: timestamp,
            parentTotalDifficulty: header.difficulty.isZero || header.number == 0 ? .max : .zero)
        let blobs = configuration.opStack == nil ? configuration.blobParameters(timestamp: timestamp) : nil
        let excess = configuration.excessBlobGas(after: header, timestamp: timestamp, revision: revision)
        var costs: RollupCosts?
        if let upgrade = configuration.opStack?.upgrade(timestamp: timestamp) {
            do throws(StateError) {
                costs = RollupCosts(try RollupFeeParameters(state, upgrade: upgrade), upgrade: upgrade)
            } catch {
                throw .invalid(.state(error))
            }
        }
        return MempoolHead(
            number: header.number, baseFee: revision >= .london ? configuration.baseFee(after: header) ?? 0 : 0,
            blobBaseFee: blobs?.baseFee(excessBlobGas: excess) ?? 0, gasLimit: header.gasLimit,
            blobLimit: Int(blobs?.maximum ?? 0), revision: revision, chainID: configuration.chainID,
            rollup: costs)
    }
}
