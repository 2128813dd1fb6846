// Carries are sums of `UInt128` or bit casts of `Bool`, never `? 1 : 0`: measured twice as fast.

/// `left + right + carry` (carry 0 or 1) and the carry out.
@inlinable @inline(__always)
public func addingWithCarry(_ left: UInt64, _ right: UInt64, _ carry: UInt64) -> (sum: UInt64, carry: UInt64) {
    let sum = UInt128(left) &+ UInt128(right) &+ UInt128(carry)
    return (UInt64(truncatingIfNeeded: sum), UInt64(truncatingIfNeeded: sum &>> 64))
}

/// `left − right − borrow` (borrow 0 or 1) and the borrow out.
@inlinable @inline(__always)
public func subtractingWithBorrow(
    _ left: UInt64, _ right: UInt64, _ borrow: UInt64
) -> (difference: UInt64, borrow: UInt64) {
    let difference = UInt128(left) &- UInt128(right) &- UInt128(borrow)
    return (UInt64(truncatingIfNeeded: difference), UInt64(truncatingIfNeeded: difference &>> 64) & 1)
}

/// `left · right + addend + carry` as low and high halves; never overflows 128 bits.
@inlinable @inline(__always)
public func multiplyAdd(
    _ left: UInt64, _ right: UInt64, _ addend: UInt64, _ carry: UInt64
) -> (low: UInt64, high: UInt64) {
    let product = UInt128(left) &* UInt128(right) &+ UInt128(addend) &+ UInt128(carry)
    return (UInt64(truncatingIfNeeded: product), UInt64(truncatingIfNeeded: product &>> 64))
}

extension UInt256 {
    /// `self + other` modulo 2²⁵⁶, and whether it overflowed.
    @inlinable @inline(__always)
    public func addingReportingCarry(_ other: UInt256) -> (sum: UInt256, carry: Bool) {
        let (r0, c0) = addingWithCarry(limb0, other.limb0, 0)
        let (r1, c1) = addingWithCarry(limb1, other.limb1, c0)
        let (r2, c2) = addingWithCarry(limb2, other.limb2, c1)
        let (r3, c3) = addingWithCarry(limb3, other.limb3, c2)
        return (UInt256(limbs: r0, r1, r2, r3), c3 != 0)
    }

    /// `self − other` modulo 2²⁵⁶, and whether `other` was larger.
    @inlinable @inline(__always)
    public func subtractingReportingBorrow(_ other: UInt256) -> (difference: UInt256, borrow: Bool) {
        let (r0, b0) = subtractingWithBorrow(limb0, other.limb0, 0)
        let (r1, b1) = subtractingWithBorrow(limb1, other.limb1, b0)
        let (r2, b2) = subtractingWithBorrow(limb2, other.limb2, b1)
        let (r3, b3) = subtractingWithBorrow(limb3, other.limb3, b2)
        return (UInt256(limbs: r0, r1, r2, r3), b3 != 0)
    }

    @inlinable @inline(__always)
    public static func &+ (left: UInt256, right: UInt256) -> UInt256 { left.addingReportingCarry(right).sum }

    @inlinable @inline(__always)
    public static func &- (left: UInt256, right: UInt256) -> UInt256 {
        left.subtractingReportingBorrow(right).difference
    }

    /// The two's complement negation.
    @inlinable @inline(__always)
    public var negated: UInt256 { UInt256.zero &- self }

    /// The sum, or nil where it does not fit.
    @inlinable @inline(__always)
    public func adding(_ other: UInt256) -> UInt256? {
        let (sum, carry) = addingReportingCarry(other)
        return carry ? nil : sum
    }

    /// The difference, or nil where `other` is larger.
    @inlinable @inline(__always)
    public func subtracting(_ other: UInt256) -> UInt256? {
        let (difference, borrow) = subtractingReportingBorrow(other)
        return borrow ? nil : difference
    }

    /// The product, or nil where it does not fit.
    @inlinable
    public func multiplying(_ other: UInt256) -> UInt256? {
        let (low, high) = multipliedFullWidth(by: other)
        return high.isZero ? low : nil
    }

    /// The low 256 bits of the product.
    @inlinable @inline(__always)
    public static func &* (left: UInt256, right: UInt256) -> UInt256 {
        let (r0, a1) = multiplyAdd(left.limb0, right.limb0, 0, 0)
        let (s1, a2) = multiplyAdd(left.limb1, right.limb0, a1, 0)
        let (s2, a3) = multiplyAdd(left.limb2, right.limb0, a2, 0)
        let s3 = left.limb3 &* right.limb0 &+ a3
        let (r1, b2) = multiplyAdd(left.limb0, right.limb1, s1, 0)
        let (u2, b3) = multiplyAdd(left.limb1, right.limb1, s2, b2)
        let u3 = left.limb2 &* right.limb1 &+ s3 &+ b3
        let (r2, c3) = multiplyAdd(left.limb0, right.limb2, u2, 0)
        let r3 = left.limb1 &* right.limb2 &+ u3 &+ c3 &+ left.limb0 &* right.limb3
        return UInt256(limbs: r0, r1, r2, r3)
    }

