/// Divisions by two to four limbs without memory in between: the words of an interpreter's DIV, MOD and MULMOD.
///
/// Algorithm D of Knuth (TAOCP volume 2, 4.3.1), a digit of the quotient estimated from three limbs by two: the estimate's
/// remainder is that of the two highest limbs already, so that only the lower ones are left to subtract.
extension LimbDivision {
    /// A divisor shifted so that its highest bit is set.
    @usableFromInline
    struct Normalised {
        @usableFromInline let value: UInt256
        @usableFromInline let shift: UInt64
        /// The two highest of its limbs that are not zero, and their reciprocal.
        @usableFromInline let pair: UInt128
        @usableFromInline let inverse: UInt64

        /// Of a divisor with `high` and `low` as the two highest limbs once shifted.
        @inlinable @inline(__always)
        init(_ value: UInt256, shift: UInt64, high: UInt64, low: UInt64) {
            self.value = value
            self.shift = shift
            pair = (UInt128(high) &<< 64) | UInt128(low)
            inverse = reciprocal(high: high, low: low)
        }
    }

    /// One digit: the highest five limbs of a dividend, the first four of them below the divisor, by its four.
    @inlinable @inline(__always)
    static func digit(
        _ u4: UInt64, _ upper: UInt256, by divisor: Normalised
    ) -> (digit: UInt64, remainder: UInt256) {
        let d = divisor.value
        if u4 == d.limb3 && upper.limb3 == d.limb2 { return largestDigit(u4, upper, by: d) }
        let estimate = divide3by2(
            u4, upper.limb3, upper.limb2, by: divisor.pair, reciprocal: divisor.inverse)
        let (p0, c0) = multiplyAdd(estimate.quotient, d.limb0, 0, 0)
        let (p1, c1) = multiplyAdd(estimate.quotient, d.limb1, c0, 0)
        let (r0, b0) = subtractingWithBorrow(upper.limb0, p0, 0)
        let (r1, b1) = subtractingWithBorrow(upper.limb1, p1, b0)
        let (r2, b2) = subtractingWithBorrow(UInt64(truncatingIfNeeded: estimate.remainder), c1, b1)
        let (r3, b3) = subtractingWithBorrow(UInt64(truncatingIfNeeded: estimate.remainder &>> 64), 0, b2)
        let remainder = UInt256(limbs: r0, r1, r2, r3)
        return b3 == 0 ? (estimate.quotient, remainder) : (estimate.quotient &- 1, remainder &+ d)
    }

    /// The digit where an estimate would be 2⁶⁴: one less, or two.
    @inlinable @inline(never)
    static func largestDigit(
        _ u4: UInt64, _ upper: UInt256, by divisor: UInt256
    ) -> (digit: UInt64, remainder: UInt256) {
        // upper + u4·2²⁵⁶ − (2⁶⁴ − 1)·divisor, which is below the divisor or below zero.
        let (p0, c0) = multiplyAdd(.max, divisor.limb0, 0, 0)
        let (p1, c1) = multiplyAdd(.max, divisor.limb1, c0, 0)
        let (p2, c2) = multiplyAdd(.max, divisor.limb2, c1, 0)
        let (p3, p4) = multiplyAdd(.max, divisor.limb3, c2, 0)
        let (difference, borrow) = upper.subtractingReportingBorrow(UInt256(limbs: p0, p1, p2, p3))
        let isNegative = u4 < p4 || (u4 == p4 && borrow)
        return isNegative ? (.max &- 1, difference &+ divisor) : (.max, difference)
    }

    /// 256 bits by a divisor of two to four limbs.
    @inlinable
    static func divide(_ dividend: UInt256, by divisor: UInt256) -> (quotient: UInt256, remainder: UInt256) {
        if divisor.limb3 &>> 32 != 0 { return divideByHalfLimb(dividend, by: divisor) }
        if divisor.limb3 != 0 {
            let shift = UInt64(truncatingIfNeeded: divisor.limb3.leadingZeroBitCount)
            let value = divisor << shift
            let normalised = Normalised(value, shift: shift, high: value.limb3, low: value.limb2)
            let result = digit(shiftedOut(dividend.limb3, shift), dividend << shift, by: normalised)
            return (UInt256(result.digit), result.remainder >> shift)
        }
        if divisor.limb2 != 0 { return divideByThree(dividend, by: divisor) }
        let shift = UInt64(truncatingIfNeeded: divisor.limb1.leadingZeroBitCount)
        let value = divisor << shift
        let normalised = Normalised(value, shift: shift, high: value.limb1, low: value.limb0)
        let shifted = dividend << shift
        let first = divide3by2(
            shiftedOut(dividend.limb3, shift), shifted.limb3, shifted.limb2, by: normalised.pair,
            reciprocal: normalised.inverse)
        let second = divide3by2(
            UInt64(truncatingIfNeeded: first.remainder &>> 64), UInt64(truncatingIfNeeded: first.remainder),
            shifted.limb1, by: normalised.pair, reciprocal: normalised.inverse)
        let third = divide3by2(
            UInt64(truncatingIfNeeded: second.remainder &>> 64), UInt64(truncatingIfNeeded: second.remainder),
            shifted.limb0, by: normalised.pair, reciprocal: normalised.inverse)
        return (
            UInt256(limbs: third.quotient, second.quotient, first.quotient, 0),
            UInt256(third.remainder &>> UInt128(shift))
        )
    }

