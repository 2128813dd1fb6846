import Cryptography
public import Primitives
public import StateTransition

extension SystemConfig {
    /// keccak256 of `ConfigUpdate(uint256,uint8,bytes)`.
    public static var updateTopic: Hash256 {
        Hash256(
            UInt256(
                limbs: 0x103B_B8BE_AB63_53BE, 0xB35F_5E22_6F84_B461, 0xD12D_4F94_EBAC_FFDF, 0x1D2B_0BDA_21D5_6B8B))
    }

    /// Applies the updates among the logs of a block's receipts, in order.
    ///
    /// - Parameter contract: whose logs count.
    public mutating func apply(_ receipts: [Receipt], contract: Address) {
        for receipt in receipts where receipt.isSuccess == true {
            for log in receipt.logs where log.address == contract { apply(log) }
        }
    }

    /// Applies one update; a log that is none, or cannot be understood, changes nothing.
    ///
    /// - Returns: whether the log was an update.
    @discardableResult
    public mutating func apply(_ log: Log) -> Bool {
        guard log.topics.count == 3, log.topics[0] == Self.updateTopic, log.topics[1].isZero else { return false }
        let words = ABIWords(log.data)
        switch UInt256(log.topics[2]).asUInt64 {
        case 0: return set(words, bits: 160) { $0.batcher = Address(truncating: $1) }
        case 1:
            guard let payload = words.payload(count: 64), payload.count == 2 else { return false }
            return setFeeScalars(Hash256(payload[1]))
        case 2: return set(words, bits: 64) { $0.gasLimit = $1.limb0 }
        case 3: return set(words, bits: 160) { $0.unsafeBlockSigner = Address(truncating: $1) }
        case 4:
            return set(words, bits: 64) {
                $0.eip1559Denominator = UInt32(truncatingIfNeeded: $1.limb0 >> 32)
                $0.eip1559Elasticity = UInt32(truncatingIfNeeded: $1.limb0)
            }
        case 5:
            return set(words, bits: 96) {
                $0.operatorFeeScalar = UInt32(truncatingIfNeeded: $1.limb1)
                $0.operatorFeeConstant = $1.limb0
            }
        case 6: return set(words, bits: 64) { $0.minimumBaseFee = $1.limb0 }
        case 7: return set(words, bits: 16) { $0.footprintGasScalar = UInt16(truncatingIfNeeded: $1.limb0) }
        default: return false
        }
    }

    /// Calls `change` with the one word of an update, where it is at most `bits` wide.
    private mutating func set(
        _ words: ABIWords, bits: Int, _ change: (inout SystemConfig, UInt256) -> Void
    ) -> Bool {
        guard let payload = words.payload(count: 32), let value = payload.first, value.bitWidth <= bits else {
            return false
        }
        change(&self, value)
        return true
    }
}
