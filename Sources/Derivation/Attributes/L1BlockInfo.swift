public import Primitives
public import StateTransition

/// What the first transaction of a block says about its L1 origin and the system configuration (OP Stack specification,
/// L1 attributes deposited transaction).
public struct L1BlockInfo: Equatable, Sendable {
    /// How the call is laid out.
    public enum Form: Equatable, Sendable {
        case bedrock
        case ecotone
        case isthmus
        case jovian

        /// The selector of the call.
        var selector: [UInt8] {
            switch self {
            case .bedrock: [0x01, 0x5D, 0x8E, 0xB9]
            case .ecotone: [0x44, 0x0A, 0x5E, 0x20]
            case .isthmus: [0x09, 0x89, 0x99, 0xBE]
            case .jovian: [0x3D, 0xB6, 0xBE, 0x2B]
            }
        }

        /// The bytes of the call.
        var count: Int {
            switch self {
            case .bedrock: 260
            case .ecotone: 164
            case .isthmus: 176
            case .jovian: 178
            }
        }
    }

    public var form: Form
    public var number: UInt64
    public var timestamp: UInt64
    /// Wei a gas.
    public var baseFee: UInt256
    public var hash: Hash256
    /// The block's place among those with the same L1 origin.
    public var sequenceNumber: UInt64
    public var batcher: Address
    /// Wei a blob gas; zero in Bedrock's form.
    public var blobBaseFee: UInt256
    public var baseFeeScalar: UInt32
    public var blobBaseFeeScalar: UInt32
    /// From Isthmus on.
    public var operatorFeeScalar: UInt32
    /// From Isthmus on.
    public var operatorFeeConstant: UInt64
    /// From Jovian on.
    public var footprintGasScalar: UInt16
    /// Of Bedrock's form only.
    public var feeOverhead: UInt256
    /// Of Bedrock's form only.
    public var feeScalar: UInt256

    /// What the block with this L1 origin and place says since Jovian.
    public init(_ origin: L1Origin, sequenceNumber: UInt64, systemConfig: SystemConfig) {
        form = .jovian
        number = origin.reference.number
        timestamp = origin.reference.timestamp
        baseFee = origin.baseFee
        hash = origin.reference.hash
        self.sequenceNumber = sequenceNumber
        batcher = systemConfig.batcher
        blobBaseFee = origin.blobBaseFee
        baseFeeScalar = systemConfig.baseFeeScalar
        blobBaseFeeScalar = systemConfig.blobBaseFeeScalar
        operatorFeeScalar = systemConfig.operatorFeeScalar
        operatorFeeConstant = systemConfig.operatorFeeConstant
        footprintGasScalar =
            systemConfig.footprintGasScalar == 0
            ? ProtocolConstant.footprintGasScalar : systemConfig.footprintGasScalar
        feeOverhead = 0
        feeScalar = 0
    }

    /// Reads the call data of any form; nil where they are none.
    public init?(decoding input: [UInt8]) {
        let forms: [Form] = [.bedrock, .ecotone, .isthmus, .jovian]
        guard let form = forms.first(where: { $0.count == input.count && input.starts(with: $0.selector) }) else {
            return nil
        }
        if form == .bedrock { self.init(bedrock: ABIWords(Array(input[4...]))) } else { self.init(form, packed: input) }
    }

    private init(_ form: Form, packed input: [UInt8]) {
        func number(_ offset: Int, _ count: Int) -> UInt64 {
            input[offset..<offset + count].reduce(0) { $0 << 8 | UInt64($1) }
        }
        func word(_ offset: Int) -> UInt256 {
            UInt256(
                limbs: number(offset + 24, 8), number(offset + 16, 8), number(offset + 8, 8), number(offset, 8))
        }
        self.form = form
        baseFeeScalar = UInt32(truncatingIfNeeded: number(4, 4))
        blobBaseFeeScalar = UInt32(truncatingIfNeeded: number(8, 4))
        sequenceNumber = number(12, 8)
        timestamp = number(20, 8)
        self.number = number(28, 8)
        baseFee = word(36)
        blobBaseFee = word(68)
        hash = Hash256(word(100))
        batcher = Address(truncating: word(132))
        operatorFeeScalar = form == .ecotone ? 0 : UInt32(truncatingIfNeeded: number(164, 4))
        operatorFeeConstant = form == .ecotone ? 0 : number(168, 8)
        footprintGasScalar = form == .jovian ? UInt16(truncatingIfNeeded: number(176, 2)) : 0
        feeOverhead = 0
        feeScalar = 0
    }