    /// The 512-bit product.
    @inlinable @inline(__always)
    public func multipliedFullWidth(by other: UInt256) -> (low: UInt256, high: UInt256) {
        let (r0, a1) = multiplyAdd(limb0, other.limb0, 0, 0)
        let (s1, a2) = multiplyAdd(limb1, other.limb0, a1, 0)
        let (s2, a3) = multiplyAdd(limb2, other.limb0, a2, 0)
        let (s3, s4) = multiplyAdd(limb3, other.limb0, a3, 0)
        let (r1, b2) = multiplyAdd(limb0, other.limb1, s1, 0)
        let (u2, b3) = multiplyAdd(limb1, other.limb1, s2, b2)
        let (u3, b4) = multiplyAdd(limb2, other.limb1, s3, b3)
        let (u4, u5) = multiplyAdd(limb3, other.limb1, s4, b4)
        let (r2, c3) = multiplyAdd(limb0, other.limb2, u2, 0)
        let (v3, c4) = multiplyAdd(limb1, other.limb2, u3, c3)
        let (v4, c5) = multiplyAdd(limb2, other.limb2, u4, c4)
        let (v5, v6) = multiplyAdd(limb3, other.limb2, u5, c5)
        let (r3, d4) = multiplyAdd(limb0, other.limb3, v3, 0)
        let (r4, d5) = multiplyAdd(limb1, other.limb3, v4, d4)
        let (r5, d6) = multiplyAdd(limb2, other.limb3, v5, d5)
        let (r6, r7) = multiplyAdd(limb3, other.limb3, v6, d6)
        return (UInt256(limbs: r0, r1, r2, r3), UInt256(limbs: r4, r5, r6, r7))
    }

    /// The low 256 bits of the square.
    @inlinable @inline(__always)
    public var squared: UInt256 {
        // Twice the products of different limbs, and the squares of the lower two.
        let (c1, x1) = multiplyAdd(limb0, limb1, 0, 0)
        let (c2, y1) = multiplyAdd(limb0, limb2, x1, 0)
        let c3 = limb0 &* limb3 &+ limb1 &* limb2 &+ y1
        let (p0, p1) = multiplyAdd(limb0, limb0, 0, 0)
        let (s0, s1) = multiplyAdd(limb1, limb1, 0, 0)
        let (r1, k1) = addingWithCarry(p1, c1 &<< 1, 0)
        let (r2, k2) = addingWithCarry(s0, (c2 &<< 1) | (c1 &>> 63), k1)
        return UInt256(limbs: p0, r1, r2, s1 &+ ((c3 &<< 1) | (c2 &>> 63)) &+ k2)
    }

    /// `base` to the power of `exponent`, modulo 2²⁵⁶.
    ///
    /// - Complexity: one squaring a bit of the exponent, and one product for four of them.
    @inlinable
    public static func power(_ base: UInt256, _ exponent: UInt256) -> UInt256 {
        if exponent.isZero { return .one }
        if !base.isZero, (base & (base &- .one)).isZero {
            let shift = UInt64(truncatingIfNeeded: base.bitWidth &- 1)
            if shift == 0 { return .one }
            return exponent.fitsUInt64 && exponent.limb0 < 256 ? .one << (shift &* exponent.limb0) : .zero
        }
        if exponent.fitsUInt64, exponent.limb0 < 64 { return power(base, small: exponent.limb0) }
        return withUnsafeTemporaryAllocation(of: UInt256.self, capacity: 16) { powers in
            powers[0] = .one
            for index in 1..<16 { powers[index] = powers[index &- 1] &* base }
            var digit = UInt64(truncatingIfNeeded: (exponent.bitWidth &- 1) / 4)
            var result = powers[Int(truncatingIfNeeded: (exponent >> (4 &* digit)).limb0 & 15)]
            while digit > 0 {
                digit &-= 1
                result = result.squared.squared.squared.squared
                let bits = (exponent >> (4 &* digit)).limb0 & 15
                if bits != 0 { result = result &* powers[Int(truncatingIfNeeded: bits)] }
            }
            return result
        }
    }

    /// The same by an exponent that is not worth a table.
    @inlinable @inline(__always)
    static func power(_ base: UInt256, small exponent: UInt64) -> UInt256 {
        var result = UInt256.one
        var square = base
        var remaining = exponent
        while true {
            if remaining & 1 != 0 { result = result &* square }
            remaining = remaining &>> 1
            if remaining == 0 { return result }
            square = square.squared
        }
    }
}
