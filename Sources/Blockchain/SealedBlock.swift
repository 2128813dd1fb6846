public import Primitives
public import StateTransition
public import Storage

/// A block with what its execution has given: immutable, and shared by everyone who looks at it.
public final class SealedBlock: Sendable {
    public let block: Block
    public let hash: Hash256
    /// One for each transaction.
    public let transactionHashes: [Hash256]
    /// One for each transaction.
    public let senders: [Address]
    /// One for each transaction.
    public let receipts: [Receipt]
    /// Bytes of the block's RLP.
    public let encodedByteCount: Int

    /// - Parameter hash: keccak256 of the header; computed where it is not given, as are those of the transactions.
    public init(
        _ block: Block, hash: Hash256? = nil, transactionHashes: [Hash256]? = nil, senders: [Address],
        receipts: [Receipt], encodedByteCount: Int? = nil
    ) {
        self.block = block
        self.hash = hash ?? block.header.hash
        self.transactionHashes = transactionHashes ?? block.transactions.map { $0.hash }
        self.senders = senders
        self.receipts = receipts
        self.encodedByteCount = encodedByteCount ?? block.encoded.count
    }

    public var header: BlockHeader { block.header }

    public var reference: BlockReference { BlockReference(number: block.header.number, hash: hash) }

    /// The gas that the transaction at `index` has used by itself.
    public func gasUsed(by index: Int) -> UInt64 {
        receipts[index].cumulativeGasUsed &- (index == 0 ? 0 : receipts[index - 1].cumulativeGasUsed)
    }
}
