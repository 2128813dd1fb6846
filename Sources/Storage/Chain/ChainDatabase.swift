import Primitives
import StateTransition
import Synchronization
import Trie

/// A chain on disk: blocks, receipts, indices, and the state that each block of the kept history has left.
///
/// All methods may be called from any thread. Changes go one at a time and take effect together or not at all; readers
/// never wait.
public final class ChainDatabase: Sendable {
    public struct Options: Sendable {
        /// How many blocks back from the head the state can be read; nil keeps everything.
        public var history: UInt64?
        /// How many trie nodes stay in memory between blocks, at about 100 bytes each; those of the account trie and
        /// those of all storage tries count separately.
        public var nodeLimit: Int

        public init(history: UInt64? = nil, nodeLimit: Int = 200_000) {
            self.history = history
            self.nodeLimit = nodeLimit
        }
    }

    public let options: Options
    let environment: Environment
    let tables: ChainTables
    let tries: SharedTries
    private let lock: DirectoryLock?
    /// The marks as they were committed last.
    let marks: Mutex<ChainMarks>
    /// Held while anything is written.
    let writing = Mutex(())

    /// Opens the database in a directory, or begins one with a genesis block where there is none.
    ///
    /// - Throws: `StorageError` where the directory cannot be written to, is in use, or holds anything but a sound
    ///   database of this chain; nothing is changed then.
    public convenience init(
        directory: String, genesis: GenesisBlock, options: Options = Options()
    ) throws(StorageError) {
        try self.init(DatabaseOpening.open(directory, canCreate: true), genesis: genesis, options: options)
    }

    /// Opens the database in a directory, of whatever chain.
    ///
    /// - Parameters:
    ///   - isReadOnly: whether it is looked at only, which works beside a node that is running and in a directory that may
    ///     not be written to.
    ///   - checksPages: whether every page of the file is looked at before anything is read through them: a page that is not
    ///     what it should be would kill the process.
    /// - Complexity: O(1), with `checksPages` O(*n*) in the file.
    public convenience init(
        existing directory: String, isReadOnly: Bool, checksPages: Bool = false, options: Options = Options()
    ) throws(StorageError) {
        let opened =
            isReadOnly
            ? try DatabaseOpening.openReadOnly(directory) : try DatabaseOpening.open(directory, canCreate: false)
        if checksPages { try opened.environment.checkPages() }
        try self.init(opened, genesis: nil, options: options)
    }

    private init(_ opened: DatabaseOpening, genesis: GenesisBlock?, options: Options) throws(StorageError) {
        self.options = options
        environment = opened.environment
        lock = opened.lock
        tables = ChainTables(opened.environment.tables)
        let snapshot = try Snapshot(environment, tables)
        var found = try ChainMarks(snapshot.transaction, tables.meta)
        if let genesis {
            let reference = BlockReference(genesis.block.header)
            if let found, found.chainID != genesis.chainID || found.genesis != reference {
                throw StorageError(
                    .otherChain,
                    "the database is of chain \(found.chainID) with genesis block \(found.genesis.hash), not of chain "
                        + "\(genesis.chainID) with \(reference.hash)",
                    path: environment.path,
                    remedy: "Nothing was changed. Choose another directory, or give the genesis that it was begun with."
                )
            }
            if found == nil {
                found = try GenesisWriting(environment: environment, tables: tables).write(genesis, snapshot)
            }
        }
        guard let found else {
            throw StorageError(
                .missing, "the database holds no chain", path: environment.path,
                remedy: "Start a node with a genesis in this directory first.")
        }
        guard let version = found.version(found.head.number) else {
            throw .damaged("the head is before the genesis block", path: environment.path)
        }
        let root = try Snapshot(environment, tables).root(version)
        tries = SharedTries(StateTries(version: version, root: root, nodeLimit: options.nodeLimit))
        marks = Mutex(found)
    }

    deinit { try? close() }

    /// The newest block of the chain.
    public var head: BlockReference { marks.withLock { $0.head } }
    public var safe: BlockReference? { marks.withLock { $0.safe } }
    public var finalized: BlockReference? { marks.withLock { $0.finalized } }
    public var genesis: BlockReference { marks.withLock { $0.genesis } }
    public var chainID: UInt64 { marks.withLock { $0.chainID } }

    /// Whether the machine went down while the last node had commits that were not synchronised: `verify` tells whether
    /// the disk has them.
    public var mayBeDamaged: Bool { lock?.lastEnd == .machineWentDown }

    /// The bytes of the file.
    public var fileSize: Int { environment.fileSize }

    /// Bytes that are free on the file's disk.
    public var freeBytes: Int { environment.freeBytes }

    /// The number of entries in each table.
    public func tableSizes() throws(StorageError) -> [(table: String, entries: Int)] {
        let reading = try environment.read()
        var sizes: [(table: String, entries: Int)] = []
        for table in environment.tables { sizes.append((table.name, try reading.transaction.count(table))) }
        return sizes
    }

    /// A view of everything as it is now.
    public func snapshot() throws(StorageError) -> ChainSnapshot {
        try ChainSnapshot(Snapshot(environment, tables), tries: tries)
    }

    /// The state that the head has left: what the next block is executed on.
    public func headState() throws(StorageError) -> StoredState { try snapshot().headState() }

    /// Waits until everything committed is on the disk.
    public func sync() throws(StorageError) { try environment.sync() }

    /// Synchronises and notes that all is well. What is committed later is still safe from the death of the process.
    public func close() throws(StorageError) {
        guard let lock else { return }
        try environment.sync()
        if environment.extendFile() { lock.end() }
    }

    /// Writes a compact copy of the database as it is now into another directory, where it can be opened.
    public func export(to directory: String) throws(StorageError) {
        try environment.copy(to: try DatabaseOpening.newFile(in: directory))
    }
}
