public import EVM
public import Primitives

/// What the L1 attributes of a block say about fees: execution reads them from the storage of the `L1Block` contract.
public struct RollupFeeParameters: Equatable, Sendable {
    /// Wei a gas of the L1 origin.
    public var baseFee: UInt256
    /// Wei a blob gas of the L1 origin.
    public var blobBaseFee: UInt256
    public var baseFeeScalar: UInt64
    public var blobBaseFeeScalar: UInt64
    /// From Isthmus on.
    public var operatorFeeScalar: UInt64
    /// From Isthmus on.
    public var operatorFeeConstant: UInt64
    /// From Jovian on.
    public var dataFootprintScalar: UInt64
}

/// What a transaction pays on a rollup beyond the gas of Ethereum, and the data that it is taken to need.
public struct RollupFees: Sendable {
    /// For its data on L1, wei.
    public let l1Fee: UInt256
    /// What its data are taken to cost on L1, in gas.
    public let l1GasUsed: UInt64
    /// In gas; zero before Jovian.
    public let dataFootprint: UInt64
    let upgrade: OptimismRevision
    let parameters: RollupFeeParameters

    init(encoded: [UInt8], _ parameters: RollupFeeParameters, _ upgrade: OptimismRevision, _ fastLZ: inout FastLZ) {
        let size = Self.estimatedSize(compressedCount: fastLZ.compressedCount(encoded))
        let price =
            (parameters.baseFee &* UInt256(parameters.baseFeeScalar) &* 16)
            &+ (parameters.blobBaseFee &* UInt256(parameters.blobBaseFeeScalar))
        l1Fee = (UInt256(size) &* price) / 1_000_000_000_000
        l1GasUsed = (size &* 16) / 1_000_000
        dataFootprint = upgrade >= .jovian ? (size / 1_000_000) &* parameters.dataFootprintScalar : 0
        self.upgrade = upgrade
        self.parameters = parameters
    }

    /// The fee for the rollup's operator after so much gas, wei (Isthmus, changed by Jovian).
    func operatorFee(gas: UInt64) -> UInt256 {
        guard upgrade >= .isthmus else { return .zero }
        let product = UInt256(gas) &* UInt256(parameters.operatorFeeScalar)
        let variable = upgrade >= .jovian ? product &* 100 : product / 1_000_000
        return variable &+ UInt256(parameters.operatorFeeConstant)
    }

    /// What is taken before execution, wei: for the data on L1 and the operator.
    public func prepaid(gasLimit: UInt64) -> UInt256 { l1Fee &+ operatorFee(gas: gasLimit) }

    /// What is given back after it, wei.
    func returned(gasLimit: UInt64, gasUsed: UInt64) -> UInt256 {
        operatorFee(gas: gasLimit) &- operatorFee(gas: gasUsed)
    }
}

extension RollupFeeParameters {
    /// The values of the words 1, 3, 7 and 8 that the `L1Block` contract stores.
    init(baseFee: UInt256, scalars: UInt256, blobBaseFee: UInt256, operatorWord: UInt256) {
        self.init(
            baseFee: baseFee, blobBaseFee: blobBaseFee,
            // The base-fee scalar is 12 bytes from the low end of the word, the other one below it.
            baseFeeScalar: scalars.limb1 >> 32,
            blobBaseFeeScalar: scalars.limb1 & 0xFFFF_FFFF,
            operatorFeeScalar: operatorWord.limb1 & 0xFFFF_FFFF,
            operatorFeeConstant: operatorWord.limb0,
            dataFootprintScalar: (operatorWord.limb1 >> 32) & 0xFFFF)
    }

    /// What a state says about fees.
    public init(_ state: StateSource, upgrade: OptimismRevision) throws(StateError) {
        self.init(
            baseFee: try state.storage(Predeploy.l1Block, 1), scalars: try state.storage(Predeploy.l1Block, 3),
            blobBaseFee: try state.storage(Predeploy.l1Block, 7),
            operatorWord: upgrade >= .isthmus ? try state.storage(Predeploy.l1Block, 8) : .zero)
    }
}

extension RollupFees {
    /// What a transaction pays under these parameters, worked out alone.
    ///
    /// - Parameter encoded: the canonical form.
    /// - Complexity: O(*n*) in the bytes, and about 5 microseconds.
    public init(encoded: [UInt8], _ parameters: RollupFeeParameters, _ upgrade: OptimismRevision) {
        var fastLZ = FastLZ()
        self.init(encoded: encoded, parameters, upgrade, &fastLZ)
    }

    /// A size in bytes times 10⁶ from the length under FastLZ (Fjord).
    static func estimatedSize(compressedCount: UInt64) -> UInt64 {
        let (size, underflow) = (compressedCount &* 836_500).subtractingReportingOverflow(42_585_600)
        return underflow ? 100_000_000 : max(size, 100_000_000)
    }
}

extension BlockExecution {
    /// The fees of a transaction; nil on a chain without the OP Stack's rules.
    mutating func rollupFees(of transaction: Transaction) throws(StateError) -> RollupFees? {
        guard let optimism else { return nil }
        let parameters = try rollupFeeParameters()
        return RollupFees(encoded: transaction.encoded, parameters, optimism, &fastLZ)
    }

    /// The parameters that the block's first deposit has written.
    private mutating func rollupFeeParameters() throws(StateError) -> RollupFeeParameters {
        if let feeParameters { return feeParameters }
        let l1Block = state.account(Predeploy.l1Block)
        let isIsthmus = (optimism ?? .regolith) >= .isthmus
        let parameters = RollupFeeParameters(
            baseFee: try state.storage(state.slot(l1Block, 1)),
            scalars: try state.storage(state.slot(l1Block, 3)),
            blobBaseFee: try state.storage(state.slot(l1Block, 7)),
            operatorWord: isIsthmus ? try state.storage(state.slot(l1Block, 8)) : .zero)
        feeParameters = parameters
        return parameters
    }

    /// Pays the fees to the vaults that collect them.
    mutating func pay(_ fees: RollupFees, gasUsed used: UInt64) throws(StateError) {
        try state.credit(state.account(Predeploy.baseFeeVault), environment.baseFee &* UInt256(used))
        try state.credit(state.account(Predeploy.l1FeeVault), fees.l1Fee)
        if fees.upgrade >= .isthmus {
            try state.credit(state.account(Predeploy.operatorFeeVault), fees.operatorFee(gas: used))
        }
    }
}
