extension UInt256 {
    /// The quotient and remainder; both zero where the divisor is zero, as DIV and MOD define it.
    @inlinable
    public func quotientAndRemainder(dividingBy divisor: UInt256) -> (quotient: UInt256, remainder: UInt256) {
        if divisor.fitsUInt64 {
            if divisor.limb0 == 0 { return (.zero, .zero) }
            if fitsUInt64 { return (UInt256(limb0 / divisor.limb0), UInt256(limb0 % divisor.limb0)) }
            return quotientAndRemainder(dividingBySmall: divisor.limb0)
        }
        return divisor > self ? (.zero, self) : LimbDivision.divide(self, by: divisor)
    }

    /// The same for a divisor of one limb that is not zero.
    @inlinable @inline(__always)
    func quotientAndRemainder(dividingBySmall divisor: UInt64) -> (quotient: UInt256, remainder: UInt256) {
        let shift = UInt64(truncatingIfNeeded: divisor.leadingZeroBitCount)
        let normalised = divisor &<< shift
        let inverse = reciprocal(normalised)
        // The dividend shifted likewise: five limbs, the highest below the divisor.
        let shifted = self << shift
        var remainder = UInt64(truncatingIfNeeded: (UInt128(limb3) &<< UInt128(shift)) &>> 64)
        var quotient = UInt256.zero
        if limb3 != 0 {
            (quotient.limb3, remainder) = divide2by1(remainder, shifted.limb3, by: normalised, reciprocal: inverse)
        } else {
            remainder = shifted.limb3
        }
        if limb3 | limb2 != 0 {
            (quotient.limb2, remainder) = divide2by1(remainder, shifted.limb2, by: normalised, reciprocal: inverse)
        } else {
            remainder = shifted.limb2
        }
        (quotient.limb1, remainder) = divide2by1(remainder, shifted.limb1, by: normalised, reciprocal: inverse)
        (quotient.limb0, remainder) = divide2by1(remainder, shifted.limb0, by: normalised, reciprocal: inverse)
        return (quotient, UInt256(remainder &>> shift))
    }

    /// The quotient, rounded down; zero where the divisor is zero (yellow paper, DIV).
    @inlinable
    public static func / (left: UInt256, right: UInt256) -> UInt256 {
        left.quotientAndRemainder(dividingBy: right).quotient
    }

    /// The remainder; zero where the divisor is zero (yellow paper, MOD).
    @inlinable
    public static func % (left: UInt256, right: UInt256) -> UInt256 {
        left.quotientAndRemainder(dividingBy: right).remainder
    }

    /// The two's complement quotient, rounded to zero (yellow paper, SDIV).
    @inlinable
    public func signedDivided(by divisor: UInt256) -> UInt256 {
        let quotient =
            (isNegative ? negated : self) / (divisor.isNegative ? divisor.negated : divisor)
        return isNegative != divisor.isNegative ? quotient.negated : quotient
    }

    /// The two's complement remainder with the sign of the dividend (yellow paper, SMOD).
    @inlinable
    public func signedRemainder(dividingBy divisor: UInt256) -> UInt256 {
        let remainder =
            (isNegative ? negated : self) % (divisor.isNegative ? divisor.negated : divisor)
        return isNegative ? remainder.negated : remainder
    }

    /// `(self + other) mod modulus` without overflow; zero where the modulus is zero (yellow paper, ADDMOD).
    @inlinable
    public func adding(_ other: UInt256, modulo modulus: UInt256) -> UInt256 {
        if modulus.isZero { return .zero }
        if modulus.limb3 != 0, limb3 <= modulus.limb3, other.limb3 <= modulus.limb3 {
            // Both are below twice the modulus: subtractions are enough.
            let left = reducedOnce(modulus)
            let right = other.reducedOnce(modulus)
            let (sum, carry) = left.addingReportingCarry(right)
            let (difference, borrow) = sum.subtractingReportingBorrow(modulus)
            return carry || !borrow ? difference : sum
        }
        let (sum, carry) = addingReportingCarry(other)
        return LimbDivision.divide(low: sum, high: carry ? .one : .zero, by: modulus).remainder
    }

