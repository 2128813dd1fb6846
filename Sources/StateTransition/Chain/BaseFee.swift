import EVM
public import Primitives

/// How the base fee follows the gas that blocks use (EIP-1559).
public struct BaseFeeParameters: Equatable, Sendable {
    /// The gas limit over the gas target.
    public var elasticity: UInt64
    /// The fee changes by one part in this at most.
    public var denominator: UInt64

    public init(elasticity: UInt64, denominator: UInt64) {
        self.elasticity = elasticity
        self.denominator = denominator
    }

    public static var ethereum: BaseFeeParameters { .init(elasticity: 2, denominator: 8) }

    /// The fee in the first block that has one, wei a gas.
    public static var initialFee: UInt256 { 1_000_000_000 }

    /// The base fee of the block after one with these properties, wei a gas.
    ///
    /// - Parameters:
    ///   - gasUsed: on the OP Stack since Jovian the data footprint where that is larger.
    ///   - minimum: zero on Ethereum.
    public func next(baseFee: UInt256, gasUsed: UInt64, gasLimit: UInt64, minimum: UInt256 = 0) -> UInt256 {
        let target = elasticity == 0 ? 0 : gasLimit / elasticity
        guard target > 0, denominator > 0, gasUsed != target else { return max(baseFee, minimum) }
        let distance = UInt256(gasUsed > target ? gasUsed &- target : target &- gasUsed)
        let change = (baseFee.multiplying(distance) ?? .max) / UInt256(target) / UInt256(denominator)
        if gasUsed > target {
            return max(baseFee.adding(max(change, .one)) ?? .max, minimum)
        }
        return max(baseFee.subtracting(change) ?? .zero, minimum)
    }
}
