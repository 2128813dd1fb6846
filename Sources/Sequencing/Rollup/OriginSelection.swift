public import Derivation

/// Which L1 origin the next block of a rollup has (OP Stack specification, derivation: L1 origins, sequencer drift).
public struct OriginSelection: Sendable, Equatable {
    public enum Choice: Equatable, Sendable {
        /// - Parameter isEmpty: whether the block may have deposits only, as it is too late after its origin.
        case use(L1BlockReference, isEmpty: Bool)
        /// The block would be too late after its parent's origin to be made before the next one is known.
        case needsNext
        /// The parent's origin is not on L1 any more: the rollup has to go back first.
        case reorganised
    }

    /// How many L1 blocks have to be on top of a new origin, so that a reorganisation of L1 seldom takes it back. Where a
    /// block is too late after its origin the next one is taken as soon as it is known.
    public var confirmationDepth: UInt64

    public init(confirmationDepth: UInt64 = 0) { self.confirmationDepth = confirmationDepth }

    /// Chooses for the block after `parent`.
    ///
    /// - Parameters:
    ///   - blockTime: seconds.
    ///   - current: the block that L1 has at the height of the parent's origin.
    ///   - next: the block after it; nil where there is none yet, or none that could be had.
    ///   - l1Head: the number of L1's newest block.
    public func choose(
        after parent: L2BlockReference, blockTime: UInt64, current: L1BlockReference, next: L1BlockReference?,
        l1Head: UInt64
    ) -> Choice {
        guard current.id == parent.l1Origin else { return .reorganised }
        let time = parent.timestamp &+ blockTime
        let isLate = Self.isLate(time, after: current)
        if let next {
            guard next.number == current.number &+ 1, next.parentHash == current.hash else { return .reorganised }
            let depth = l1Head >= next.number ? l1Head - next.number : 0
            if time >= next.timestamp, depth >= confirmationDepth || isLate {
                return .use(next, isEmpty: Self.isLate(time, after: next))
            }
            return .use(current, isEmpty: isLate)
        }
        // So late a block is only valid where it is earlier than the next origin.
        return isLate ? .needsNext : .use(current, isEmpty: false)
    }

    private static func isLate(_ time: UInt64, after origin: L1BlockReference) -> Bool {
        time > origin.timestamp && time - origin.timestamp > ProtocolConstant.sequencerDrift
    }
}
