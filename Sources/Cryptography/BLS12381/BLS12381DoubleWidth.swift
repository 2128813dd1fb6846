import Primitives

/// The unreduced product of two elements of `BLS12381Field`: twelve limbs, least significant first.
///
/// Sums and differences of products are taken here and reduced once, which saves reductions in extension fields. Any
/// value below p·2³⁸⁴ can be reduced; four products of reduced elements together are below it.
struct BLS12381DoubleWidth {
    var low: BLS12381Field
    /// The upper limbs.
    var high: BLS12381Field

    @inline(__always)
    init(low: BLS12381Field, high: BLS12381Field) {
        self.low = low
        self.high = high
    }

    /// `left · right`; the factors need only fit 384 bits.
    @inline(__always)
    init(product left: BLS12381Field, _ right: BLS12381Field) {
        let (r00, c00) = multiplyAdd(left.limb0, right.limb0, 0, 0)
        let (r01, c01) = multiplyAdd(left.limb1, right.limb0, 0, c00)
        let (r02, c02) = multiplyAdd(left.limb2, right.limb0, 0, c01)
        let (r03, c03) = multiplyAdd(left.limb3, right.limb0, 0, c02)
        let (r04, c04) = multiplyAdd(left.limb4, right.limb0, 0, c03)
        let (r05, c05) = multiplyAdd(left.limb5, right.limb0, 0, c04)
        let (r10, c10) = multiplyAdd(left.limb0, right.limb1, r01, 0)
        let (r11, c11) = multiplyAdd(left.limb1, right.limb1, r02, c10)
        let (r12, c12) = multiplyAdd(left.limb2, right.limb1, r03, c11)
        let (r13, c13) = multiplyAdd(left.limb3, right.limb1, r04, c12)
        let (r14, c14) = multiplyAdd(left.limb4, right.limb1, r05, c13)
        let (r15, c15) = multiplyAdd(left.limb5, right.limb1, c05, c14)
        let (r20, c20) = multiplyAdd(left.limb0, right.limb2, r11, 0)
        let (r21, c21) = multiplyAdd(left.limb1, right.limb2, r12, c20)
        let (r22, c22) = multiplyAdd(left.limb2, right.limb2, r13, c21)
        let (r23, c23) = multiplyAdd(left.limb3, right.limb2, r14, c22)
        let (r24, c24) = multiplyAdd(left.limb4, right.limb2, r15, c23)
        let (r25, c25) = multiplyAdd(left.limb5, right.limb2, c15, c24)
        let (r30, c30) = multiplyAdd(left.limb0, right.limb3, r21, 0)
        let (r31, c31) = multiplyAdd(left.limb1, right.limb3, r22, c30)
        let (r32, c32) = multiplyAdd(left.limb2, right.limb3, r23, c31)
        let (r33, c33) = multiplyAdd(left.limb3, right.limb3, r24, c32)
        let (r34, c34) = multiplyAdd(left.limb4, right.limb3, r25, c33)
        let (r35, c35) = multiplyAdd(left.limb5, right.limb3, c25, c34)
        let (r40, c40) = multiplyAdd(left.limb0, right.limb4, r31, 0)
        let (r41, c41) = multiplyAdd(left.limb1, right.limb4, r32, c40)
        let (r42, c42) = multiplyAdd(left.limb2, right.limb4, r33, c41)
        let (r43, c43) = multiplyAdd(left.limb3, right.limb4, r34, c42)
        let (r44, c44) = multiplyAdd(left.limb4, right.limb4, r35, c43)
        let (r45, c45) = multiplyAdd(left.limb5, right.limb4, c35, c44)
        let (r50, c50) = multiplyAdd(left.limb0, right.limb5, r41, 0)
        let (r51, c51) = multiplyAdd(left.limb1, right.limb5, r42, c50)
        let (r52, c52) = multiplyAdd(left.limb2, right.limb5, r43, c51)
        let (r53, c53) = multiplyAdd(left.limb3, right.limb5, r44, c52)
        let (r54, c54) = multiplyAdd(left.limb4, right.limb5, r45, c53)
        let (r55, c55) = multiplyAdd(left.limb5, right.limb5, c45, c54)
        low = BLS12381Field(montgomery: r00, r10, r20, r30, r40, r50)
        high = BLS12381Field(montgomery: r51, r52, r53, r54, r55, c55)
    }

