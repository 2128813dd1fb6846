import Primitives

/// Powers modulo a number of one limb. These have the most multiplications for their price: all is in registers.
struct SingleLimbModulus {
    private let modulus: UInt64
    /// The modulus is `odd · 2^twos`.
    private let odd: UInt64
    private let twos: UInt64
    /// odd⁻¹ modulo 2⁶⁴.
    private let inverse: UInt64

    /// A number modulo `odd`, in Montgomery form with R = 2⁶⁴, and modulo 2⁶⁴. One is worked on while the other waits for
    /// its product, so that an even modulus takes as long as an odd one.
    private struct Residue {
        var odd: UInt64
        var low: UInt64
    }

    /// The modulus is not zero.
    init(_ modulus: UInt64) {
        self.modulus = modulus
        twos = UInt64(truncatingIfNeeded: modulus.trailingZeroBitCount)
        odd = modulus &>> twos
        inverse = LimbKernel.inverse(ofOdd: odd)
    }

    /// A positive power of a big-endian number.
    func power(_ base: UnsafeRawBufferPointer, _ exponent: Exponent) -> UInt64 {
        if modulus == 1 { return 0 }
        let reduced = LimbDivision.remainder(bigEndian: base, by: modulus)
        if modulus < 1 << 16, exponent.bytes.count > 32 { return powerByTotient(reduced, exponent.bytes) }
        let power = power(Residue(odd: wrap(reduced), low: reduced), exponent)
        let high = multiply(power.odd, 1)
        // The Chinese remainder: high + odd · ((low − high) / odd modulo 2^twos).
        let factor = ((power.low &- high) &* inverse) & (1 &<< twos &- 1)
        return high &+ odd &* factor
    }

    /// The product of two numbers below `odd`, divided by R.
    @inline(__always)
    private func multiply(_ left: UInt64, _ right: UInt64) -> UInt64 {
        // The difference of the high halves, as the low halves are equal.
        let product = left.multipliedFullWidth(by: right)
        let multiple = (product.low &* inverse).multipliedFullWidth(by: odd)
        let (difference, borrow) = product.high.subtractingReportingOverflow(multiple.high)
        return difference &+ (odd & (0 &- UInt64(unsafeBitCast(borrow, to: UInt8.self))))
    }

    @inline(__always)
    private func multiply(_ left: Residue, _ right: Residue) -> Residue {
        Residue(odd: multiply(left.odd, right.odd), low: left.low &* right.low)
    }

    /// `value · R` modulo `odd`.
    private func wrap(_ value: UInt64) -> UInt64 {
        withUnsafeBytes(of: (value.bigEndian, UInt64(0))) { LimbDivision.remainder(bigEndian: $0, by: odd) }
    }

    /// No branch depends on a digit, since a wrong guess would cost more than a multiplication.
    private func power(_ base: Residue, _ exponent: Exponent) -> Residue {
        withUnsafeTemporaryAllocation(of: Residue.self, capacity: 64) { powers in
            powers.initialize(repeating: Residue(odd: wrap(1), low: 1))
            for digit in 1..<max(2, 1 &<< exponent.digitWidth) {
                powers[digit] = multiply(powers[digit &- 1], base)
            }
            var index = exponent.digitCount &- 1
            var value = powers[exponent.digit(index)]
            while index > 0 {
                index &-= 1
                for _ in 0..<exponent.digitWidth { value = multiply(value, value) }
                value = multiply(value, powers[exponent.digit(index)])
            }
            return value
        }
    }

    /// For a small modulus and a long exponent: by Euler's theorem, from the modulus's bit width on, exponents that
    /// differ by a multiple of the totient give the same power, whether or not the base is coprime to the modulus.
    private func powerByTotient(_ base: UInt64, _ exponent: UnsafeRawBufferPointer) -> UInt64 {
        var totient = modulus
        var rest = modulus
        var prime: UInt64 = 2
        while prime &* prime <= rest {
            if rest % prime == 0 {
                totient = totient / prime &* (prime &- 1)
                while rest % prime == 0 { rest /= prime }
            }
            prime &+= 1
        }
        if rest > 1 { totient = totient / rest &* (rest &- 1) }
        // At least the number of times that any prime divides the modulus.
        var small = LimbDivision.remainder(bigEndian: exponent, by: totient) &+ 16 &* totient
        var result: UInt64 = 1
        var square = base
        while small != 0 {
            if small & 1 == 1 { result = result &* square % modulus }
            square = square &* square % modulus
            small &>>= 1
        }
        return result
    }
}
