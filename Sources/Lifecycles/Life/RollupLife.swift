/// The life of a rollup as whoever runs it leads it: a state machine without I/O and clock, told what happens and saying what
/// to do.
///
/// `scheduled -> launching -> active <-> idle -> closing -> settling -> dissolved`, and `failed` from where something went
/// wrong that does not mend itself. From the launch on L1 has the last word: what it says of the lifecycle contract is
/// followed whatever was planned, and followed back where L1 is reorganised.
public struct RollupLife: Equatable, Sendable {
    public enum State: Equatable, Sendable {
        /// Nothing is on L1 before this time, seconds since the Unix epoch.
        case scheduled(start: UInt64)
        case launching
        case active
        /// It has no process: nobody has wanted anything for a while.
        case idle
        /// It takes no transactions; what it has is published.
        case closing(LifecycleFacts.Closing)
        case settling(LifecycleFacts.Closing)
        case dissolved
        /// With what has to be mended.
        case failed(String)
    }

    public enum Event: Equatable, Sendable {
        /// Seconds since the Unix epoch.
        case time(UInt64)
        case launched
        case failed(String)
        /// Whoever looks after it has mended it.
        case mended
        /// Nobody has wanted anything for as long as is waited.
        case quiet
        /// A request came, or a deposit on L1.
        case wanted
        /// What its lifecycle contract says.
        case l1(LifecycleFacts)
    }

    public enum Action: Equatable, Sendable {
        case launch
        /// Have the node, the batcher and the proposer run.
        case start
        /// End them; their files stay.
        case stop
        /// Anybody may close it for this reason: have it closed.
        case close(ClosingReason)
        /// Publish what there is up to this L1 block, and make the last blocks.
        case drain(until: UInt64)
        /// Have the last block's output proposed and final, and prove it.
        case settle
        /// Keep what claims are proven by.
        case archive
    }

    public private(set) var state: State
    /// Where a failure is mended to.
    private var before: State?

    /// - Parameter start: seconds since the Unix epoch; zero for at once.
    public init(start: UInt64 = 0) { state = .scheduled(start: start) }

    /// Goes on with a rollup that was launched before.
    public init(resuming state: State) { self.state = state }

    /// Takes an event, and says what to do; nothing where the event changes nothing.
    public mutating func handle(_ event: Event) -> [Action] {
        switch (state, event) {
        case (.dissolved, _): return []
        case (.failed(_), .mended):
            guard let before else { return [] }
            self.before = nil
            state = before
            return Self.resumption(of: before)
        case (.failed(_), .l1(let facts)) where facts.state != .active:
            // It ends all the same, with whoever takes care of that.
            before = nil
            return follow(facts)
        case (.failed(_), _): return []
        case (_, .failed(let reason)):
            before = state
            state = .failed(reason)
            return [.stop]
        case (.scheduled(let start), .time(let now)) where now >= start:
            state = .launching
            return [.launch]
        case (.launching, .launched):
            state = .active
            return [.start]
        case (.active, .quiet):
            state = .idle
            return [.stop]
        case (.idle, .wanted):
            state = .active
            return [.start]
        case (.scheduled, _), (.launching, _): return []
        case (_, .l1(let facts)): return follow(facts)
        default: return []
        }
    }

    private mutating func follow(_ facts: LifecycleFacts) -> [Action] {
        let old = state
        switch (facts.state, facts.closing) {
        case (.active, _):
            switch old {
            case .closing, .settling:
                // L1 has taken the close back.
                state = .active
                return [.start]
            default: return facts.due.map { [.close($0)] } ?? []
            }
        case (.closing, let closing?):
            state = .closing(closing)
            if state == old { return [] }
            // Who is not running has nothing to publish, and somebody has to derive the last blocks.
            let isRunning = old == .active
            return (isRunning ? [] : [.start]) + [.drain(until: closing.drainEnd)]
        case (.settling, let closing?):
            state = .settling(closing)
            if state == old { return [] }
            switch old {
            case .active, .closing: return [.settle]
            default: return [.start, .settle]
            }
        case (.dissolved, _):
            state = .dissolved
            return [.archive, .stop]
        default: return []
        }
    }

    /// What a state that is come back to takes.
    private static func resumption(of state: State) -> [Action] {
        switch state {
        case .launching: [.launch]
        case .active: [.start]
        case .closing(let closing): [.start, .drain(until: closing.drainEnd)]
        case .settling: [.start, .settle]
        case .scheduled, .idle, .dissolved, .failed: []
        }
    }
}