    private init?(bedrock words: ABIWords) {
        guard let number = words.word(0)?.asUInt64, let timestamp = words.word(1)?.asUInt64,
            let baseFee = words.word(2), let hash = words.word(3), let sequenceNumber = words.word(4)?.asUInt64,
            let batcher = words.word(5), batcher.bitWidth <= 160, let overhead = words.word(6),
            let scalar = words.word(7)
        else { return nil }
        form = .bedrock
        self.number = number
        self.timestamp = timestamp
        self.baseFee = baseFee
        self.hash = Hash256(hash)
        self.sequenceNumber = sequenceNumber
        self.batcher = Address(truncating: batcher)
        blobBaseFee = 0
        baseFeeScalar = 0
        blobBaseFeeScalar = 0
        operatorFeeScalar = 0
        operatorFeeConstant = 0
        footprintGasScalar = 0
        feeOverhead = overhead
        feeScalar = scalar
    }

    /// The call data.
    public var encoded: [UInt8] {
        var bytes = form.selector
        bytes.reserveCapacity(form.count)
        if form == .bedrock {
            let words: [UInt256] = [
                UInt256(number), UInt256(timestamp), baseFee, UInt256(hash), UInt256(sequenceNumber),
                UInt256(batcher), feeOverhead, feeScalar,
            ]
            for word in words { bytes.append(contentsOf: word.bytes) }
            return bytes
        }
        bytes.appendBigEndian(UInt64(baseFeeScalar), width: 4)
        bytes.appendBigEndian(UInt64(blobBaseFeeScalar), width: 4)
        bytes.appendBigEndian(sequenceNumber, width: 8)
        bytes.appendBigEndian(timestamp, width: 8)
        bytes.appendBigEndian(number, width: 8)
        bytes.append(contentsOf: baseFee.bytes)
        bytes.append(contentsOf: blobBaseFee.bytes)
        bytes.append(contentsOf: hash.bytes)
        bytes.append(contentsOf: UInt256(batcher).bytes)
        if form == .ecotone { return bytes }
        bytes.appendBigEndian(UInt64(operatorFeeScalar), width: 4)
        bytes.appendBigEndian(operatorFeeConstant, width: 8)
        if form == .jovian { bytes.appendBigEndian(UInt64(footprintGasScalar), width: 2) }
        return bytes
    }

    /// The deposit that brings these values: the first transaction of the block.
    public var transaction: Transaction {
        let source = DepositSource.l1Attributes(l1Hash: hash, sequenceNumber: sequenceNumber)
        return Transaction(
            kind: .deposit, gasLimit: ProtocolConstant.l1AttributesGas, to: Predeploy.l1Block, input: encoded,
            deposit: Deposit(sourceHash: source.hash, from: SystemAddress.l1AttributesDepositor))
    }

    /// The L1 origin.
    public var origin: BlockID { BlockID(number: number, hash: hash) }
}

/// Accounts of a rollup at fixed addresses without code (OP Stack specification, deposits).
public enum SystemAddress {
    /// Who the L1 attributes come from: 0xdeaddeaddeaddeaddeaddeaddeaddeaddead0001.
    public static var l1AttributesDepositor: Address {
        Address(truncating: UInt256(limbs: 0xDEAD_DEAD_DEAD_0001, 0xDEAD_DEAD_DEAD_DEAD, 0xDEAD_DEAD, 0))
    }
}
