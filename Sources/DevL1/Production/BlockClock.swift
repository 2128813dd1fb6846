import Glibc

/// Which timestamps an embedded L1 gives its blocks.
///
/// Every block has a second of its own, so that the slots of the beacon API name one block each: with instant blocks the chain
/// runs ahead of the clock while there is more than one a second. With timed blocks each is on the grid of its interval.
public struct BlockClock: Sendable {
    /// Seconds since the Unix epoch.
    public let genesis: UInt64
    /// Seconds between blocks; 1 with instant blocks.
    public var interval: UInt64
    /// What was added to the clock (`evm_increaseTime`), seconds.
    public var offset: Int64 = 0
    /// What the next block must have (`evm_setNextBlockTimestamp`).
    public var next: UInt64?
    /// Seconds from every block to the next, whatever time it is (`anvil_setBlockTimestampInterval`).
    public var spacing: UInt64?

    public init(genesis: UInt64, interval: UInt64) {
        self.genesis = genesis
        self.interval = max(1, interval)
    }

    /// Seconds since the Unix epoch, on this machine's clock with the offset.
    public var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(clamping: Int64(time.tv_sec).addingReportingOverflow(offset).partialValue)
    }

    /// The timestamp of the block after one of `parent`.
    public func timestamp(after parent: UInt64) -> UInt64 {
        if let next, next > parent { return next }
        if let spacing { return parent.addingReportingOverflow(max(1, spacing)).partialValue }
        // At the end of time there is no later second: the chain refuses a block that is not after its parent.
        let earliest = parent == .max ? parent : parent + 1
        let wanted = max(earliest, now)
        if interval == 1 { return wanted }
        // The first place on the grid that is neither taken nor long past.
        let onGrid = wanted - (wanted - min(genesis, wanted)) % interval
        return onGrid >= earliest ? onGrid : onGrid.addingReportingOverflow(interval).partialValue
    }

    /// Learns that there is a block of that time now: where it was the one that the next block had to have, time goes on
    /// from it.
    mutating func follow(_ timestamp: UInt64) {
        guard let next, next <= timestamp else { return }
        self.next = nil
        guard next == timestamp else { return }
        let ahead = Int64(clamping: next).subtractingReportingOverflow(Int64(clamping: now)).partialValue
        offset = offset.addingReportingOverflow(ahead).partialValue
    }
}