    /// The quotient is below 2³², and the highest limbs alone tell it up to one too many.
    @inlinable @inline(__always)
    static func divideByHalfLimb(
        _ dividend: UInt256, by divisor: UInt256
    ) -> (quotient: UInt256, remainder: UInt256) {
        var quotient = dividend.limb3 / divisor.limb3
        let (p0, c0) = multiplyAdd(quotient, divisor.limb0, 0, 0)
        let (p1, c1) = multiplyAdd(quotient, divisor.limb1, c0, 0)
        let (p2, c2) = multiplyAdd(quotient, divisor.limb2, c1, 0)
        let (p3, p4) = multiplyAdd(quotient, divisor.limb3, c2, 0)
        var (remainder, borrow) = dividend.subtractingReportingBorrow(UInt256(limbs: p0, p1, p2, p3))
        var isTooLarge = borrow || p4 != 0
        while isTooLarge {
            quotient &-= 1
            let (sum, carry) = remainder.addingReportingCarry(divisor)
            remainder = sum
            isTooLarge = !carry
        }
        return (UInt256(quotient), remainder)
    }

    /// 256 bits by three limbs: by four, with both times 2⁶⁴.
    @inlinable @inline(__always)
    static func divideByThree(
        _ dividend: UInt256, by divisor: UInt256
    ) -> (quotient: UInt256, remainder: UInt256) {
        let shift = UInt64(truncatingIfNeeded: divisor.limb2.leadingZeroBitCount)
        let value = divisor << (shift &+ 64)
        let normalised = Normalised(value, shift: shift, high: value.limb3, low: value.limb2)
        let shifted = dividend << shift
        let first = digit(
            shiftedOut(dividend.limb3, shift),
            UInt256(limbs: 0, shifted.limb1, shifted.limb2, shifted.limb3), by: normalised)
        let second = digit(
            first.remainder.limb3,
            UInt256(limbs: 0, shifted.limb0, first.remainder.limb1, first.remainder.limb2), by: normalised)
        return (UInt256(limbs: second.digit, first.digit, 0, 0), second.remainder >> (shift &+ 64))
    }

    /// The remainder of `high·2²⁵⁶ + low` by a divisor of four limbs.
    @inlinable
    static func remainder(low: UInt256, high: UInt256, by divisor: UInt256) -> UInt256 {
        let shift = UInt64(truncatingIfNeeded: divisor.limb3.leadingZeroBitCount)
        let value = divisor << shift
        let normalised = Normalised(value, shift: shift, high: value.limb3, low: value.limb2)
        var upper = high << shift
        upper.limb0 |= shiftedOut(low.limb3, shift)
        let lower = low << shift
        // Where nothing was shifted out the first digit is 0 or 1.
        var rest =
            shift == 0
            ? upper.reducedOnce(value) : digit(shiftedOut(high.limb3, shift), upper, by: normalised).remainder
        rest = next(rest, lower.limb3, by: normalised)
        rest = next(rest, lower.limb2, by: normalised)
        rest = next(rest, lower.limb1, by: normalised)
        rest = next(rest, lower.limb0, by: normalised)
        return rest >> shift
    }

    /// The remainder once one more limb of the dividend is behind `rest`.
    @inlinable @inline(__always)
    static func next(_ rest: UInt256, _ limb: UInt64, by divisor: Normalised) -> UInt256 {
        let upper = UInt256(limbs: limb, rest.limb0, rest.limb1, rest.limb2)
        return digit(rest.limb3, upper, by: divisor).remainder
    }

    /// The bits that a shift to the left pushes out of a limb.
    @inlinable @inline(__always)
    static func shiftedOut(_ limb: UInt64, _ shift: UInt64) -> UInt64 { (limb &>> 1) &>> (63 &- shift) }
}
