import Primitives

/// An integer modulo p = 2²⁵⁶ − 2³² − 977, the prime of secp256k1's coordinates (SEC 2, section 2.4.1).
///
/// What lies above 2²⁵⁶ folds back by a product with 2³² + 977, so no Montgomery form is needed. The limbs may hold any
/// number below 2²⁵⁶: the few from the prime on are reduced only when the number is looked at. No operation but
/// `inverse` takes a time that depends on the value.
struct Secp256k1Coordinate: Field {
    /// The residue, or the residue and p.
    private(set) var limbs: UInt256

    @inline(__always) private static var fold: UInt64 { 0x1_0000_03D1 }
    @inline(__always) static var modulus: UInt256 { UInt256(limbs: 0 &- fold, .max, .max, .max) }

    /// The residue of any number.
    @inline(__always)
    init(_ value: UInt256) { limbs = value }

    /// The residue of a canonical number; nil from the prime on.
    @inline(__always)
    init?(canonical value: UInt256) {
        guard value < Self.modulus else { return nil }
        limbs = value
    }

    @inline(__always) static var zero: Self { Self(.zero) }
    @inline(__always) static var one: Self { Self(.one) }

    /// The number below the prime.
    @inline(__always)
    var value: UInt256 {
        let (less, borrow) = limbs.subtractingReportingBorrow(Self.modulus)
        let mask = 0 &- UInt64(unsafeBitCast(borrow, to: UInt8.self))
        let kept = UInt256(limbs: mask, mask, mask, mask)
        return (limbs & kept) | (less & ~kept)
    }

    @inline(__always)
    var isZero: Bool {
        let asPrime = (limbs.limb0 ^ (0 &- Self.fold)) | ~(limbs.limb1 & limbs.limb2 & limbs.limb3)
        return limbs.isZero || asPrime == 0
    }

    @inline(__always)
    var isOdd: Bool { value.limb0 & 1 != 0 }

    @inline(__always)
    static func == (left: Self, right: Self) -> Bool { (left - right).isZero }

    @inline(__always)
    static func + (left: Self, right: Self) -> Self {
        let (r0, c0) = addingWithCarry(left.limbs.limb0, right.limbs.limb0, 0)
        let (r1, c1) = addingWithCarry(left.limbs.limb1, right.limbs.limb1, c0)
        let (r2, c2) = addingWithCarry(left.limbs.limb2, right.limbs.limb2, c1)
        let (r3, c3) = addingWithCarry(left.limbs.limb3, right.limbs.limb3, c2)
        return folded(r0, r1, r2, r3, (0 &- c3) & fold)
    }

    @inline(__always)
    static func - (left: Self, right: Self) -> Self {
        let (r0, b0) = subtractingWithBorrow(left.limbs.limb0, right.limbs.limb0, 0)
        let (r1, b1) = subtractingWithBorrow(left.limbs.limb1, right.limbs.limb1, b0)
        let (r2, b2) = subtractingWithBorrow(left.limbs.limb2, right.limbs.limb2, b1)
        let (r3, b3) = subtractingWithBorrow(left.limbs.limb3, right.limbs.limb3, b2)
        // A borrow is 2²⁵⁶ too much, so 2³² + 977 is taken away; a second one leaves limbs of ones above the lowest.
        let (s0, d0) = subtractingWithBorrow(r0, (0 &- b3) & fold, 0)
        let (s1, d1) = subtractingWithBorrow(r1, 0, d0)
        let (s2, d2) = subtractingWithBorrow(r2, 0, d1)
        let (s3, d3) = subtractingWithBorrow(r3, 0, d2)
        return Self(UInt256(limbs: s0 &- ((0 &- d3) & fold), s1, s2, s3))
    }

    @inline(__always)
    static prefix func - (value: Self) -> Self { zero - value }

    @inline(__always)
    var doubled: Self { self + self }

    /// Half the residue: an odd number becomes even by the prime.
    @inline(__always)
    var halved: Self {
        let odd = limbs.limb0 & 1
        let (r0, b0) = subtractingWithBorrow(limbs.limb0, (0 &- odd) & Self.fold, 0)
        let (r1, b1) = subtractingWithBorrow(limbs.limb1, 0, b0)
        let (r2, b2) = subtractingWithBorrow(limbs.limb2, 0, b1)
        let (r3, b3) = subtractingWithBorrow(limbs.limb3, 0, b2)
        return Self(
            UInt256(
                limbs: (r0 &>> 1) | (r1 &<< 63), (r1 &>> 1) | (r2 &<< 63), (r2 &>> 1) | (r3 &<< 63),
                (r3 &>> 1) | ((odd &- b3) &<< 63)))
    }

    @inline(__always)
    static func * (left: Self, right: Self) -> Self {
        let (low, high) = left.limbs.multipliedFullWidth(by: right.limbs)
        return folded(low, high)
    }

