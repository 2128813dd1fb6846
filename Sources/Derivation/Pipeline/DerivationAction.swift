/// What derivation asks of its driver, or has for it.
public enum DerivationAction: Equatable, Sendable {
    /// Give the L1 block with this number, which follows `parent` where one is named.
    case needsL1Block(number: UInt64, parent: BlockID?)
    /// Give these blobs of an L1 block.
    case needsBlobs([BlobReference], L1BlockReference)
    /// Give the data that a commitment in an L1 block stands for, or say that they are not to be had any more.
    case needsAltDAData(AltDACommitment, L1BlockReference)
    /// Give the block of the safe chain with this number.
    case needsL2Block(number: UInt64)
    /// Make the block with these attributes, or find that the chain has it already.
    case attributes(DerivedAttributes)
    /// Nothing any more: the safe head is the last block that the rollup will ever have.
    case closed(RollupClosing)
}

/// The next block of the rollup as L1 says it.
public struct DerivedAttributes: Equatable, Sendable {
    public var attributes: PayloadAttributes
    /// The block that it follows.
    public var parent: L2BlockReference
    public var l1Origin: BlockID
    /// Its place among the blocks with the same L1 origin.
    public var sequenceNumber: UInt64
    /// The L1 block with which it is known: final once that is.
    public var derivedFrom: L1BlockReference
    /// Whether an invalid block of the batcher's is replaced by this one, or no batch came in time.
    public var isDepositsOnly: Bool
}

/// Where derivation begins, or begins again.
public struct DerivationStart: Equatable, Sendable {
    /// The last block of the rollup that is known to be derived from L1 as it now is.
    public var safeHead: L2BlockReference
    /// What holds in the safe head.
    public var safeHeadConfig: SystemConfig
    /// The L1 block to read from: at least a channel timeout before the safe head's L1 origin, or the genesis.
    public var base: BlockID
    /// What holds in a block of the rollup whose L1 origin is `base`.
    public var baseConfig: SystemConfig

    public init(safeHead: L2BlockReference, safeHeadConfig: SystemConfig, base: BlockID, baseConfig: SystemConfig) {
        self.safeHead = safeHead
        self.safeHeadConfig = safeHeadConfig
        self.base = base
        self.baseConfig = baseConfig
    }

    /// The rollup's genesis.
    public init(genesis: RollupConfiguration.Genesis) {
        self.init(
            safeHead: genesis.reference, safeHeadConfig: genesis.systemConfig, base: genesis.l1,
            baseConfig: genesis.systemConfig)
    }
}

/// What pulling from a stage of the pipeline gave.
enum Pulled<Value> {
    case value(Value)
    /// What is held of L1 gives no more.
    case exhausted
    case needs(DerivationAction)
}
