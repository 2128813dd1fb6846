import Primitives

/// What makes the outputs of a rollup final, from its launch on (`docs/settlement.md`).
public struct SecurityTerms: Equatable, Sendable, Codable {
    /// Wei that a proposal takes, and a challenge of it.
    public var proposalBond: UInt64
    /// Seconds in which a proposal can be challenged.
    public var challengeWindow: UInt64
    /// Seconds after these in which a challenge can be decided.
    public var resolutionWindow: UInt64
    /// Seconds that a resolved output has to wait.
    public var finalityDelay: UInt64
    /// Seconds that a proven withdrawal has to wait.
    public var maturityDelay: UInt64

    public init(
        proposalBond: UInt64, challengeWindow: UInt64, resolutionWindow: UInt64, finalityDelay: UInt64,
        maturityDelay: UInt64
    ) {
        self.proposalBond = proposalBond
        self.challengeWindow = challengeWindow
        self.resolutionWindow = resolutionWindow
        self.finalityDelay = finalityDelay
        self.maturityDelay = maturityDelay
    }

    /// A week, as on the OP Stack's chains.
    public static var ethereum: SecurityTerms {
        SecurityTerms(
            proposalBond: 80_000_000_000_000_000, challengeWindow: 302_400, resolutionWindow: 604_800,
            finalityDelay: 302_400, maturityDelay: 604_800)
    }

    /// A minute: for a chain where nothing has a value.
    public static var development: SecurityTerms {
        SecurityTerms(
            proposalBond: 10_000_000_000_000_000, challengeWindow: 60, resolutionWindow: 600, finalityDelay: 2,
            maturityDelay: 2)
    }
}
