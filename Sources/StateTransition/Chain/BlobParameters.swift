public import EVM
public import Primitives

/// How many blobs a block may have and how fast their price moves (EIP-4844, EIP-7840).
public struct BlobParameters: Equatable, Sendable {
    /// Blobs a block that leave the price where it is.
    public var target: UInt64
    /// Blobs a block at most.
    public var maximum: UInt64
    /// The excess blob gas by which the price grows e times.
    public var baseFeeUpdateFraction: UInt64

    public init(target: UInt64, maximum: UInt64, baseFeeUpdateFraction: UInt64) {
        self.target = target
        self.maximum = maximum
        self.baseFeeUpdateFraction = baseFeeUpdateFraction
    }

    public static var gasPerBlob: UInt64 { 131_072 }
    /// Gas whose price the price of a blob gas does not stay below (EIP-7918).
    public static var baseCost: UInt64 { 8_192 }
    /// Blobs a transaction at most from Osaka on (EIP-7594).
    public static var transactionMaximum: Int { 6 }

    public static var cancun: BlobParameters { .init(target: 3, maximum: 6, baseFeeUpdateFraction: 3_338_477) }
    public static var prague: BlobParameters { .init(target: 6, maximum: 9, baseFeeUpdateFraction: 5_007_716) }
    public static var bpo1: BlobParameters { .init(target: 10, maximum: 15, baseFeeUpdateFraction: 8_346_193) }
    public static var bpo2: BlobParameters { .init(target: 14, maximum: 21, baseFeeUpdateFraction: 11_684_671) }

    /// The parameters that a revision came with; nil before Cancun.
    public static func introduced(by revision: Revision) -> BlobParameters? {
        if revision < .cancun { return nil }
        return revision < .prague ? .cancun : .prague
    }

    /// Blob gas a block at most.
    public var maximumGas: UInt64 { maximum &* Self.gasPerBlob }

    /// The price of a blob gas in wei after so much excess; 2²⁵⁶ − 1 where it is beyond that.
    ///
    /// - Complexity: some hundred steps at most: the series ends early or overflows early.
    public func baseFee(excessBlobGas: UInt64) -> UInt256 {
        guard baseFeeUpdateFraction > 0 else { return .max }
        let denominator = UInt256(baseFeeUpdateFraction)
        var sum = UInt256.zero
        var term = denominator
        var index: UInt64 = 1
        while !term.isZero {
            guard let next = sum.adding(term), let product = term.multiplying(UInt256(excessBlobGas)) else {
                return .max
            }
            sum = next
            term = product / (denominator &* UInt256(index))
            index &+= 1
        }
        return sum / denominator
    }

    /// The excess blob gas of a block from its parent's.
    ///
    /// - Parameter parentBaseFee: wei a gas.
    public func excessBlobGas(
        parentExcess: UInt64, parentBlobGasUsed: UInt64, parentBaseFee: UInt256, revision: Revision
    ) -> UInt64 {
        let (total, overflow) = parentExcess.addingReportingOverflow(parentBlobGasUsed)
        if overflow { return .max }
        let targetGas = target &* Self.gasPerBlob
        if total < targetGas { return 0 }
        if revision >= .osaka, maximum >= target, maximum > 0 {
            // Below the reserve price the target is not taken off, so that the price recovers (EIP-7918).
            let reserve = parentBaseFee.multiplying(UInt256(Self.baseCost)) ?? .max
            let price = baseFee(excessBlobGas: parentExcess).multiplying(UInt256(Self.gasPerBlob)) ?? .max
            if reserve > price {
                // No more than the blob gas itself.
                let share = (UInt256(parentBlobGasUsed) &* UInt256(maximum &- target)) / UInt256(maximum)
                let (sum, overflow) = parentExcess.addingReportingOverflow(share.limb0)
                return overflow ? .max : sum
            }
        }
        return total &- targetGas
    }
}
