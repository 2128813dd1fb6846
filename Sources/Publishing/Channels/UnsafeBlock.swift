public import Derivation
public import Primitives
public import StateTransition

/// A block of the rollup that is to be published: what a span batch says of it.
public struct UnsafeBlock: Equatable, Sendable {
    public var reference: L2BlockReference
    /// The sequenced ones in their canonical form; deposits come from L1.
    public var transactions: [[UInt8]]

    public init(reference: L2BlockReference, transactions: [[UInt8]]) {
        self.reference = reference
        self.transactions = transactions
    }

    /// What is published of a block; nil where its first transaction does not bring L1 attributes.
    ///
    /// - Parameter hash: of the header.
    public init?(_ block: Block, hash: Hash256) {
        guard let first = block.transactions.first,
            let reference = L2BlockReference(header: block.header, hash: hash, firstTransaction: first)
        else { return nil }
        self.init(
            reference: reference,
            transactions: block.transactions.filter { $0.kind != .deposit }.map { $0.encoded })
    }

    /// The block as a span batch takes it.
    public var spanBlock: SpanBatch.Block {
        SpanBatch.Block(
            timestamp: reference.timestamp, parentHash: reference.parentHash, l1Origin: reference.l1Origin,
            sequenceNumber: reference.sequenceNumber, transactions: transactions)
    }

    /// Bytes of the transactions.
    var byteCount: Int { transactions.reduce(0) { $0 + $1.count } }
}
