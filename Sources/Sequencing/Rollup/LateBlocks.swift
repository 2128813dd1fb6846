/// Which of the blocks that a sequencer makes late, after a sleep or an outage, have no transactions but deposits.
///
/// A transaction is not executed in a past that everybody else thinks to be over, nor in a block whose data may come too
/// late to L1: what derivation then makes of the time is the same block without it.
public enum LateBlocks {
    /// Seconds behind the clock from which on a block has deposits only.
    public static var tolerance: UInt64 { 60 }

    /// - Parameters:
    ///   - timestamp: of the block, seconds.
    ///   - now: seconds of the clock.
    ///   - origin: the number of the block's L1 origin.
    ///   - l1Head: the number of L1's newest block.
    ///   - sequencingWindow: L1 blocks within which the block's data has to be on L1.
    public static func isEmpty(
        timestamp: UInt64, now: UInt64, origin: UInt64, l1Head: UInt64, sequencingWindow: UInt64
    ) -> Bool {
        if now > timestamp, now - timestamp > tolerance { return true }
        // A quarter of the window is left to the batcher.
        return l1Head > origin && l1Head - origin > sequencingWindow - sequencingWindow / 4
    }
}
