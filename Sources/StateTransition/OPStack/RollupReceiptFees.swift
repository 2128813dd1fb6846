public import EVM
import Primitives

/// What the transactions of a rollup's block paid beyond the gas of Ethereum, worked out again from the block alone:
/// its first transaction brings the L1 attributes (OP Stack specification, L1 attributes deposited transaction).
public struct RollupReceiptFees {
    public let parameters: RollupFeeParameters
    public let upgrade: OptimismRevision
    private var fastLZ = FastLZ()

    /// The fees of a block with these transactions; nil where the first one is none that says them.
    public init?(_ transactions: [Transaction], upgrade: OptimismRevision) {
        guard let first = transactions.first, first.deposit != nil,
            let parameters = RollupFeeParameters(attributes: first.input, upgrade: upgrade)
        else { return nil }
        self.parameters = parameters
        self.upgrade = upgrade
    }

    /// What a transaction of the block paid.
    public mutating func fees(of transaction: Transaction) -> RollupFees {
        RollupFees(encoded: transaction.encoded, parameters, upgrade, &fastLZ)
    }
}

extension RollupFeeParameters {
    /// Reads the call data of `setL1BlockValuesEcotone` and its successors, whose values stand side by side without
    /// padding; nil where they are too short.
    init?(attributes input: [UInt8], upgrade: OptimismRevision) {
        let expected = upgrade >= .jovian ? 178 : upgrade >= .isthmus ? 176 : 164
        guard input.count >= expected || input.count == 164 else { return nil }
        func number(_ offset: Int, _ count: Int) -> UInt64 {
            input[offset..<offset + count].reduce(0) { $0 << 8 | UInt64($1) }
        }
        func word(_ offset: Int) -> UInt256 {
            UInt256(
                limbs: number(offset + 24, 8), number(offset + 16, 8), number(offset + 8, 8), number(offset, 8))
        }
        // The first block of an upgrade still has the attributes of the one before.
        let hasOperatorFee = input.count >= 176
        self.init(
            baseFee: word(36), blobBaseFee: word(68), baseFeeScalar: number(4, 4), blobBaseFeeScalar: number(8, 4),
            operatorFeeScalar: hasOperatorFee ? number(164, 4) : 0,
            operatorFeeConstant: hasOperatorFee ? number(168, 8) : 0,
            dataFootprintScalar: input.count >= 178 ? number(176, 2) : 0)
    }
}
