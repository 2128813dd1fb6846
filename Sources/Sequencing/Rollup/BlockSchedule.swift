/// When the blocks of a rollup are opened and sealed, and when in between they get their sub-blocks.
///
/// A block is open for the time of one block before its timestamp. All times are milliseconds since the Unix epoch.
public struct BlockSchedule: Sendable, Equatable {
    public enum Phase: Equatable, Sendable {
        /// It is not time yet to open the block.
        case early(until: UInt64)
        /// The block is open.
        ///
        /// - Parameters:
        ///   - subBlock: which one is due, from zero.
        ///   - until: when the next is, or the block is to be sealed.
        case open(subBlock: UInt64, until: UInt64)
        /// The block is to be sealed; where it is not open yet, it is made in one go.
        case due
    }

    /// Seconds from block to block.
    public let blockTime: UInt64
    /// Milliseconds from sub-block to sub-block.
    public let subBlockTime: UInt64
    /// How many milliseconds before its timestamp a block is sealed, so that it is known by then.
    public let sealingTime: UInt64

    /// A schedule; nil where the block time is zero, or the sub-blocks are not 10 to 250 ms apart.
    public init?(blockTime: UInt64, subBlockTime: UInt64, sealingTime: UInt64 = 20) {
        guard (1...3_600).contains(blockTime), (10...250).contains(subBlockTime), sealingTime < 500 else { return nil }
        self.blockTime = blockTime
        self.subBlockTime = subBlockTime
        self.sealingTime = sealingTime
    }

    /// How many sub-blocks a block has at most.
    public var subBlockCount: UInt64 {
        let open = blockTime * 1_000 - sealingTime
        return (open + subBlockTime - 1) / subBlockTime
    }

    /// What is to be done for the block with a timestamp (seconds).
    public func phase(of timestamp: UInt64, at now: UInt64) -> Phase {
        let end = timestamp.multipliedReportingOverflow(by: 1_000)
        guard !end.overflow else { return .early(until: .max) }
        let length = blockTime * 1_000
        let opening = end.partialValue >= length ? end.partialValue - length : 0
        let sealing = end.partialValue >= sealingTime ? end.partialValue - sealingTime : 0
        if now < opening { return .early(until: opening) }
        if now >= sealing { return .due }
        let subBlock = (now - opening) / subBlockTime
        return .open(subBlock: subBlock, until: min(opening + (subBlock + 1) * subBlockTime, sealing))
    }

    /// What the sub-blocks up to one may use together of something that a block has so much of: each has the same share, and
    /// what one leaves is the next one's.
    public func share(of total: UInt64, upTo subBlock: UInt64) -> UInt64 {
        let count = subBlockCount
        if subBlock + 1 >= count { return total }
        let product = total.multipliedFullWidth(by: subBlock + 1)
        return count.dividingFullWidth(product).quotient
    }
}
