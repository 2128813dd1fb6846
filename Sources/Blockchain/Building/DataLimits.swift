import StateTransition
import Synchronization

/// How many bytes of a rollup's data the transactions of a new block may bring, in the estimate that fees are charged by
/// (Fjord): what a batcher that is behind asks of who builds blocks.
///
/// Only transactions of the pool are counted, as deposits are on L1 already.
public struct DataLimits: Equatable, Sendable {
    /// Bytes of one transaction; nil for any number.
    public var transaction: UInt64?
    /// Bytes of all transactions of a block together; nil for any number.
    public var block: UInt64?

    public init(transaction: UInt64? = nil, block: UInt64? = nil) {
        self.transaction = transaction
        self.block = block
    }
}

extension Chain {
    /// What holds from the next block on that is built here of the pool. Kept in memory alone: after a start there are none.
    public var dataLimits: DataLimits {
        get { limitsOfData.withLock { $0 } }
        set { limitsOfData.withLock { $0 = newValue } }
    }
}

/// What transactions of the pool take of the limits of one block.
struct DataAllowance: Sendable {
    private let limits: DataLimits
    private var used: UInt64 = 0
    /// Made only where there are limits.
    private var estimate: DataSizeEstimate?

    init(_ limits: DataLimits) {
        self.limits = limits
        if limits != DataLimits() { estimate = DataSizeEstimate() }
    }

    /// The bytes of a transaction; nil where it does not fit any more.
    mutating func size(of encoded: [UInt8]) -> UInt64? {
        guard let size = estimate?.byteCount(of: encoded) else { return 0 }
        if let limit = limits.transaction, size > limit { return nil }
        if let limit = limits.block, used &+ size > limit { return nil }
        return size
    }

    mutating func take(_ size: UInt64) { used &+= size }

    /// Whether not even the smallest transaction fits.
    var isUsedUp: Bool { limits.block.map { used &+ DataSizeEstimate.least > $0 } ?? false }
}
