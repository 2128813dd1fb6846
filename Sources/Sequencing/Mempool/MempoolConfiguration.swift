public import Primitives

/// How much the pool holds and what it asks of a transaction.
public struct MempoolConfiguration: Sendable {
    /// What is offered first to whoever builds a block.
    public enum Ordering: Sendable {
        /// The highest tip that the base fee leaves; of equal ones the earliest.
        case effectiveTip
        /// The earliest, whatever it pays.
        case arrival
    }

    public var ordering: Ordering = .effectiveTip
    /// Bytes of a place; a transaction takes at least one.
    public var placeSize = 32_768
    /// Places for executable transactions.
    public var pendingPlaces = 8_192
    /// Places for transactions that wait for another.
    public var queuedPlaces = 2_048
    /// Blobs of all blob transactions together.
    public var blobs = 1_024
    /// Executable transactions of one account.
    public var pendingPerAccount = 4_096
    /// Waiting transactions of one account.
    public var queuedPerAccount = 64
    /// Blob transactions of one account.
    public var blobTransactionsPerAccount = 16
    /// Bytes of a transaction without blobs.
    public var transactionSize = 131_072
    /// Bytes of a transaction with its blobs.
    public var blobTransactionSize = 1_048_576
    /// Wei a gas that a transaction offers at least.
    public var minimumTip: UInt256 = 1
    /// Percent by which every price of a replacement is above that of what it replaces.
    public var priceBump: UInt64 = 10
    /// The same for blob transactions.
    public var blobPriceBump: UInt64 = 100
    /// Milliseconds without news from its account after which a waiting transaction is dropped.
    public var queuedLifetime: UInt64 = 3 * 3_600_000
    /// Included blob transactions that are remembered with their blobs, so that they can come back.
    public var includedBlobTransactions = 64

    public init() {}

    /// For the sequencer of a rollup, whose pool is the only one: room for some blocks at full speed, in 288 MiB at most.
    public static var sequencer: MempoolConfiguration {
        var configuration = MempoolConfiguration()
        configuration.placeSize = 2_048
        configuration.pendingPlaces = 131_072
        configuration.queuedPlaces = 16_384
        configuration.pendingPerAccount = 16_384
        configuration.queuedPerAccount = 256
        return configuration
    }

    /// For a chain of one node on a developer's machine: room for some blocks of tens of thousands of transactions, in
    /// 288 MiB of them at most.
    public static var development: MempoolConfiguration {
        var configuration = sequencer
        configuration.pendingPerAccount = 131_072
        configuration.queuedPerAccount = 1_024
        configuration.minimumTip = 0
        return configuration
    }
}
