import Primitives
import Testing

/// Divisions on limbs around every edge of the estimates.
struct WideDivisionTests {
    private struct Limbs {
        var state: UInt64 = 7

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            return mixed ^ (mixed >> 31)
        }

        mutating func limb() -> UInt64 {
            switch next() % 6 {
            case 0: 0
            case 1: .max
            case 2: 1 << (next() % 64)
            case 3: .max - next() % 3
            default: next()
            }
        }

        mutating func word() -> UInt256 {
            UInt256(limbs: limb(), limb(), limb(), limb()) >> (next() % 3 == 0 ? next() % 256 : 0)
        }
    }

    @Test func quotientTimesDivisorAndRemainder() {
        var limbs = Limbs()
        for _ in 0..<100_000 {
            let divisor = limbs.word()
            if divisor.isZero { continue }
            // Any dividend, and one just below a limb's multiple of the divisor.
            for dividend in [limbs.word(), ((divisor >> 64) << 64) &- UInt256(limbs.next() % 3)] {
                let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
                #expect(remainder < divisor)
                #expect(quotient &* divisor &+ remainder == dividend)
            }
        }
    }

    /// MULMOD against multiplication by doubling and adding.
    @Test func productModulo() {
        var limbs = Limbs()
        for _ in 0..<3_000 {
            let (left, right, modulus) = (limbs.word(), limbs.word(), limbs.word())
            if modulus.isZero { continue }
            let factor = left % modulus
            var expected = UInt256.zero
            for bit in (0..<256).reversed() {
                expected = expected.adding(expected, modulo: modulus)
                if right.bit(bit) { expected = expected.adding(factor, modulo: modulus) }
            }
            #expect(left.multiplying(by: right, modulo: modulus) == expected)
        }
    }
}
