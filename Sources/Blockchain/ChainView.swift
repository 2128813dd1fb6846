public import EVM
public import Primitives
public import StateTransition
public import Storage
public import Trie

/// Everything about the chain as it was at one moment: the blocks on disk, and those that are beside the chain.
///
/// One thread at a time may use it, and not for long: the database cannot use pages again that it sees.
public final class ChainView {
    public let configuration: ChainConfiguration
    let snapshot: ChainSnapshot
    private(set) var tree: BlockTree
    let recent: RecentBlocks
    private let buildPending: (ChainView) throws(ChainError) -> TreeBlock?
    private var pending: BlockReference?

    /// - Parameter buildPending: the block that would come next; nil where there is none to be had.
    init(
        _ configuration: ChainConfiguration, _ snapshot: ChainSnapshot, tree: BlockTree, recent: RecentBlocks,
        buildPending: @escaping (ChainView) throws(ChainError) -> TreeBlock?
    ) {
        self.buildPending = buildPending
        self.configuration = configuration
        self.snapshot = snapshot
        self.tree = tree
        self.recent = recent
    }

    public var head: BlockReference { snapshot.head }
    public var genesis: BlockReference { snapshot.genesis }
    public var safe: BlockReference? { snapshot.safe }
    public var finalized: BlockReference? { snapshot.finalized }
    /// The oldest block whose state can be read.
    public var oldestState: UInt64 { snapshot.oldestState }

    /// The header of the head.
    public var headHeader: BlockHeader {
        get throws(ChainError) {
            guard let header = try header(head) else { throw .unknownBlock(head.hash) }
            return header
        }
    }

    // MARK: Finding

    /// The block that a tag names; nil where there is none. `pending` is the head where no next block can be built.
    public func reference(_ tag: BlockTag) throws(ChainError) -> BlockReference? {
        switch tag {
        case .latest: return head
        case .pending: return try pendingReference()
        case .safe: return safe
        case .finalized: return finalized
        case .earliest: return genesis
        case .number(let number):
            if number == head.number { return head }
            guard number <= head.number else { return nil }
            return try storing { () throws(StorageError) in try snapshot.reference(number) }
        case .hash(let hash, let requiresCanonical):
            guard let block = try reference(hash) else { return nil }
            if requiresCanonical { return try isCanonical(block) ? block : nil }
            return block
        }
    }

    /// The block that would come next: part of this view from now on, and of no other.
    private func pendingReference() throws(ChainError) -> BlockReference {
        if let pending { return pending }
        guard let block = try buildPending(self) else { return head }
        tree.insert(block)
        pending = block.sealed.reference
        return block.sealed.reference
    }

    /// The block with this hash, in the chain or beside it.
    public func reference(_ hash: Hash256) throws(ChainError) -> BlockReference? {
        if let block = recent[hash] ?? tree[hash]?.sealed { return block.reference }
        return try storing { () throws(StorageError) in try snapshot.reference(hash) }
    }

    public func isCanonical(_ block: BlockReference) throws(ChainError) -> Bool {
        if block.number > head.number { return false }
        return try storing { () throws(StorageError) in try snapshot.isCanonical(block) }
    }

    /// Whether the state that the block left can be had: it is in the chain, or it and all its ancestors down to the chain
    /// were executed beside it.
    func isExecuted(_ block: BlockReference) throws(ChainError) -> Bool {
        var block = block
        while let known = tree[block.hash] {
            if try isCanonical(block) { return true }
            block = BlockReference(number: block.number &- 1, hash: known.parentHash)
        }
        return try isCanonical(block)
    }

    /// Where in the chain a transaction is.
    public func location(ofTransaction hash: Hash256) throws(ChainError) -> (block: BlockReference, index: Int)? {
        try storing { () throws(StorageError) in try snapshot.location(ofTransaction: hash) }
    }

    // MARK: Blocks

    public func header(_ reference: BlockReference) throws(ChainError) -> BlockHeader? {
        if let block = recent[reference.hash] ?? tree[reference.hash]?.sealed { return block.header }
        return try storing { () throws(StorageError) in try snapshot.header(reference) }
    }

    public func block(_ reference: BlockReference) throws(ChainError) -> Block? {
        if let block = recent[reference.hash] ?? tree[reference.hash]?.sealed { return block.block }
        return try storing { () throws(StorageError) in try snapshot.block(reference) }
    }

    /// The block with its receipts; nil where it is not known, or beside the chain and never executed by this process.
    public func sealedBlock(_ reference: BlockReference) throws(ChainError) -> SealedBlock? {
        if let block = recent[reference.hash] ?? tree[reference.hash]?.sealed { return block }
        return try storing { () throws(StorageError) -> SealedBlock? in
            guard let receipts = try snapshot.receipts(reference), let senders = try snapshot.senders(reference),
                let (block, byteCount) = try snapshot.sizedBlock(reference)
            else { return nil }
            return SealedBlock(
                block, hash: reference.hash, senders: senders, receipts: receipts, encodedByteCount: byteCount)
        }
    }

    /// The rules of a block of this chain, before and after it went over to proof of stake.
    public func revision(of header: BlockHeader) -> Revision {
        configuration.revision(
            number: header.number, timestamp: header.timestamp,
            parentTotalDifficulty: header.difficulty.isZero ? .max : .zero)
    }

    // MARK: State

    /// The state that a block left.
    ///
    /// - Throws: `ChainError.stateUnavailable` where it is not kept.
    public func state(_ reference: BlockReference) throws(ChainError) -> StateSource {
        try state(reference, sharesTries: false)
    }

    /// - Parameter sharesTries: whether roots asked for prepare the next commit on the head.
    func state(_ reference: BlockReference, sharesTries: Bool) throws(ChainError) -> StateSource {
        var path: [TreeBlock] = []
        var hash = reference.hash
        while let block = tree[hash], try !isCanonical(block.sealed.reference) {
            path.append(block)
            hash = block.parentHash
        }
        guard let last = path.last else { return try stored(reference, sharesTries: sharesTries) }
        let base = try stored(
            BlockReference(number: last.sealed.header.number &- 1, hash: hash), sharesTries: false)
        if path.count == 1, let table = last.table {
            return OverlaidState(
                base, after: last.diff, table: table, hashes: [last.sealed.header.number: last.sealed.hash])
        }
        var merging = DiffMerging()
        var hashes: [UInt64: Hash256] = [:]
        for block in path.reversed() {
            merging.add(block.diff)
            hashes[block.sealed.header.number] = block.sealed.hash
        }
        return OverlaidState(base, after: merging.merged, hashes: hashes)
    }

    func stored(_ reference: BlockReference, sharesTries: Bool) throws(ChainError) -> StoredState {
        guard try isCanonical(reference), reference.number >= oldestState else {
            throw .stateUnavailable(reference)
        }
        return try storing { () throws(StorageError) in
            try snapshot.state(reference.number, sharesTries: sharesTries)
        }
    }

    /// The state on which a block was executed.
    public func parentState(of block: SealedBlock) throws(ChainError) -> StateSource {
        try state(BlockReference(number: block.header.number &- 1, hash: block.header.parentHash))
    }

    /// The proof of an account and slots of it, in the state that a block of the chain left (EIP-1186).
    public func proof(
        of address: Address, slots: [UInt256], at reference: BlockReference
    ) throws(ChainError) -> AccountProof {
        let state = try stored(reference, sharesTries: false)
        do throws(StateError) {
            return try state.proof(of: address, slots: slots)
        } catch {
            throw .invalid(.state(error))
        }
    }
}
