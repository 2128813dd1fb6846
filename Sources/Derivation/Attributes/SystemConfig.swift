public import Primitives

/// What the rollup's owner sets on L1 (OP Stack specification, system config).
public struct SystemConfig: Equatable, Sendable {
    /// Whose transactions to the inbox count.
    public var batcher: Address
    public var gasLimit: UInt64
    public var baseFeeScalar: UInt32
    public var blobBaseFeeScalar: UInt32
    /// Zero together with the elasticity for the chain's own.
    public var eip1559Denominator: UInt32
    public var eip1559Elasticity: UInt32
    public var operatorFeeScalar: UInt32
    /// Wei.
    public var operatorFeeConstant: UInt64
    /// Wei a gas.
    public var minimumBaseFee: UInt64
    /// Zero for `ProtocolConstant.footprintGasScalar`.
    public var footprintGasScalar: UInt16
    /// Who signs blocks before they are on L1; derivation does not look at it.
    public var unsafeBlockSigner: Address

    public init(
        batcher: Address, gasLimit: UInt64, baseFeeScalar: UInt32 = 0, blobBaseFeeScalar: UInt32 = 0,
        eip1559Denominator: UInt32 = 0, eip1559Elasticity: UInt32 = 0, operatorFeeScalar: UInt32 = 0,
        operatorFeeConstant: UInt64 = 0, minimumBaseFee: UInt64 = 0, footprintGasScalar: UInt16 = 0,
        unsafeBlockSigner: Address = Address()
    ) {
        self.batcher = batcher
        self.gasLimit = gasLimit
        self.baseFeeScalar = baseFeeScalar
        self.blobBaseFeeScalar = blobBaseFeeScalar
        self.eip1559Denominator = eip1559Denominator
        self.eip1559Elasticity = eip1559Elasticity
        self.operatorFeeScalar = operatorFeeScalar
        self.operatorFeeConstant = operatorFeeConstant
        self.minimumBaseFee = minimumBaseFee
        self.footprintGasScalar = footprintGasScalar
        self.unsafeBlockSigner = unsafeBlockSigner
    }

    /// Denominator and elasticity as payload attributes have them, four bytes each.
    public var eip1559Parameters: [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(UInt64(eip1559Denominator), width: 4)
        bytes.appendBigEndian(UInt64(eip1559Elasticity), width: 4)
        return bytes
    }

    /// Sets the fee scalars from the owner's versioned word; an unknown version or padding leaves them as they are.
    ///
    /// - Returns: whether the word was understood.
    @discardableResult
    public mutating func setFeeScalars(_ word: Hash256) -> Bool {
        let value = UInt256(word)
        let version = UInt8(truncatingIfNeeded: value.limb3 >> 56)
        let padding = value.limb3 & (UInt64.max >> 8) | value.limb2 | value.limb1
        guard padding == 0 else { return false }
        let base = UInt32(truncatingIfNeeded: value.limb0)
        let blob = UInt32(truncatingIfNeeded: value.limb0 >> 32)
        switch version {
        case 0 where blob == 0:
            baseFeeScalar = base
            blobBaseFeeScalar = 0
        case 1:
            baseFeeScalar = base
            blobBaseFeeScalar = blob
        default: return false
        }
        return true
    }
}
