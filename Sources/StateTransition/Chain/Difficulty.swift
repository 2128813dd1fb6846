import EVM
import Primitives

/// The difficulty of the proof-of-work eras.
enum Difficulty {
    static var minimum: UInt256 { 131_072 }

    /// The difficulty that a block must have.
    ///
    /// - Parameters:
    ///   - timestamp: the block's, later than its parent's.
    ///   - bombDelay: blocks.
    static func expected(
        parent: BlockHeader, timestamp: UInt64, revision: Revision, bombDelay: UInt64
    ) -> UInt256 {
        let elapsed = timestamp &- parent.timestamp
        let step = parent.difficulty >> 11
        let number = parent.number &+ 1
        let isRaised: Bool
        var factor: UInt64
        if revision < .homestead {
            isRaised = elapsed < 13
            factor = 1
        } else {
            // Byzantium counts the parent's uncles (EIP-100).
            let ceiling: UInt64 = revision < .byzantium ? 1 : (parent.unclesHash == EmptyHash.list ? 1 : 2)
            let periods = elapsed / (revision < .byzantium ? 10 : 9)
            isRaised = periods < ceiling
            factor = isRaised ? ceiling &- periods : min(periods &- ceiling, 99)
        }
        let change = step &* UInt256(factor)
        var difficulty =
            isRaised ? parent.difficulty &+ change : parent.difficulty.subtracting(change) ?? .zero
        if difficulty < minimum { difficulty = minimum }
        let bombPeriods = (number > bombDelay ? number &- bombDelay : 0) / 100_000
        if bombPeriods > 1 { difficulty = difficulty &+ (UInt256.one << (bombPeriods &- 2)) }
        return difficulty
    }
}
