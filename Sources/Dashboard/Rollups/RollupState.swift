/// Where a rollup is in its life.
package enum RollupState: String, Sendable, CaseIterable {
    case scheduled
    case launching
    case active
    case idle
    case closing
    case settling
    case dissolved
    case failed

    /// How its badge is coloured.
    var tone: String {
        switch self {
        case .active: "good"
        case .scheduled, .launching: "busy"
        case .closing, .settling: "warn"
        case .idle, .dissolved: "calm"
        case .failed: "bad"
        }
    }

    /// What it means for whoever uses the rollup.
    var meaning: String {
        switch self {
        case .scheduled: "Nothing of it is on L1 yet."
        case .launching: "Its contracts are being made on L1."
        case .active: "It takes transactions."
        case .idle: "It sleeps. The next request or deposit wakes it."
        case .closing: "It takes no transactions. Batches count until its drain window is over."
        case .settling: "Its last block is fixed. The output of that block is being made final on L1."
        case .dissolved: "It has ended. What its holders had is claimed on L1, by proof."
        case .failed: "Something went wrong that does not mend itself."
        }
    }

    var badge: Fields { ["tone": tone, "text": rawValue] }

    /// Whether its end has begun.
    var isEnding: Bool { self == .closing || self == .settling || self == .dissolved }
}

/// A block, and when it was made.
package struct BlockPoint: Sendable, Equatable {
    package var number: UInt64
    /// Seconds since the Unix epoch.
    package var time: UInt64

    package init(number: UInt64, time: UInt64) {
        self.number = number
        self.time = time
    }
}

/// How long a rollup lasts.
package enum LifeSpan: Sendable, Equatable {
    case permanent
    /// Seconds since the Unix epoch.
    case ephemeral(start: UInt64, end: UInt64)

    func fields(in frame: Frame, state: RollupState) -> Fields {
        switch self {
        case .permanent: return ["isPermanent": true, "left": "permanent", "end": nil, "done": nil]
        case .ephemeral(let start, let end):
            let length = end > start ? end - start : 1
            let done = frame.now <= start ? 0 : min(frame.now - start, length)
            // Of a hundred; a rollup of ten years overflows nothing.
            let percent = Int((Double(done) / Double(length) * 100).rounded(.down))
            let left: String
            if state.isEnding {
                left = state == .dissolved ? "ended" : "ending"
            } else {
                left = end > frame.now ? Format.duration(end - frame.now) + " left" : "over, may be closed"
            }
            return [
                "isPermanent": false, "left": left, "end": Fields.time(end, in: frame),
                "start": Fields.time(start, in: frame), "done": state.isEnding ? 100 : percent,
                "isOver": end <= frame.now,
            ]
        }
    }
}
