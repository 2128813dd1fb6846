/// Which of several endpoints is asked next: the first that is well, and none more often than it allows.
///
/// A value without clock: times are nanoseconds of a clock that never goes back.
struct EndpointSelection: Sendable {
    private struct State {
        /// Nanoseconds between two requests in the long run; 0 for no limit.
        let interval: UInt64
        /// How many requests may come at once before the interval is kept.
        let burst: UInt64
        /// When the next request would be on time if all came at intervals.
        var schedule: UInt64 = 0
        /// Failures one after another.
        var failures = 0
        /// Not asked before.
        var pausedUntil: UInt64 = 0

        func readyAt() -> UInt64 {
            let ahead = interval &* (burst - 1)
            return max(pausedUntil, schedule > ahead ? schedule - ahead : 0)
        }
    }

    /// The pause after the first failure, and the longest: who comes back is noticed soon.
    static let firstPause: UInt64 = 250_000_000
    static let longestPause: UInt64 = 5_000_000_000
    /// The longest that an endpoint may ask for.
    static let longestRequested: UInt64 = 30_000_000_000

    private var states: [State]

    init(_ endpoints: [Endpoint]) {
        states = endpoints.map { endpoint in
            guard let rate = endpoint.requestsPerSecond else { return State(interval: 0, burst: 1) }
            return State(interval: UInt64(max(1, 1e9 / rate)), burst: UInt64(max(1, min(rate, 1_000))))
        }
    }

    /// The endpoint to ask, and when: the first that may be asked now, or else the one that may be asked soonest.
    ///
    /// It counts as asked then.
    mutating func choose(at now: UInt64) -> (index: Int, time: UInt64) {
        let times = states.map { max(now, $0.readyAt()) }
        let time = times.min() ?? now
        let index = times.firstIndex(of: time) ?? 0
        states[index].schedule = max(states[index].schedule, time) &+ states[index].interval
        return (index, time)
    }

    mutating func succeeded(_ index: Int) { states[index].failures = 0 }

    /// - Parameter pause: what the endpoint asked for, nanoseconds; nil doubles the pause at each failure.
    mutating func failed(_ index: Int, at now: UInt64, pause: UInt64? = nil) {
        let doubled = Self.firstPause << UInt64(min(states[index].failures, 16))
        states[index].failures += 1
        let chosen = pause.map { min($0, Self.longestRequested) } ?? min(doubled, Self.longestPause)
        states[index].pausedUntil = max(states[index].pausedUntil, now &+ chosen)
    }
}