    /// `value · value`, with each mixed product taken once and doubled.
    @inline(__always)
    init(square value: BLS12381Field) {
        let (r01, c01) = multiplyAdd(value.limb0, value.limb1, 0, 0)
        let (r02, c02) = multiplyAdd(value.limb0, value.limb2, 0, c01)
        let (r03, c03) = multiplyAdd(value.limb0, value.limb3, 0, c02)
        let (r04, c04) = multiplyAdd(value.limb0, value.limb4, 0, c03)
        let (r05, c05) = multiplyAdd(value.limb0, value.limb5, 0, c04)
        let (r12, c12) = multiplyAdd(value.limb1, value.limb2, r03, 0)
        let (r13, c13) = multiplyAdd(value.limb1, value.limb3, r04, c12)
        let (r14, c14) = multiplyAdd(value.limb1, value.limb4, r05, c13)
        let (r15, c15) = multiplyAdd(value.limb1, value.limb5, c05, c14)
        let (r23, c23) = multiplyAdd(value.limb2, value.limb3, r14, 0)
        let (r24, c24) = multiplyAdd(value.limb2, value.limb4, r15, c23)
        let (r25, c25) = multiplyAdd(value.limb2, value.limb5, c15, c24)
        let (r34, c34) = multiplyAdd(value.limb3, value.limb4, r25, 0)
        let (r35, c35) = multiplyAdd(value.limb3, value.limb5, c25, c34)
        let (r45, c45) = multiplyAdd(value.limb4, value.limb5, c35, 0)
        // Twice the mixed products, by shifting.
        let d1 = r01 &<< 1
        let d2 = (r02 &<< 1) | (r01 &>> 63)
        let d3 = (r12 &<< 1) | (r02 &>> 63)
        let d4 = (r13 &<< 1) | (r12 &>> 63)
        let d5 = (r23 &<< 1) | (r13 &>> 63)
        let d6 = (r24 &<< 1) | (r23 &>> 63)
        let d7 = (r34 &<< 1) | (r24 &>> 63)
        let d8 = (r35 &<< 1) | (r34 &>> 63)
        let d9 = (r45 &<< 1) | (r35 &>> 63)
        let d10 = (c45 &<< 1) | (r45 &>> 63)
        let d11 = c45 &>> 63
        // The squares of the limbs, at every second position.
        let (q0, h0) = multiplyAdd(value.limb0, value.limb0, 0, 0)
        let (s0, e0) = addingWithCarry(d1, h0, 0)
        let (q1, h1) = multiplyAdd(value.limb1, value.limb1, d2, e0)
        let (s1, e1) = addingWithCarry(d3, h1, 0)
        let (q2, h2) = multiplyAdd(value.limb2, value.limb2, d4, e1)
        let (s2, e2) = addingWithCarry(d5, h2, 0)
        let (q3, h3) = multiplyAdd(value.limb3, value.limb3, d6, e2)
        let (s3, e3) = addingWithCarry(d7, h3, 0)
        let (q4, h4) = multiplyAdd(value.limb4, value.limb4, d8, e3)
        let (s4, e4) = addingWithCarry(d9, h4, 0)
        let (q5, h5) = multiplyAdd(value.limb5, value.limb5, d10, e4)
        let s5 = d11 &+ h5
        low = BLS12381Field(montgomery: q0, s0, q1, s1, q2, s2)
        high = BLS12381Field(montgomery: q3, s3, q4, s4, q5, s5)
    }

    /// The sum; it must be below 2⁷⁶⁸.
    @inline(__always)
    static func + (left: Self, right: Self) -> Self {
        let (low, carry) = addingWithCarry(left.low, right.low, 0)
        return Self(low: low, high: addingWithCarry(left.high, right.high, carry).sum)
    }

    /// The difference where it is not negative.
    @inline(__always)
    static func &- (left: Self, right: Self) -> Self {
        let (low, borrow) = left.low.subtractingLimbs(right.low)
        let (high, _) = subtractingWithBorrow(left.high, right.high, borrow)
        return Self(low: low, high: high)
    }

