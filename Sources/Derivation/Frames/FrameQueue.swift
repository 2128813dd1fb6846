/// The frames of one batcher transaction that no channel has taken yet (OP Stack specification, Holocene, frame queue).
struct FrameQueue {
    private var frames: ArraySlice<Frame> = []

    /// Takes the frames of the next batcher transaction, in order; drops those that cannot belong to a channel.
    mutating func load(_ loaded: [Frame]) { frames = Self.pruned(loaded)[...] }

    mutating func next() -> Frame? { frames.popFirst() }

    mutating func reset() { frames = [] }

    /// The frames without those out of order, and without the beginnings that another channel's first frame cuts off.
    static func pruned(_ loaded: [Frame]) -> [Frame] {
        var kept: [Frame] = []
        for frame in loaded {
            // A first frame is looked at again after each frame that it cuts off.
            while let last = kept.last, last.channel != frame.channel, frame.number == 0, !last.isLast {
                kept.removeLast()
            }
            guard let last = kept.last else {
                kept.append(frame)
                continue
            }
            let follows =
                last.channel == frame.channel
                ? !last.isLast && UInt32(frame.number) == UInt32(last.number) + 1 : frame.number == 0
            if follows { kept.append(frame) }
        }
        return kept
    }
}
