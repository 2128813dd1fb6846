import Primitives
import Settlement

/// When an alert begins and ends, by what is seen of one rollup at a time.
struct AlertRules: Sendable {
    struct Limits: Sendable, Equatable {
        /// Wei that a batcher should have.
        var batcherBalance: UInt256
        /// Milliseconds for which no block becomes safe although there are newer ones.
        var stall: Int64
        /// Blocks of the rollup between proposals.
        var proposalInterval: UInt64
    }

    /// What is known of a rollup at a moment; nil for what is not.
    struct Sight: Sendable, Equatable {
        var batcherBalance: UInt256?
        var head: UInt64?
        var safe: UInt64?
        /// The block of the newest proposal; 0 where there is none.
        var proposed: UInt64?
    }

    let limits: Limits
    /// The safe head that was seen last, and since when it is that one and is behind, in milliseconds.
    private var standing: (safe: UInt64, since: Int64)?

    init(_ limits: Limits) { self.limits = limits }

    /// - Parameter now: milliseconds.
    mutating func look(_ sight: Sight, now: Int64) -> [Alert.Kind: AlertFinding] {
        [
            .batcherBalanceLow: balance(sight), .safeHeadStalled: safeHead(sight, now),
            .proposalMissing: proposals(sight),
        ]
    }

    private func balance(_ sight: Sight) -> AlertFinding {
        guard let balance = sight.batcherBalance else { return .unknown }
        if balance >= limits.batcherBalance { return .fine }
        return .raised(
            "its batcher has \(Wei.digits(balance)) wei left, and should have \(Wei.digits(limits.batcherBalance))")
    }

    private mutating func safeHead(_ sight: Sight, _ now: Int64) -> AlertFinding {
        guard let head = sight.head, let safe = sight.safe else {
            // Where its processes sleep, no time passes for it.
            standing = nil
            return .unknown
        }
        guard head > safe else {
            standing = nil
            return .fine
        }
        guard let standing, standing.safe == safe else {
            let isFirst = self.standing == nil
            self.standing = (safe, now)
            return isFirst ? .unknown : .fine
        }
        if now - standing.since < limits.stall { return .unknown }
        return .raised(
            "block \(safe) is its newest safe one since \((now - standing.since) / 1_000) s, and block \(head) its newest"
        )
    }

    private func proposals(_ sight: Sight) -> AlertFinding {
        guard let safe = sight.safe, let proposed = sight.proposed else { return .unknown }
        if safe < proposed + 2 * limits.proposalInterval { return .fine }
        return .raised(
            "block \(proposed) is the newest that was proposed, every \(limits.proposalInterval) should be, and block \(safe) is safe"
        )
    }
}