    @inline(__always)
    var squared: Self {
        let (a0, a1, a2, a3) = (limbs.limb0, limbs.limb1, limbs.limb2, limbs.limb3)
        // The products of different limbs, doubled, and the squares of the limbs.
        let (p1, c1) = multiplyAdd(a0, a1, 0, 0)
        let (p2, c2) = multiplyAdd(a0, a2, c1, 0)
        let (p3, c3) = multiplyAdd(a0, a3, c2, 0)
        let (q3, c4) = multiplyAdd(a1, a2, p3, 0)
        let (q4, c5) = multiplyAdd(a1, a3, c3, c4)
        let (q5, q6) = multiplyAdd(a2, a3, c5, 0)
        let (s0, t0) = multiplyAdd(a0, a0, 0, 0)
        let (s1, t1) = multiplyAdd(a1, a1, 0, 0)
        let (s2, t2) = multiplyAdd(a2, a2, 0, 0)
        let (s3, t3) = multiplyAdd(a3, a3, 0, 0)
        let (r1, d1) = addingWithCarry(p1 &<< 1, t0, 0)
        let (r2, d2) = addingWithCarry((p2 &<< 1) | (p1 &>> 63), s1, d1)
        let (r3, d3) = addingWithCarry((q3 &<< 1) | (p2 &>> 63), t1, d2)
        let (r4, d4) = addingWithCarry((q4 &<< 1) | (q3 &>> 63), s2, d3)
        let (r5, d5) = addingWithCarry((q5 &<< 1) | (q4 &>> 63), t2, d4)
        let (r6, d6) = addingWithCarry((q6 &<< 1) | (q5 &>> 63), s3, d5)
        let r7 = (q6 &>> 63) &+ t3 &+ d6
        return Self.folded(UInt256(limbs: s0, r1, r2, r3), UInt256(limbs: r4, r5, r6, r7))
    }

    /// By division steps, in a time that depends on the value: for public values.
    var inverse: Self {
        // −p⁻¹ modulo 2⁶⁴.
        let steps = DivisionStepModulus(Self.modulus, negatedInverse: 0xD838_091D_D225_3531)
        return Self(steps.inverse(of: value))
    }

    /// By Fermat's little theorem, in the same time for every value.
    var inverseOfSecret: Self {
        let exponent = Self.modulus &- 2
        return power([exponent.limb0, exponent.limb1, exponent.limb2, exponent.limb3])
    }

    /// The power (p + 1)/4, a square root where the number is a square; the caller checks its square.
    ///
    /// The exponent is 223 ones, a zero, 22 ones, four zeros, two ones and two zeros.
    var squareRootCandidate: Self {
        let ones2 = squared * self
        let ones3 = ones2.squared * self
        let ones6 = ones3.squared(times: 3) * ones3
        let ones9 = ones6.squared(times: 3) * ones3
        let ones11 = ones9.squared(times: 2) * ones2
        let ones22 = ones11.squared(times: 11) * ones11
        let ones44 = ones22.squared(times: 22) * ones22
        let ones88 = ones44.squared(times: 44) * ones44
        let ones176 = ones88.squared(times: 88) * ones88
        let ones220 = ones176.squared(times: 44) * ones44
        let ones223 = ones220.squared(times: 3) * ones3
        return ((ones223.squared(times: 23) * ones22).squared(times: 6) * ones2).squared(times: 2)
    }

    /// The power 2^count.
    private func squared(times count: Int) -> Self {
        var result = self
        for _ in 0..<count { result = result.squared }
        return result
    }

    /// `low + high · 2²⁵⁶` modulo the prime.
    @inline(__always)
    private static func folded(_ low: UInt256, _ high: UInt256) -> Self {
        let (r0, c0) = multiplyAdd(high.limb0, fold, low.limb0, 0)
        let (r1, c1) = multiplyAdd(high.limb1, fold, low.limb1, c0)
        let (r2, c2) = multiplyAdd(high.limb2, fold, low.limb2, c1)
        let (r3, c3) = multiplyAdd(high.limb3, fold, low.limb3, c2)
        // Below 2³⁴ · (2³² + 977): two limbs.
        let (low, high) = multiplyAdd(c3, fold, r0, 0)
        let (s1, d1) = addingWithCarry(r1, high, 0)
        let (s2, d2) = addingWithCarry(r2, 0, d1)
        let (s3, d3) = addingWithCarry(r3, 0, d2)
        // A carry here leaves a number below 2⁶⁷, so the next goes no further than the second limb.
        let (s0, e0) = addingWithCarry(low, (0 &- d3) & fold, 0)
        return Self(UInt256(limbs: s0, s1 &+ e0, s2, s3))
    }

    /// The limbs and a number of at most 33 bits.
    @inline(__always)
    private static func folded(_ r0: UInt64, _ r1: UInt64, _ r2: UInt64, _ r3: UInt64, _ addend: UInt64) -> Self {
        let (s0, c0) = addingWithCarry(r0, addend, 0)
        let (s1, c1) = addingWithCarry(r1, 0, c0)
        let (s2, c2) = addingWithCarry(r2, 0, c1)
        let (s3, c3) = addingWithCarry(r3, 0, c2)
        // A carry here leaves a number below 2³³.
        return Self(UInt256(limbs: s0 &+ ((0 &- c3) & fold), s1, s2, s3))
    }

    /// Swaps both where `bit` is 1, in constant time.
    @inline(__always)
    static func swap(_ left: inout Self, _ right: inout Self, if bit: UInt64) {
        let mask = 0 &- bit
        let difference = (left.limbs ^ right.limbs) & UInt256(limbs: mask, mask, mask, mask)
        left.limbs = left.limbs ^ difference
        right.limbs = right.limbs ^ difference
    }
}
