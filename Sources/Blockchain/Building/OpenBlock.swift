import EVM
public import Primitives
import Sequencing
public import StateTransition
public import Storage
import Synchronization

/// A block that is being built on the head and takes transactions until it is sealed.
///
/// `Chain.extend` and `Chain.seal` work on it, one at a time; everyone may read what it has so far. The chain goes on
/// meanwhile: where its head becomes another, the block is closed and its transactions are in the pool again.
public final class OpenBlock: Sendable {
    /// What only the thread that works on the block touches.
    struct Work: ~Copyable, @unchecked Sendable {
        /// Nil once the block is closed.
        var building: BlockBuilding?
        /// Whose transactions the block has no room for any more.
        var passed: Set<Address> = []
        /// The block, where it was finished and could not be put on disk.
        var candidate: BuiltCandidate?
        var nextIndex = 1
    }

    private struct Published: Sendable {
        var subBlocks: [SubBlock] = []
        /// Where in the block a transaction is.
        var places: [Hash256: Int] = [:]
        /// What the sub-blocks have, one after another.
        var transactions: [Transaction] = []
        var hashes: [Hash256] = []
        var senders: [Address] = []
        var receipts: [Receipt] = []
        var byteCount = 1_024
        var standing = StandingHash()
        /// How many of the sub-blocks are in the two below.
        var tableCount = 0
        var table = ChangeTable(seed: .random(in: .min ... .max))
        var merging = DiffMerging()
        /// Made where somebody asks, until there is more.
        var sealed: SealedBlock?
        var block: TreeBlock?
        var isClosed = false

        mutating func add(_ subBlock: SubBlock) {
            // They share their memory with the arrays.
            (sealed, block) = (nil, nil)
            subBlocks.append(subBlock)
            for (index, hash) in subBlock.hashes.enumerated() { places[hash] = subBlock.firstTransaction + index }
            transactions += subBlock.transactions
            hashes += subBlock.hashes
            for hash in subBlock.hashes { standing.add(hash.word0) }
            senders += subBlock.senders
            receipts += subBlock.receipts
            for encoded in subBlock.encoded { byteCount += encoded.count + 3 }
        }
    }

    public let parent: BlockReference
    /// What was known of the header when the block was opened.
    public let header: BlockHeader
    /// What the payload is called in the Flashblocks stream, eight bytes.
    public let id: UInt64
    let withdrawals: [Withdrawal]?
    /// Used only with `work`.
    nonisolated(unsafe) let codes: CodeCache
    let work: Mutex<Work>
    private let published = Mutex(Published())

    init(
        _ building: consuming BlockBuilding, codes: CodeCache, parent: BlockReference, withdrawals: [Withdrawal]?,
        first: SubBlock
    ) {
        self.parent = parent
        self.codes = codes
        header = building.header
        self.withdrawals = withdrawals
        id = .random(in: .min ... .max)
        let headerHash = header.hash
        work = Mutex(Work(building: building))
        published.withLock { $0.standing.add(headerHash.word0) }
        publish(first)
    }

    /// What the block has so far.
    public var subBlocks: [SubBlock] { published.withLock { $0.subBlocks } }

    /// Whether it takes no more transactions.
    public var isClosed: Bool { published.withLock { $0.isClosed } }

    /// Where in the block a transaction is; nil where it is not.
    public func place(of transaction: Hash256) -> Int? { published.withLock { $0.places[transaction] } }

    /// Names the header and the transactions that it has so far, however they came in sub-blocks.
    var standing: UInt64 { published.withLock { $0.standing.value } }

    /// The block as far as it has got: its hash is zero, as nobody knows it yet, and so are the roots in its header.
    public var sealedSoFar: SealedBlock { published.withLock { sealed(&$0) } }

    func publish(_ subBlock: SubBlock) { published.withLock { $0.add(subBlock) } }

    /// Takes no more transactions.
    ///
    /// - Returns: whether it took some until now.
    func close() -> Bool {
        published.withLock { published in
            defer { published.isClosed = true }
            return !published.isClosed
        }
    }

    /// The block as far as it has got, as views see it.
    ///
    /// - Complexity: O(*n*) in the block once after each sub-block.
    var treeBlock: TreeBlock {
        published.withLock { published in
            if let block = published.block { return block }
            for subBlock in published.subBlocks[published.tableCount...] {
                published.table.apply(subBlock.changes)
                published.merging.add(subBlock.changes)
            }
            published.tableCount = published.subBlocks.count
            let block = TreeBlock(
                sealed(&published), diff: published.merging.merged, requests: [], table: published.table)
            published.block = block
            return block
        }
    }

    private func sealed(_ published: inout Published) -> SealedBlock {
        if let sealed = published.sealed { return sealed }
        var header = header
        header.stateRoot = Hash256()
        header.transactionsRoot = Hash256()
        header.receiptsRoot = Hash256()
        if withdrawals != nil { header.withdrawalsRoot = Hash256() }
        if let last = published.subBlocks.last {
            header.gasUsed = last.gasUsed
            header.logsBloom = last.logsBloom
            if header.excessBlobGas != nil { header.blobGasUsed = last.dataFootprint + last.blobGasUsed }
        }
        let sealed = SealedBlock(
            Block(header: header, transactions: published.transactions, withdrawals: withdrawals), hash: Hash256(),
            transactionHashes: published.hashes, senders: published.senders, receipts: published.receipts,
            encodedByteCount: published.byteCount)
        published.sealed = sealed
        return sealed
    }
}

/// Which block of a chain is open.
final class Opening: Sendable {
    private struct State: @unchecked Sendable {
        var current: OpenBlock?
        /// The codes that earlier open blocks have run, while no block has them.
        var codes: CodeCache?
    }

    private let state = Mutex(State())

    var current: OpenBlock? { state.withLock { $0.current } }

    /// - Returns: the block that was open before.
    func open(_ block: OpenBlock) -> OpenBlock? {
        state.withLock { state in
            defer { state.current = block }
            return state.current
        }
    }

    /// Forgets the block where it is the one that is open.
    func forget(_ block: OpenBlock) {
        state.withLock { if $0.current === block { $0.current = nil } }
    }

    func takeCodes() -> CodeCache {
        state.withLock { state in
            defer { state.codes = nil }
            return state.codes ?? CodeCache(byteLimit: 64 << 20)
        }
    }

    func giveBack(_ codes: CodeCache) { state.withLock { $0.codes = codes } }
}
