import Primitives

/// Signed digits of a scalar in non-adjacent form of a width: odd or zero, below 2^(width−1) in size, least significant
/// first (Hankerson, Menezes, Vanstone, algorithm 3.35).
struct SignedDigits {
    private(set) var digits: [Int8]

    init(_ scalar: UInt256, width: UInt64) {
        digits = []
        digits.reserveCapacity(257)
        var (low, carry) = (scalar, UInt64(0))
        // The scalar may grow to 257 bits by a negative digit: `carry` is the top bit.
        while !low.isZero || carry != 0 {
            var digit: Int64 = 0
            if low.limb0 & 1 != 0 {
                digit = Int64(low.limb0 & ((1 << width) - 1))
                if digit >= 1 << Int64(width - 1) { digit -= 1 << Int64(width) }
                if digit > 0 {
                    low = low &- UInt256(UInt64(digit))
                } else {
                    let (sum, overflow) = low.addingReportingCarry(UInt256(UInt64(-digit)))
                    low = sum
                    if overflow { carry = 1 }
                }
            }
            digits.append(Int8(digit))
            low = (low >> 1) | (UInt256(carry) << 255)
            carry = 0
        }
    }
}

extension JacobianPoint {
    /// The odd multiples P, 3P, … , (2·count − 1)P.
    func oddMultiples(_ count: Int) -> [Self] {
        var multiples = [self]
        let twice = doubled
        while multiples.count < count { multiples.append(multiples[multiples.count - 1] + twice) }
        return multiples
    }

    /// `scalar · self`. Not for secret scalars.
    func multiplied(by scalar: UInt256) -> Self {
        let digits = SignedDigits(scalar, width: 5).digits
        let table = oddMultiples(8)
        var result = Self.infinity
        for digit in digits.reversed() {
            result = result.doubled
            if digit > 0 { result = result + table[Int(digit) / 2] }
            if digit < 0 { result = result + -table[Int(-digit) / 2] }
        }
        return result
    }
}
