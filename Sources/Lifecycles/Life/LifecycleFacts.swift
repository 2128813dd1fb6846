public import Primitives

/// What a rollup's lifecycle contract says, all of one L1 block.
public struct LifecycleFacts: Equatable, Sendable {
    public enum State: UInt8, CaseIterable, Sendable {
        case active = 0
        /// Closed, and batches still count.
        case closing = 1
        /// The last state is to be proven.
        case settling = 2
        case dissolved = 3

        public var name: String {
            switch self {
            case .active: "active"
            case .closing: "closing"
            case .settling: "settling"
            case .dissolved: "dissolved"
            }
        }
    }

    /// What is fixed once the rollup is closed.
    public struct Closing: Equatable, Sendable {
        /// The last L1 block that the rollup derives from.
        public var block: UInt64
        /// The last L1 block whose batches count.
        public var drainEnd: UInt64
        public var reason: ClosingReason

        public init(block: UInt64, drainEnd: UInt64, reason: ClosingReason) {
            self.block = block
            self.drainEnd = drainEnd
            self.reason = reason
        }
    }

    public var contract: Address
    public var l1Block: UInt64
    /// Of that block, seconds since the Unix epoch.
    public var l1Time: UInt64
    public var state: State
    /// Seconds since the Unix epoch; zero for a rollup that has no end.
    public var expiresAt: UInt64
    /// L1 blocks; zero for no such rule.
    public var idleBlocks: UInt64
    public var drainBlocks: UInt64
    /// Nil for none.
    public var budget: Address?
    /// Why anybody may close it now; nil where nobody but its owner may.
    public var due: ClosingReason?
    public var closing: Closing?

    public init(contract: Address, l1Block: UInt64, l1Time: UInt64, state: State, expiresAt: UInt64) {
        self.contract = contract
        self.l1Block = l1Block
        self.l1Time = l1Time
        self.state = state
        self.expiresAt = expiresAt
        idleBlocks = 0
        drainBlocks = 0
    }

    public var isPermanent: Bool { expiresAt == 0 }
}
