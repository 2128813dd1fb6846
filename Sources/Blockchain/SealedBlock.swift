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
    /// About how many bytes of memory it takes: several times its encoded ones, and what its logs hold.
    public let residentByteCount: Int

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
        let encodedByteCount = encodedByteCount ?? block.encoded.count
        self.encodedByteCount = encodedByteCount
        var resident = 4_096 + 3 * encodedByteCount + 1_024 * receipts.count
        for receipt in receipts {
            for log in receipt.logs { resident += 96 + 32 * log.topics.count + log.data.count }
        }
        residentByteCount = resident
    }

    public var header: BlockHeader { block.header }

    public var reference: BlockReference { BlockReference(number: block.header.number, hash: hash) }

    /// The gas that the transaction at `index` has used by itself.
    public func gasUsed(by index: Int) -> UInt64 {
        receipts[index].cumulativeGasUsed &- (index == 0 ? 0 : receipts[index - 1].cumulativeGasUsed)
    }
}
