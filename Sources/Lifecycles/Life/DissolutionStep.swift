/// What whoever brings a rollup to its end does next: a function of what L1 says, so that he may be stopped anywhere and begin
/// again, and two of them do nothing twice.
public enum DissolutionStep: Equatable, Sendable {
    /// Close it, for this reason.
    case close(ClosingReason)
    /// Nobody but the owner may close it yet.
    case wait(until: Early)
    /// Let the L1 blocks pass in which batches count; derive meanwhile.
    case drain(until: UInt64)
    /// Have the output of the last block proposed and final, and prove it to the claims.
    case settle
    /// All is done.
    case done
    /// There is no end to come to.
    case never

    /// What has to come first.
    public struct Early: Equatable, Sendable {
        /// Seconds since the Unix epoch.
        public var expiresAt: UInt64
        /// Of L1.
        public var now: UInt64
        /// Whether it may end before, by its budget or its batcher's silence.
        public var mayEndBefore: Bool

        public init(expiresAt: UInt64, now: UInt64, mayEndBefore: Bool) {
            self.expiresAt = expiresAt
            self.now = now
            self.mayEndBefore = mayEndBefore
        }
    }

    /// - Parameter isOwner: whether who asks may close the rollup at any time.
    public init(_ facts: LifecycleFacts, isOwner: Bool) {
        switch facts.state {
        case .active where facts.isPermanent: self = .never
        case .active:
            if let due = facts.due {
                self = .close(due)
            } else if isOwner {
                self = .close(.owner)
            } else {
                self = .wait(
                    until: Early(
                        expiresAt: facts.expiresAt, now: facts.l1Time,
                        mayEndBefore: facts.budget != nil || facts.idleBlocks > 0))
            }
        case .closing: self = .drain(until: facts.closing?.drainEnd ?? facts.l1Block)
        case .settling: self = .settle
        case .dissolved: self = .done
        }
    }
}
