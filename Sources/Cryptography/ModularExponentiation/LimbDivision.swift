import Primitives

/// Remainders of long division through the divisor's reciprocal (Primitives/Reciprocal.swift).
enum LimbDivision {
    /// A big-endian number modulo a limb that is not zero.
    static func remainder(bigEndian bytes: UnsafeRawBufferPointer, by divisor: UInt64) -> UInt64 {
        let shift = UInt64(truncatingIfNeeded: divisor.leadingZeroBitCount)
        let normalised = divisor &<< shift
        let inverse = reciprocal(normalised)
        // The remainder is kept shifted.
        var remainder: UInt64 = 0
        var index = bytes.count & 7
        var head: UInt64 = 0
        for byte in 0..<index { head = head &<< 8 | UInt64(bytes[byte]) }
        remainder = step(remainder, head, shift, normalised, inverse)
        while index < bytes.count {
            let word = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            remainder = step(remainder, word, shift, normalised, inverse)
            index &+= 8
        }
        return remainder &>> shift
    }

    @inline(__always)
    private static func step(
        _ remainder: UInt64, _ word: UInt64, _ shift: UInt64, _ divisor: UInt64, _ inverse: UInt64
    ) -> UInt64 {
        let high = remainder | ((word &>> 1) &>> (63 &- shift))
        return divide2by1(high, word &<< shift, by: divisor, reciprocal: inverse).remainder
    }

    /// Reduces `dividend`, of `dividendCount` limbs and one more that is zero, modulo `divisor`, whose highest limb is
    /// not zero: the lowest `count` limbs become the remainder. (Knuth's algorithm D.)
    ///
    /// - Complexity: O((dividendCount − count) · count).
    static func reduce(_ dividend: MutableLimbs, _ dividendCount: Int, by divisor: Limbs, _ count: Int) {
        guard dividendCount >= count else { return }
        let shift = UInt64(truncatingIfNeeded: divisor[count &- 1].leadingZeroBitCount)
        let normalised = LimbStorage(count)
        shiftLeft(normalised.limbs, divisor, count, shift)
        dividend[dividendCount] = 0
        shiftLeft(dividend, dividend, dividendCount &+ 1, shift)
        if count == 1 {
            let inverse = reciprocal(normalised.limbs[0])
            var remainder = dividend[dividendCount]
            var index = dividendCount &- 1
            while index >= 0 {
                remainder =
                    divide2by1(remainder, dividend[index], by: normalised.limbs[0], reciprocal: inverse).remainder
                index &-= 1
            }
            dividend[0] = remainder
        } else {
            reduceNormalised(dividend, dividendCount, by: normalised.limbs, count)
        }
        shiftRight(dividend, count, shift)
    }

    private static func reduceNormalised(
        _ dividend: MutableLimbs, _ dividendCount: Int, by divisor: Limbs, _ count: Int
    ) {
        let (high, low) = (divisor[count &- 1], divisor[count &- 2])
        let top = UInt128(high) &<< 64 | UInt128(low)
        let inverse = reciprocal(high: high, low: low)
        var position = dividendCount &- count
        while position >= 0 {
            let window = dividend + position
            let (first, second, third) = (window[count], window[count &- 1], window[count &- 2])
            var quotient = UInt64.max
            if UInt128(first) &<< 64 | UInt128(second) < top {
                quotient = divide3by2(first, second, third, by: top, reciprocal: inverse).quotient
            }
            let borrow = LimbKernel.subtractProduct(window, divisor, count, quotient)
            // The estimate is one too high at most: only then is more borrowed than there is.
            if borrow > first { _ = LimbKernel.add(window, divisor, count) }
            window[count] = 0
            position &-= 1
        }
    }

    /// The top bits that leave are dropped; `result` may be `value`.
    private static func shiftLeft(_ result: MutableLimbs, _ value: Limbs, _ count: Int, _ shift: UInt64) {
        var index = count &- 1
        while index >= 0 {
            let below = index > 0 ? (value[index &- 1] &>> 1) &>> (63 &- shift) : 0
            result[index] = value[index] &<< shift | below
            index &-= 1
        }
    }

    /// The same to the right, in place.
    static func shiftRight(_ value: MutableLimbs, _ count: Int, _ shift: UInt64) {
        for index in 0..<count {
            let above = index &+ 1 < count ? (value[index &+ 1] &<< 1) &<< (63 &- shift) : 0
            value[index] = value[index] &>> shift | above
        }
    }
}
