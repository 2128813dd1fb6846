public import Primitives
public import StateTransition

/// What derivation must know about a rollup: the fields of its `rollup.json` that matter since Jovian, and when L1 changes
/// the price of its blobs.
public struct RollupConfiguration: Equatable, Sendable {
    /// Where the rollup begins.
    public struct Genesis: Equatable, Sendable {
        /// The L1 block from which on derivation reads.
        public var l1: BlockID
        public var l2: BlockID
        /// Of the L2 block, seconds since the Unix epoch.
        public var l2Time: UInt64
        public var systemConfig: SystemConfig

        public init(l1: BlockID, l2: BlockID, l2Time: UInt64, systemConfig: SystemConfig) {
            self.l1 = l1
            self.l2 = l2
            self.l2Time = l2Time
            self.systemConfig = systemConfig
        }

        /// The genesis block.
        public var reference: L2BlockReference {
            L2BlockReference(
                number: l2.number, hash: l2.hash, parentHash: Hash256(), timestamp: l2Time, l1Origin: l1,
                sequenceNumber: 0)
        }
    }

    public var genesis: Genesis
    /// Seconds from one block to the next; not zero.
    public var blockTime: UInt64
    /// L1 blocks in which the batch of a block must be included (`seq_window_size`); at least two.
    public var sequencingWindow: UInt64
    public var l1ChainID: UInt64
    public var l2ChainID: UInt64
    /// Where batcher transactions go on L1.
    public var batchInbox: Address
    /// Whose logs on L1 are deposits: the portal.
    public var depositContract: Address
    /// Whose logs on L1 change the system configuration.
    public var systemConfigContract: Address
    /// Whose log on L1 ends the rollup; nil for a rollup that has no end.
    public var lifecycleContract: Address?
    /// When L1's blob parameters change, in ascending order of time.
    public var l1BlobUpgrades: [ChainConfiguration.BlobUpgrade]
    /// Whether a batcher transaction may name data elsewhere; otherwise one that does is ignored.
    public var allowsAltDA: Bool

    /// A configuration; nil where the block time is zero, or the sequencing window less than two blocks.
    public init?(
        genesis: Genesis, blockTime: UInt64, sequencingWindow: UInt64, l1ChainID: UInt64, l2ChainID: UInt64,
        batchInbox: Address, depositContract: Address, systemConfigContract: Address,
        l1BlobUpgrades: [ChainConfiguration.BlobUpgrade] = [], allowsAltDA: Bool = false,
        lifecycleContract: Address? = nil
    ) {
        guard blockTime > 0, sequencingWindow >= 2 else { return nil }
        self.genesis = genesis
        self.blockTime = blockTime
        self.sequencingWindow = sequencingWindow
        self.l1ChainID = l1ChainID
        self.l2ChainID = l2ChainID
        self.batchInbox = batchInbox
        self.depositContract = depositContract
        self.systemConfigContract = systemConfigContract
        self.l1BlobUpgrades = l1BlobUpgrades
        self.allowsAltDA = allowsAltDA
        self.lifecycleContract = lifecycleContract
    }

    /// The price of a blob gas on L1 in a block, wei; one before there are blobs.
    public func l1BlobBaseFee(timestamp: UInt64, excessBlobGas: UInt64?) -> UInt256 {
        guard let excessBlobGas, let upgrade = l1BlobUpgrades.last(where: { $0.timestamp <= timestamp }) else {
            return 1
        }
        return upgrade.parameters.baseFee(excessBlobGas: excessBlobGas)
    }

    /// What derivation knows a block of the rollup by; nil where it is none of this rollup.
    ///
    /// - Parameters:
    ///   - hash: of the header.
    ///   - firstTransaction: nil in the genesis alone.
    public func reference(
        header: BlockHeader, hash: Hash256, firstTransaction: Transaction?
    ) -> L2BlockReference? {
        if header.number == genesis.l2.number { return hash == genesis.l2.hash ? genesis.reference : nil }
        return firstTransaction.flatMap { L2BlockReference(header: header, hash: hash, firstTransaction: $0) }
    }

    /// What holds in a block of the rollup since Jovian; nil where it says nothing.
    ///
    /// - Parameter firstTransaction: nil in the genesis alone.
    public func systemConfig(header: BlockHeader, firstTransaction: Transaction?) -> SystemConfig? {
        if header.number == genesis.l2.number { return genesis.systemConfig }
        return firstTransaction.flatMap {
            SystemConfig(
                header: header, firstTransaction: $0, unsafeBlockSigner: genesis.systemConfig.unsafeBlockSigner)
        }
    }
}
