public import Primitives
public import StateTransition

/// Everything in the database as it was when the snapshot was taken. One thread at a time may use it, and not for long:
/// the pages that it sees cannot be used again while it lives.
public final class ChainSnapshot {
    let stored: Snapshot
    let marks: ChainMarks
    private let tries: SharedTries

    convenience init(_ snapshot: Snapshot, tries: SharedTries) throws(StorageError) {
        guard let marks = try ChainMarks(snapshot.transaction, snapshot.tables.meta) else {
            throw snapshot.damaged("the table of marks")
        }
        self.init(snapshot, marks: marks, tries: tries)
    }

    init(_ snapshot: Snapshot, marks: ChainMarks, tries: SharedTries) {
        stored = snapshot
        self.marks = marks
        self.tries = tries
    }

    public var chainID: UInt64 { marks.chainID }
    public var genesis: BlockReference { marks.genesis }
    public var head: BlockReference { marks.head }
    public var safe: BlockReference? { marks.safe }
    public var finalized: BlockReference? { marks.finalized }
    /// The oldest block whose state can be read.
    public var oldestState: UInt64 { marks.oldestState }

    // MARK: Finding

    /// The block of the chain with this number.
    public func reference(_ number: UInt64) throws(StorageError) -> BlockReference? {
        try stored.canonicalHash(number).map { BlockReference(number: number, hash: $0) }
    }

    /// The block with this hash, in the chain or beside it.
    public func reference(_ hash: Hash256) throws(StorageError) -> BlockReference? {
        guard let value = try stored.transaction.get(stored.tables.numbers, hashKey(hash)) else { return nil }
        guard value.count == 8 else { throw stored.damaged("the number of block \(hash)") }
        return BlockReference(number: value.number(at: 0, as: UInt64.self), hash: hash)
    }

    public func isCanonical(_ block: BlockReference) throws(StorageError) -> Bool {
        try stored.canonicalHash(block.number) == block.hash
    }

    /// Where in the chain a transaction is.
    public func location(ofTransaction hash: Hash256) throws(StorageError) -> (block: BlockReference, index: Int)? {
        guard let value = try stored.transaction.get(stored.tables.transactions, hashKey(hash)) else { return nil }
        guard value.count == 12, let block = try reference(value.number(at: 0, as: UInt64.self)) else {
            throw stored.damaged("the place of transaction \(hash)")
        }
        return (block, Int(value.number(at: 8, as: UInt32.self)))
    }

    // MARK: Blocks

    public func encodedHeader(_ block: BlockReference) throws(StorageError) -> [UInt8]? {
        try stored.transaction.get(stored.tables.headers, block.key).map { Array($0) }
    }

    public func header(_ block: BlockReference) throws(StorageError) -> BlockHeader? {
        guard let bytes = try encodedHeader(block) else { return nil }
        guard let header = try? BlockHeader(decoding: bytes) else {
            throw stored.damaged("the header of block \(block.number)")
        }
        return header
    }

    /// The RLP of the whole block.
    public func encodedBlock(_ block: BlockReference) throws(StorageError) -> [UInt8]? {
        guard let header = try stored.transaction.get(stored.tables.headers, block.key),
            let body = try stored.transaction.get(stored.tables.bodies, block.key)
        else { return nil }
        return BlockBody.join(header: header, body: body)
    }

    public func block(_ block: BlockReference) throws(StorageError) -> Block? { try sizedBlock(block)?.block }

    /// The block with the bytes of its RLP.
    public func sizedBlock(_ block: BlockReference) throws(StorageError) -> (block: Block, byteCount: Int)? {
        guard let bytes = try encodedBlock(block) else { return nil }
        guard let decoded = try? Block(decoding: bytes) else { throw stored.damaged("block \(block.number)") }
        return (decoded, bytes.count)
    }

    /// The network form of one transaction of a block, blobs left out; the others are not decoded.
    public func encodedTransaction(_ index: Int, of block: BlockReference) throws(StorageError) -> [UInt8]? {
        guard index >= 0, let body = try stored.transaction.get(stored.tables.bodies, block.key) else { return nil }
        return BlockBody.transaction(index, of: body)
    }

    /// The senders of a block's transactions, in their order; nil where the block was never executed.
    public func senders(_ block: BlockReference) throws(StorageError) -> [Address]? {
        guard let value = try stored.transaction.get(stored.tables.senders, block.key) else { return nil }
        guard value.count.isMultiple(of: 20) else { throw stored.damaged("the senders of block \(block.number)") }
        return (0..<value.count / 20).map { value.loadUnaligned(fromByteOffset: $0 * 20, as: Address.self) }
    }

    /// The receipts of a block of the chain; the gas of one is the difference from the one before it.
    public func receipts(_ block: BlockReference) throws(StorageError) -> [Receipt]? {
        guard let value = try stored.transaction.get(stored.tables.receipts, block.key) else { return nil }
        guard let receipts = StoredReceipts.decode(value) else {
            throw stored.damaged("the receipts of block \(block.number)")
        }
        return receipts
    }

    // MARK: State

    /// The state that a block of the chain has left.
    ///
    /// - Parameter sharesTries: whether, in the head's state, a root that is asked for prepares the next commit. One that
    ///   will not be committed would undo the preparation of another.
    /// - Throws: `StorageError.beyondHistory` where it is not kept.
    public func state(_ number: UInt64, sharesTries: Bool = true) throws(StorageError) -> StoredState {
        guard number >= marks.oldestState, number <= marks.head.number, let version = marks.version(number),
            let block = try reference(number)
        else {
            throw StorageError(
                .beyondHistory,
                "the state of block \(number) is not kept: blocks \(marks.oldestState) to \(marks.head.number) are",
                path: stored.transaction.environment.path, remedy: "Keep a longer history.")
        }
        return StoredState(
            stored, block: block, version: version, shared: sharesTries && number == marks.head.number ? tries : nil)
    }

    public func headState() throws(StorageError) -> StoredState { try state(marks.head.number) }
}
