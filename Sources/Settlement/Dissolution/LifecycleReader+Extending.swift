import Layers
public import Lifecycles

extension LifecycleReader {
    /// The longest life that a rollup may have before it, seconds.
    private static let longestLife: UInt64 = 315_360_000

    /// Puts the end off.
    ///
    /// - Parameter expiry: the new one, seconds since the Unix epoch, of the present one.
    /// - Returns: what L1 says then.
    /// - Throws: `rule` with why not.
    public func extend(
        by sender: TransactionSender, to expiry: (UInt64) -> UInt64
    ) async throws(SettlementError) -> LifecycleFacts {
        let facts = try await facts()
        if facts.isPermanent { throw .rule("the rollup is permanent: there is no end to put off") }
        if let closing = facts.closing {
            throw .rule(
                "the rollup was closed in L1 block \(closing.block), as \(closing.reason.text): that is for good")
        }
        let owner = try await owner()
        guard owner == sender.address else {
            throw .rule("\(sender.address) is not the rollup's owner \(owner), who alone may put its end off")
        }
        let (now, present) = (facts.l1Time, facts.expiresAt)
        if now >= present {
            throw .rule(
                "the rollup has expired at \(LifetimeText.text(present)): its end can be put off before that only")
        }
        let later = expiry(present)
        guard later > present else {
            throw .rule("it ends at \(LifetimeText.text(present)) already: an end can only be put off")
        }
        guard later - now <= Self.longestLife else {
            throw .rule("\(LifetimeText.text(later)) is too late: a rollup may have ten years before it at most")
        }
        try await sender.perform(TransactionRequest(Lifecycle.extend(expiresAt: later), to: contract))
        return try await self.facts()
    }
}
