import Primitives

/// Powers modulo a number of one limb. These have the most multiplications for their price: all is in registers.
struct SingleLimbModulus {
    let modulus: UInt64

    /// A positive power of `base`, both big-endian with no leading zero byte.
    func power(_ base: UnsafeRawBufferPointer, _ exponent: Exponent) -> UInt64 {
        if modulus == 1 { return 0 }
        let reduced = LimbDivision.remainder(bigEndian: base, by: modulus)
        if modulus < 1 << 16, exponent.bytes.count > 32 { return powerByTotient(reduced, exponent.bytes) }
        let twos = UInt64(truncatingIfNeeded: modulus.trailingZeroBitCount)
        let odd = modulus &>> twos
        let low = twos == 0 ? 0 : powerOfTwoPower(reduced, exponent)
        if odd == 1 { return low & (modulus &- 1) }
        let high = montgomeryPower(reduced, exponent, odd)
        // The Chinese remainder: high + odd · ((low − high) / odd modulo 2^twos).
        let factor = ((low &- high) &* LimbKernel.inverse(ofOdd: odd)) & (1 &<< twos &- 1)
        return high &+ odd &* factor
    }

    /// Modulo 2⁶⁴.
    private func powerOfTwoPower(_ base: UInt64, _ exponent: Exponent) -> UInt64 {
        power(base, one: 1, exponent) { left, right in left &* right }
    }

    private func montgomeryPower(_ base: UInt64, _ exponent: Exponent, _ odd: UInt64) -> UInt64 {
        let inverse = LimbKernel.inverse(ofOdd: odd)
        let multiply = { (left: UInt64, right: UInt64) -> UInt64 in
            // The difference of the high halves, where the low halves are equal.
            let product = left.multipliedFullWidth(by: right)
            let multiple = (product.low &* inverse).multipliedFullWidth(by: odd)
            let (difference, borrow) = product.high.subtractingReportingOverflow(multiple.high)
            return difference &+ (odd & (0 &- UInt64(unsafeBitCast(borrow, to: UInt8.self))))
        }
        let value = power(wrap(base, odd), one: wrap(1, odd), exponent, multiply)
        return multiply(value, 1)
    }

    /// `value · 2⁶⁴` modulo `odd`.
    private func wrap(_ value: UInt64, _ odd: UInt64) -> UInt64 {
        withUnsafeBytes(of: (value.bigEndian, UInt64(0))) { LimbDivision.remainder(bigEndian: $0, by: odd) }
    }

    /// No branch depends on a digit, since a wrong guess would cost more than a multiplication.
    @inline(__always)
    private func power(
        _ base: UInt64, one: UInt64, _ exponent: Exponent, _ multiply: (UInt64, UInt64) -> UInt64
    ) -> UInt64 {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 64) { powers in
            powers.initialize(repeating: one)
            for digit in 1..<max(2, 1 &<< exponent.digitWidth) { powers[digit] = multiply(powers[digit &- 1], base) }
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
