public import Derivation

/// How far a rollup is derived.
public struct DerivationStatus: Equatable, Sendable {
    /// The L1 block that is read; nil before the first.
    public var currentL1: L1BlockReference?
    /// The last block that L1 gave.
    public var safe: L2BlockReference
    /// The last block that a final block of L1 gave.
    public var finalized: L2BlockReference
    /// Whether everything is derived that L1's newest block gives.
    public var isCurrent = false
    /// How the rollup ends, once L1 has closed it.
    public var closing: RollupClosing?
    /// Whether the safe block is the last that there will be.
    public var isClosed = false
    /// What stands in the way at the moment, for people; nil for nothing.
    public var trouble: String?

    /// The last block whose transactions were not valid as L1 has them, and why; nil for none.
    public var refusal: String?

    public init(safe: L2BlockReference, finalized: L2BlockReference) {
        self.safe = safe
        self.finalized = finalized
    }
}
