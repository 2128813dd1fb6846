public import Primitives
import Trie

/// What a block came to.
public struct BlockOutcome: Sendable {
    public var receipts: [Receipt]
    public var gasUsed: UInt64
    /// On the OP Stack from Jovian on the data footprint.
    public var blobGasUsed: UInt64
    public var logsBloom: LogsBloom
    /// Type byte and data of each kind of request that is not empty, in order (EIP-7685).
    public var requests: [[UInt8]]
    public var stateDiff: StateDiff
    public var stateRoot: Hash256
    public var receiptsRoot: Hash256
    /// From Shanghai on.
    public var withdrawalsRoot: Hash256?
    /// From Prague on.
    public var requestsHash: Hash256?

    /// The header with everything filled in that execution has found.
    public func sealed(_ header: BlockHeader, transactions: [Transaction]) -> BlockHeader {
        sealed(header, encodedTransactions: transactions.map { $0.encoded })
    }

    /// The same for transactions in their canonical form.
    public func sealed(_ header: BlockHeader, encodedTransactions: [[UInt8]]) -> BlockHeader {
        var header = header
        header.stateRoot = stateRoot
        header.transactionsRoot = orderedRoot(encodedTransactions)
        header.receiptsRoot = receiptsRoot
        header.logsBloom = logsBloom
        header.gasUsed = gasUsed
        header.withdrawalsRoot = withdrawalsRoot
        header.requestsHash = requestsHash
        if header.excessBlobGas != nil { header.blobGasUsed = blobGasUsed }
        return header
    }
}
