public import Derivation
public import Primitives

/// Where on L1 a rollup settles: its contracts, and the block from which on they are read.
public struct SettlementPlace: Equatable, Sendable {
    public var l1ChainID: UInt64
    /// A block before the launch: derivation takes deposits from the one after it on, so that none is lost, and the launch
    /// can name the genesis that follows from it.
    public var l1: BlockID
    /// Of that block, seconds since the Unix epoch: the rollup's first block has the same.
    public var l1Time: UInt64
    /// Who may upgrade the contracts: the timelock.
    public var governor: Address
    public var systemConfig: Address
    public var portal: Address
    public var messenger: Address
    public var standardBridge: Address
    public var erc721Bridge: Address
    /// The contract that ends the rollup; nil for a permanent one.
    public var lifecycle: Address?
    /// The contract that keeps when batches came; nil for a rollup that may be idle.
    public var batchInbox: Address?

    public init(
        l1ChainID: UInt64, l1: BlockID, l1Time: UInt64, governor: Address, systemConfig: Address, portal: Address,
        messenger: Address, standardBridge: Address, erc721Bridge: Address, lifecycle: Address? = nil,
        batchInbox: Address? = nil
    ) {
        self.l1ChainID = l1ChainID
        self.l1 = l1
        self.l1Time = l1Time
        self.governor = governor
        self.systemConfig = systemConfig
        self.portal = portal
        self.messenger = messenger
        self.standardBridge = standardBridge
        self.erc721Bridge = erc721Bridge
        self.lifecycle = lifecycle
        self.batchInbox = batchInbox
    }
}