    /// The value less `modulus`, where it is not smaller.
    @inlinable @inline(__always)
    func reducedOnce(_ modulus: UInt256) -> UInt256 {
        let (difference, borrow) = subtractingReportingBorrow(modulus)
        return borrow ? self : difference
    }

    /// `self · other mod modulus` without overflow; zero where the modulus is zero (yellow paper, MULMOD).
    @inlinable
    public func multiplying(by other: UInt256, modulo modulus: UInt256) -> UInt256 {
        if modulus.isZero { return .zero }
        let (low, high) = multipliedFullWidth(by: other)
        if modulus.limb3 != 0 { return LimbDivision.remainder(low: low, high: high, by: modulus) }
        return LimbDivision.divide(low: low, high: high, by: modulus).remainder
    }
}

/// Schoolbook division of up to eight limbs by up to four (Knuth, TAOCP volume 2, 4.3.1, algorithm D), with the
/// quotient digits estimated through a reciprocal.
@usableFromInline
enum LimbDivision {
    /// Divides `high·2²⁵⁶ + low` by a divisor that is not zero; the quotient is given modulo 2²⁵⁶.
    @inlinable
    static func divide(
        low: UInt256, high: UInt256, by divisor: UInt256
    ) -> (quotient: UInt256, remainder: UInt256) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 9 + 4 + 8) { scratch in
            let numerator = scratch.baseAddress!
            let divisorLimbs = numerator + 9
            let quotient = numerator + 13
            let divisorCount = (divisor.bitWidth + 63) / 64
            let shift = UInt64((64 - divisor.bitWidth % 64) % 64)
            let normalised = divisor << shift
            store(normalised, to: divisorLimbs)
            store(low << shift, to: numerator)
            store(high << shift, to: numerator + 4)
            numerator[8] = 0
            if shift != 0 {
                numerator[4] |= low.limb3 &>> (64 &- shift)
                numerator[8] = high.limb3 &>> (64 &- shift)
            }
            for index in 0..<8 { quotient[index] = 0 }

            var count = 9
            while count > divisorCount && numerator[count - 1] == 0 { count -= 1 }
            if numerator[count - 1] >= divisorLimbs[divisorCount - 1], count < 9 {
                numerator[count] = 0
                count += 1
            }
            switch divisorCount {
            case 1: divideByOne(numerator, count, divisorLimbs[0], quotient)
            case 2: divideByTwo(numerator, count, divisorLimbs, quotient)
            default: divideByMany(numerator, count, divisorLimbs, divisorCount, quotient)
            }
            let remainder = load(numerator, divisorCount) >> shift
            return (load(quotient, 4), remainder)
        }
    }

    @inlinable @inline(__always)
    static func store(_ value: UInt256, to target: UnsafeMutablePointer<UInt64>) {
        target[0] = value.limb0
        target[1] = value.limb1
        target[2] = value.limb2
        target[3] = value.limb3
    }

    @inlinable @inline(__always)
    static func load(_ source: UnsafeMutablePointer<UInt64>, _ count: Int) -> UInt256 {
        UInt256(
            limbs: source[0], count > 1 ? source[1] : 0, count > 2 ? source[2] : 0, count > 3 ? source[3] : 0)
    }

    @inlinable
    static func divideByOne(
        _ numerator: UnsafeMutablePointer<UInt64>, _ count: Int, _ divisor: UInt64,
        _ quotient: UnsafeMutablePointer<UInt64>
    ) {
        let inverse = reciprocal(divisor)
        var remainder = numerator[count - 1]
        var index = count - 2
        while index >= 0 {
            let digit = divide2by1(remainder, numerator[index], by: divisor, reciprocal: inverse)
            if index < 8 { quotient[index] = digit.quotient }
            remainder = digit.remainder
            index -= 1
        }
        numerator[0] = remainder
    }

    @inlinable
    static func divideByTwo(
        _ numerator: UnsafeMutablePointer<UInt64>, _ count: Int, _ divisor: UnsafeMutablePointer<UInt64>,
        _ quotient: UnsafeMutablePointer<UInt64>
    ) {
        let inverse = reciprocal(high: divisor[1], low: divisor[0])
        let divisorPair = (UInt128(divisor[1]) &<< 64) | UInt128(divisor[0])
        var remainder = (UInt128(numerator[count - 1]) &<< 64) | UInt128(numerator[count - 2])
        var index = count - 3
        while index >= 0 {
            let digit = divide3by2(
                UInt64(truncatingIfNeeded: remainder &>> 64), UInt64(truncatingIfNeeded: remainder),
                numerator[index], by: divisorPair, reciprocal: inverse)
            quotient[index] = digit.quotient
            remainder = digit.remainder
            index -= 1
        }
        numerator[0] = UInt64(truncatingIfNeeded: remainder)
        numerator[1] = UInt64(truncatingIfNeeded: remainder &>> 64)
    }

    @inlinable
    static func divideByMany(
        _ numerator: UnsafeMutablePointer<UInt64>, _ count: Int, _ divisor: UnsafeMutablePointer<UInt64>,
        _ divisorCount: Int, _ quotient: UnsafeMutablePointer<UInt64>
    ) {
        let top = divisor[divisorCount - 1]
        let next = divisor[divisorCount - 2]
        let inverse = reciprocal(high: top, low: next)
        let divisorPair = (UInt128(top) &<< 64) | UInt128(next)
        var position = count - divisorCount - 1
        while position >= 0 {
            let u2 = numerator[position + divisorCount]
            let u1 = numerator[position + divisorCount - 1]
            let u0 = numerator[position + divisorCount - 2]
            var digit: UInt64
            if u2 == top && u1 == next {
                // The estimate would be 2⁶⁴: the digit is the largest there is.
                digit = .max
                subtractProduct(numerator + position, divisor, divisorCount, digit)
            } else {
                let estimate = divide3by2(u2, u1, u0, by: divisorPair, reciprocal: inverse)
                digit = estimate.quotient
                let borrow = subtractProduct(numerator + position, divisor, divisorCount, digit)
                if borrow {
                    digit &-= 1
                    addDivisor(numerator + position, divisor, divisorCount)
                }
            }
            quotient[position] = digit
            position -= 1
        }
    }

    /// Subtracts `digit · divisor` from `count + 1` limbs; whether the result went below zero.
    @inlinable @inline(__always) @discardableResult
    static func subtractProduct(
        _ limbs: UnsafeMutablePointer<UInt64>, _ divisor: UnsafeMutablePointer<UInt64>, _ count: Int,
        _ digit: UInt64
    ) -> Bool {
        var carry: UInt64 = 0
        var borrow: UInt64 = 0
        for index in 0..<count {
            let product = multiplyAdd(digit, divisor[index], carry, 0)
            carry = product.high
            let difference = subtractingWithBorrow(limbs[index], product.low, borrow)
            limbs[index] = difference.difference
            borrow = difference.borrow
        }
        let last = subtractingWithBorrow(limbs[count], carry, borrow)
        limbs[count] = last.difference
        return last.borrow != 0
    }

    @inlinable @inline(__always)
    static func addDivisor(
        _ limbs: UnsafeMutablePointer<UInt64>, _ divisor: UnsafeMutablePointer<UInt64>, _ count: Int
    ) {
        var carry: UInt64 = 0
        for index in 0..<count {
            let sum = addingWithCarry(limbs[index], divisor[index], carry)
            limbs[index] = sum.sum
            carry = sum.carry
        }
        limbs[count] = limbs[count] &+ carry
    }
}
