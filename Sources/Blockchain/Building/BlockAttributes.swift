public import Primitives
public import Sequencing
public import StateTransition

/// What is decided about a block before it is built (Engine API, payload attributes; OP Stack, payload attributes).
public struct BlockAttributes: Sendable {
    /// Seconds since the Unix epoch.
    public var timestamp: UInt64
    public var randomness: Hash256
    public var feeRecipient: Address
    /// From Shanghai on; nil for none.
    public var withdrawals: [Withdrawal]?
    /// From Cancun on; nil for zero.
    public var parentBeaconBlockRoot: Hash256?
    /// The gas limit wanted: on an L1 the block goes towards it as far as it may, on a rollup it is what the block has.
    /// Nil for that of the parent.
    public var gasLimit: UInt64?
    /// At most 32 bytes; ignored on a rollup, where the fee parameters are there.
    public var extraData: [UInt8] = []
    /// What the block begins with, valid or the block cannot be built; deposits have their senders in them.
    public var transactions: [Transaction] = []
    /// OP Stack: denominator and elasticity, four bytes each (Holocene).
    public var baseFeeParameters: [UInt8]?
    /// OP Stack: wei a gas (Jovian).
    public var minimumBaseFee: UInt64?
    /// Wei a gas, instead of what the parent leads to: for development only, as no verifier would take the block.
    public var baseFee: UInt256?
    /// Changes of the state that come before everything else: for development only, as no verifier would make them.
    public var stateChanges = StateDiff()

    public init(
        timestamp: UInt64, randomness: Hash256, feeRecipient: Address, withdrawals: [Withdrawal]? = nil,
        parentBeaconBlockRoot: Hash256? = nil, gasLimit: UInt64? = nil
    ) {
        self.timestamp = timestamp
        self.randomness = randomness
        self.feeRecipient = feeRecipient
        self.withdrawals = withdrawals
        self.parentBeaconBlockRoot = parentBeaconBlockRoot
        self.gasLimit = gasLimit
    }
}

/// Which transactions follow those that the attributes name.
public enum TransactionChoice: Sendable {
    case none
    /// The best of the pool.
    case pool
}

/// A block that was built and is not part of the chain.
public struct BuiltCandidate: Sendable {
    public var sealed: SealedBlock
    /// EIP-7685.
    public var requests: [[UInt8]]
    /// What the block's transactions pay to its fee recipient, wei.
    public var fees: UInt256
    /// The blobs of its blob transactions, in their order.
    public var sidecars: [VerifiedSidecar]
    var diff: StateDiff
}
