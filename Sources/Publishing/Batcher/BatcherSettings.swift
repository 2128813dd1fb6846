import Derivation

/// How a batcher works; what cannot work is corrected to the nearest that can.
public struct BatcherSettings: Equatable, Sendable {
    /// Blobs of a transaction at most; 1 to 6 since Osaka.
    public var blobsPerTransaction = 6
    /// Blobs' worth of data that a channel is closed at.
    public var blobsPerChannel = 6
    /// Bytes of a transaction's call data at most, version byte included.
    public var largestCalldata = 120_000
    /// Transactions' worth of call data that a channel is closed at.
    public var calldataTransactionsPerChannel = 4
    /// Bytes that a channel for an alt-DA server is closed at.
    public var altDAChannelSize = 780_000
    /// L1 blocks after which a channel is closed though it is not full.
    public var channelDuration: UInt64 = 5
    /// Milliseconds after which a channel is closed though L1 has had fewer blocks: one that makes blocks only on demand
    /// would not have any without it.
    public var channelTime: UInt64 = 60_000
    /// L1 blocks before the end of a sequencing window by which a channel is closed and sent.
    public var safetyMargin: UInt64 = 10
    /// Brotli's quality, 5 to 11, and where channels fill within `unhurried`.
    public var quality = 10
    public var hurriedQuality = 9
    /// Milliseconds.
    public var unhurried: UInt64 = 10_000

    /// Transactions that are sent and not included yet at most.
    public var inFlightLimit = 8
    /// Channels that wait to be sent at most; further blocks wait in the builder.
    public var waitingChannelLimit = 2
    /// Bytes of blocks held at most that are in no channel yet.
    public var heldByteLimit = 64 << 20
    /// Blocks asked for at a time at most.
    public var loadCount = 64
    public var feeLimits = FeeLimits()
    /// Milliseconds after which a transaction that nothing stands before is replaced by one that offers more.
    public var raiseAfter: UInt64 = 48_000
    /// Milliseconds after which a transaction is sent again that the pool does not have.
    public var resendAfter: UInt64 = 6_000
    /// Milliseconds after which transactions of the account that are not known here are replaced by empty ones.
    public var strangerPatience: UInt64 = 96_000
    /// L1 blocks after which a transaction is not looked at any more.
    public var confirmations: UInt64 = 15

    /// Layers of generic commitments that are published though they do not say what data they stand for: whoever runs the
    /// server can hold the rollup up then. Commitments by keccak256 always are.
    public var altDALayers: [UInt8] = []
    /// Milliseconds that a node may take over data with an alt-DA server before they are given to it again.
    public var storeAgainAfter: UInt64 = 10_000
    /// Milliseconds that an alt-DA server has for an answer.
    public var storeTimeout: UInt64 = 10_000
    /// Milliseconds after a server's failure until it is tried again; doubles to the limit.
    public var providerPause: UInt64 = 5_000
    public var providerPauseLimit: UInt64 = 300_000
    /// Milliseconds to wait after a channel was lost; doubles to the limit.
    public var lossPause: UInt64 = 2_000
    public var lossPauseLimit: UInt64 = 600_000
    /// Milliseconds after which blocks are asked for again.
    public var loadTimeout: UInt64 = 10_000

    /// Bytes not on L1 yet from which on the sequencer is to make less, and at which it is to make the least.
    public var throttleStart = 16 << 20
    public var throttleEnd = 64 << 20
    /// Bytes of a block's transactions, compressed, that a throttled sequencer may make at first and at least.
    public var throttledBlockMaximum = 130_000
    public var throttledBlockMinimum = 2_000

    public init() {}

    var corrected: BatcherSettings {
        var copy = self
        copy.blobsPerTransaction = min(max(blobsPerTransaction, 1), 6)
        copy.blobsPerChannel = min(max(blobsPerChannel, 1), 500)
        copy.largestCalldata = min(max(largestCalldata, 200), 120_000)
        copy.calldataTransactionsPerChannel = min(max(calldataTransactionsPerChannel, 1), 500)
        copy.altDAChannelSize = min(max(altDAChannelSize, 200), 60_000_000)
        copy.inFlightLimit = min(max(inFlightLimit, 1), 64)
        copy.waitingChannelLimit = min(max(waitingChannelLimit, 1), 64)
        copy.loadCount = min(max(loadCount, 1), 10_000)
        copy.throttleEnd = max(throttleEnd, throttleStart + 1)
        copy.throttledBlockMaximum = max(throttledBlockMaximum, throttledBlockMinimum)
        return copy
    }

    /// Bytes of a blob's frame that are of the channel.
    private static var blobRoom: Int { BlobEncoding.capacity - 1 - Frame.overhead }

    /// Bytes that a channel is closed at.
    func capacity(_ carrier: DataCarrier) -> Int {
        switch carrier {
        case .calldata: calldataTransactionsPerChannel * (largestCalldata - 1 - Frame.overhead)
        case .blobs: blobsPerChannel * Self.blobRoom
        case .altDA: altDAChannelSize
        }
    }
}
