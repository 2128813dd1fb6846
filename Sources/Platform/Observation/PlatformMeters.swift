import Synchronization

/// What a platform's process counts while it runs.
final class PlatformMeters: Sendable {
    private struct State {
        /// By status.
        var requests: [Int: Int] = [:]
        /// By what was done.
        var database: [String: (count: Int, time: Duration)] = [:]
    }

    private let state = Mutex(State())

    /// A request of REST was answered.
    func answered(status: Int) { state.withLock { $0.requests[status, default: 0] += 1 } }

    /// A transaction of the database is over.
    ///
    /// - Parameter kind: `read` or `write`.
    func database(_ kind: String, _ time: Duration) {
        state.withLock { state in
            let old = state.database[kind] ?? (0, .zero)
            state.database[kind] = (old.count + 1, old.time + time)
        }
    }

    /// By status, in order.
    var requests: [(status: Int, count: Int)] {
        state.withLock { $0.requests.map { ($0.key, $0.value) } }.sorted { $0.status < $1.status }
    }

    /// Reads and writes: how many, and seconds in all.
    var database: [(kind: String, count: Int, seconds: Double)] {
        let state = state.withLock { $0.database }
        return ["read", "write"].map { kind in
            let (count, time) = state[kind] ?? (0, .zero)
            return (kind, count, time / .seconds(1))
        }
    }
}
