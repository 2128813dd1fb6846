/// What a rollup did of late: a point for each ten seconds in which its node ran, half an hour of them.
public struct LoadHistory: Equatable, Sendable {
    public struct Point: Equatable, Sendable {
        /// Seconds since the Unix epoch, of its end.
        public var time: UInt64
        /// A second, deposits included.
        public var transactions: Double
        /// A second.
        public var gas: Double
        /// Blocks that L1 does not give yet.
        public var blocksBehind: Double
    }

    private struct Counts: Equatable, Sendable {
        var time: Int64
        var transactions: Double
        var gas: Double
    }

    /// Milliseconds of a point, and after which what was between is not known.
    private static let spacing: Int64 = 10_000
    private static let longestGap: Int64 = 40_000
    private static let limit = 180
    /// Seconds that are told of.
    private static let length: Int64 = 1_800

    /// The oldest first.
    public private(set) var points: [Point] = []
    private var last: Counts?

    /// Takes note of what the node's `/metrics` say.
    ///
    /// - Parameter time: when they said so, in milliseconds since the Unix epoch.
    mutating func note(_ figures: [String: Double], at time: Int64) {
        let oldest = max(0, time / 1_000 - Self.length)
        points.removeAll { $0.time < UInt64(oldest) }
        guard let transactions = figures["mayfly_transactions_total"], let gas = figures["mayfly_gas_used_total"] else {
            return
        }
        let now = Counts(time: time, transactions: transactions, gas: gas)
        guard let before = last, time - before.time <= Self.longestGap, time >= before.time else { return last = now }
        guard time - before.time >= Self.spacing else { return }
        last = now
        let seconds = Double(time - before.time) / 1_000
        // A node that was started anew counts from zero.
        let isNew = transactions < before.transactions || gas < before.gas
        let behind = (figures["mayfly_head_block"] ?? 0) - (figures["mayfly_safe_block"] ?? 0)
        points.append(
            Point(
                time: UInt64(max(0, time) / 1_000),
                transactions: (transactions - (isNew ? 0 : before.transactions)) / seconds,
                gas: (gas - (isNew ? 0 : before.gas)) / seconds, blocksBehind: max(0, behind)))
        if points.count > Self.limit { points.removeFirst(points.count - Self.limit) }
    }
}