    /// The difference of two values below p·2³⁸⁴, plus p·2³⁸⁴ where it is negative.
    @inline(__always)
    static func - (left: Self, right: Self) -> Self {
        let (low, borrow) = left.low.subtractingLimbs(right.low)
        let (high, isNegative) = subtractingWithBorrow(left.high, right.high, borrow)
        let p = BLS12381Field.modulus
        let mask = 0 &- isNegative
        let correction = BLS12381Field(
            montgomery: p.limb0 & mask, p.limb1 & mask, p.limb2 & mask, p.limb3 & mask, p.limb4 & mask, p.limb5 & mask)
        return Self(low: low, high: .unreducedSum(high, correction))
    }

    /// The element that is the value divided by R modulo p (Montgomery reduction).
    @inline(__always)
    var reduced: BLS12381Field {
        var sum = low
        var carry: UInt64 = 0
        Self.clearLowestLimb(&sum, high.limb0, &carry)
        Self.clearLowestLimb(&sum, high.limb1, &carry)
        Self.clearLowestLimb(&sum, high.limb2, &carry)
        Self.clearLowestLimb(&sum, high.limb3, &carry)
        Self.clearLowestLimb(&sum, high.limb4, &carry)
        Self.clearLowestLimb(&sum, high.limb5, &carry)
        return sum.reducedOnce
    }

    /// Adds the multiple of p that clears the lowest of the six limbs, drops that limb, and takes in the next above.
    @inline(__always)
    private static func clearLowestLimb(_ sum: inout BLS12381Field, _ next: UInt64, _ carry: inout UInt64) {
        let p = BLS12381Field.modulus
        let factor = sum.limb0 &* BLS12381Field.negatedInverse
        let (_, d0) = multiplyAdd(factor, p.limb0, sum.limb0, 0)
        let (b0, d1) = multiplyAdd(factor, p.limb1, sum.limb1, d0)
        let (b1, d2) = multiplyAdd(factor, p.limb2, sum.limb2, d1)
        let (b2, d3) = multiplyAdd(factor, p.limb3, sum.limb3, d2)
        let (b3, d4) = multiplyAdd(factor, p.limb4, sum.limb4, d3)
        let (b4, d5) = multiplyAdd(factor, p.limb5, sum.limb5, d4)
        let (b5, d6) = addingWithCarry(next, d5, carry)
        sum = BLS12381Field(montgomery: b0, b1, b2, b3, b4, b5)
        carry = d6
    }
}

/// Six-limb addition with a carry in and out.
@inline(__always)
private func addingWithCarry(
    _ left: BLS12381Field, _ right: BLS12381Field, _ carry: UInt64
) -> (sum: BLS12381Field, carry: UInt64) {
    let (r0, c0) = addingWithCarry(left.limb0, right.limb0, carry)
    let (r1, c1) = addingWithCarry(left.limb1, right.limb1, c0)
    let (r2, c2) = addingWithCarry(left.limb2, right.limb2, c1)
    let (r3, c3) = addingWithCarry(left.limb3, right.limb3, c2)
    let (r4, c4) = addingWithCarry(left.limb4, right.limb4, c3)
    let (r5, c5) = addingWithCarry(left.limb5, right.limb5, c4)
    return (BLS12381Field(montgomery: r0, r1, r2, r3, r4, r5), c5)
}

/// Six-limb subtraction with a borrow in and out.
@inline(__always)
private func subtractingWithBorrow(
    _ left: BLS12381Field, _ right: BLS12381Field, _ borrow: UInt64
) -> (difference: BLS12381Field, borrow: UInt64) {
    let (r0, b0) = subtractingWithBorrow(left.limb0, right.limb0, borrow)
    let (r1, b1) = subtractingWithBorrow(left.limb1, right.limb1, b0)
    let (r2, b2) = subtractingWithBorrow(left.limb2, right.limb2, b1)
    let (r3, b3) = subtractingWithBorrow(left.limb3, right.limb3, b2)
    let (r4, b4) = subtractingWithBorrow(left.limb4, right.limb4, b3)
    let (r5, b5) = subtractingWithBorrow(left.limb5, right.limb5, b4)
    return (BLS12381Field(montgomery: r0, r1, r2, r3, r4, r5), b5)
}
