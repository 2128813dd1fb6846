import Primitives

/// A scalar modulo the order r as low + high · z², which the endomorphism of G1 is the product with, both no further from
/// zero than z²/2 + 1, so that they have 127 bits and signed digits of eight bits need no seventeenth.
struct BLS12381BalancedScalar: Equatable {
    /// A number by its magnitude.
    struct Part: Equatable {
        var magnitude: UInt128
        var isNegative: Bool
    }

    var low: Part
    var high: Part

    /// - Parameter scalar: any.
    init(_ scalar: UInt256) {
        let (d0, d1, d2, d3) = BLS12381.parameterDigits(BLS12381.reducedByOrder(scalar))
        let z = UInt128(BLS12381.parameter)
        let square = z &* z
        var low = UInt128(d0) &+ UInt128(d1) &* z
        var high = UInt128(d2) &+ UInt128(d3) &* z
        var lowIsNegative = false
        if low > square &>> 1 {
            (low, lowIsNegative) = (square &- low, true)
            high = high &+ 1
        }
        var highIsNegative = false
        if high > square &>> 1 {
            // (z² − 1) · z² is −1 modulo r = z⁴ − z² + 1.
            let turn = square &- 1
            highIsNegative = high < turn
            high = highIsNegative ? turn &- high : high &- turn
            if lowIsNegative {
                low = low &+ 1
            } else {
                lowIsNegative = low == 0
                low = lowIsNegative ? 1 : low &- 1
            }
        }
        self.low = Part(magnitude: low, isNegative: lowIsNegative)
        self.high = Part(magnitude: high, isNegative: highIsNegative)
    }
}

extension BLS12381BalancedScalar.Part {
    /// Calls `body` with each of `count` digits, the least significant first, between −2^(width−1) and 2^(width−1).
    @inline(__always)
    func forEachDigit(width: Int, count: Int, _ body: (Int, Int) -> Void) {
        let (mask, half) = (UInt128(1) &<< UInt128(width) &- 1, 1 &<< (width &- 1))
        var rest = magnitude
        var carry = 0
        for place in 0..<count {
            var digit = Int(truncatingIfNeeded: rest & mask) &+ carry
            carry = digit > half ? 1 : 0
            digit = digit &- carry &<< width
            rest = rest &>> UInt128(width)
            body(place, isNegative ? 0 &- digit : digit)
        }
    }
}
