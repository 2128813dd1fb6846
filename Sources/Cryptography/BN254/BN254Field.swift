import Primitives

/// The curve alt_bn128 (EIP-196, EIP-197): y² = x³ + 3 over the field of p elements, of prime order r.
public enum BN254 {}

extension BN254 {
    /// An element of the base field, in Montgomery form (times 2²⁵⁶), always below p.
    ///
    /// p is below 2²⁵⁴, so that a sum of two elements fits four limbs with a bit to spare: products take factors
    /// below 2p, which saves the reduction of sums that are multiplied next.
    struct Fp: Equatable, Sendable, BitwiseCopyable {
        var limb0: UInt64
        var limb1: UInt64
        var limb2: UInt64
        var limb3: UInt64

        @inline(__always)
        init(montgomery limb0: UInt64, _ limb1: UInt64, _ limb2: UInt64, _ limb3: UInt64) {
            self.limb0 = limb0
            self.limb1 = limb1
            self.limb2 = limb2
            self.limb3 = limb3
        }

        @inline(__always)
        static func == (left: Fp, right: Fp) -> Bool {
            ((left.limb0 ^ right.limb0) | (left.limb1 ^ right.limb1) | (left.limb2 ^ right.limb2)
                | (left.limb3 ^ right.limb3)) == 0
        }
    }
}

extension BN254.Fp {
    typealias Fp = BN254.Fp

    static let modulus = UInt256(limbs: p0, p1, p2, p3)

    @inline(__always) static var p0: UInt64 { 0x3C20_8C16_D87C_FD47 }
    @inline(__always) static var p1: UInt64 { 0x9781_6A91_6871_CA8D }
    @inline(__always) static var p2: UInt64 { 0xB850_45B6_8181_585D }
    @inline(__always) static var p3: UInt64 { 0x3064_4E72_E131_A029 }

    /// −p⁻¹ modulo 2⁶⁴.
    @inline(__always) static var negatedInverse: UInt64 { 0x87D2_0782_E486_6389 }

    @inline(__always) static var zero: Fp { Fp(montgomery: 0, 0, 0, 0) }

    @inline(__always)
    static var one: Fp {
        Fp(montgomery: 0xD35D_438D_C58F_0D9D, 0x0A78_EB28_F5C7_0B3D, 0x666E_A36F_7879_462C, 0x0E0A_77C1_9A07_DF2F)
    }

    /// 2⁵¹² modulo p: the factor that brings a number into Montgomery form.
    @inline(__always)
    static var squaredRadix: Fp {
        Fp(montgomery: 0xF32C_FC5B_538A_FA89, 0xB5E7_1911_D445_01FB, 0x47AB_1EFF_0A41_7FF6, 0x06D8_9F71_CAB8_351F)
    }

    @inline(__always) var isZero: Bool { (limb0 | limb1 | limb2 | limb3) == 0 }

    /// The element of a number; nil where it is not below p.
    @inline(__always)
    init?(_ value: UInt256) {
        if value >= Self.modulus { return nil }
        self = Fp(montgomery: value.limb0, value.limb1, value.limb2, value.limb3) * Self.squaredRadix
    }

    /// The number below p that the element stands for.
    @inline(__always)
    var value: UInt256 {
        let plain = self * Fp(montgomery: 1, 0, 0, 0)
        return UInt256(limbs: plain.limb0, plain.limb1, plain.limb2, plain.limb3)
    }

    // MARK: - Sums

    /// The sum without a reduction: below 2p for elements.
    @inline(__always)
    static func unreducedSum(_ left: Fp, _ right: Fp) -> Fp {
        let (r0, c0) = addingWithCarry(left.limb0, right.limb0, 0)
        let (r1, c1) = addingWithCarry(left.limb1, right.limb1, c0)
        let (r2, c2) = addingWithCarry(left.limb2, right.limb2, c1)
        return Fp(montgomery: r0, r1, r2, left.limb3 &+ right.limb3 &+ c2)
    }

    /// The difference plus p, without a reduction: below 2p for elements.
    @inline(__always)
    static func unreducedDifference(_ left: Fp, _ right: Fp) -> Fp {
        let (r0, b0) = subtractingWithBorrow(left.limb0, right.limb0, 0)
        let (r1, b1) = subtractingWithBorrow(left.limb1, right.limb1, b0)
        let (r2, b2) = subtractingWithBorrow(left.limb2, right.limb2, b1)
        return unreducedSum(
            Fp(montgomery: r0, r1, r2, left.limb3 &- right.limb3 &- b2), Fp(montgomery: p0, p1, p2, p3))
    }

    /// The element of a value below 2p.
    @inline(__always)
    static func reducedOnce(_ value: Fp) -> Fp {
        let (r0, b0) = subtractingWithBorrow(value.limb0, p0, 0)
        let (r1, b1) = subtractingWithBorrow(value.limb1, p1, b0)
        let (r2, b2) = subtractingWithBorrow(value.limb2, p2, b1)
        let (r3, b3) = subtractingWithBorrow(value.limb3, p3, b2)
        let keep = 0 &- b3
        return Fp(
            montgomery: r0 ^ ((r0 ^ value.limb0) & keep), r1 ^ ((r1 ^ value.limb1) & keep),
            r2 ^ ((r2 ^ value.limb2) & keep), r3 ^ ((r3 ^ value.limb3) & keep))
    }

    @inline(__always)
    static func + (left: Fp, right: Fp) -> Fp { reducedOnce(unreducedSum(left, right)) }

    @inline(__always)
    static func - (left: Fp, right: Fp) -> Fp {
        let (r0, b0) = subtractingWithBorrow(left.limb0, right.limb0, 0)
        let (r1, b1) = subtractingWithBorrow(left.limb1, right.limb1, b0)
        let (r2, b2) = subtractingWithBorrow(left.limb2, right.limb2, b1)
        let (r3, b3) = subtractingWithBorrow(left.limb3, right.limb3, b2)
        let mask = 0 &- b3
        return unreducedSum(
            Fp(montgomery: r0, r1, r2, r3), Fp(montgomery: p0 & mask, p1 & mask, p2 & mask, p3 & mask))
    }

    @inline(__always)
    static prefix func - (value: Fp) -> Fp { zero - value }

    @inline(__always)
    var doubled: Fp { self + self }

    @inline(__always)
    var halved: Fp {
        let mask = 0 &- (limb0 & 1)
        let even = Self.unreducedSum(
            self, Fp(montgomery: Self.p0 & mask, Self.p1 & mask, Self.p2 & mask, Self.p3 & mask))
        return Fp(
            montgomery: (even.limb0 &>> 1) | (even.limb1 &<< 63), (even.limb1 &>> 1) | (even.limb2 &<< 63),
            (even.limb2 &>> 1) | (even.limb3 &<< 63), even.limb3 &>> 1)
    }

    /// 9 · left + right, where right is below 2p.
    ///
    /// The quotient by p is estimated from the bits above 2²⁴⁸: 169/8192 is below 2²⁴⁸/p by less than 0.2 %, so that
    /// the estimate is short by at most one.
    @inline(__always)
    static func nineTimes(_ left: Fp, plus right: Fp) -> Fp {
        let (t0, c0) = multiplyAdd(left.limb0, 9, right.limb0, 0)
        let (t1, c1) = multiplyAdd(left.limb1, 9, right.limb1, c0)
        let (t2, c2) = multiplyAdd(left.limb2, 9, right.limb2, c1)
        let (t3, t4) = multiplyAdd(left.limb3, 9, right.limb3, c2)
        let quotient = (((t4 &<< 8) | (t3 &>> 56)) &* 169) &>> 13
        let (s0, d0) = multiplyAdd(quotient, p0, 0, 0)
        let (s1, d1) = multiplyAdd(quotient, p1, d0, 0)
        let (s2, d2) = multiplyAdd(quotient, p2, d1, 0)
        let s3 = quotient &* p3 &+ d2
        let (r0, b0) = subtractingWithBorrow(t0, s0, 0)
        let (r1, b1) = subtractingWithBorrow(t1, s1, b0)
        let (r2, b2) = subtractingWithBorrow(t2, s2, b1)
        return reducedOnce(Fp(montgomery: r0, r1, r2, t3 &- s3 &- b2))
    }

    // MARK: - Products

    /// The Montgomery product; the factors may be below 2p.
    @inline(__always)
    static func * (left: Fp, right: Fp) -> Fp {
        var result = zero
        accumulateRow(&result, left, right.limb0)
        accumulateRow(&result, left, right.limb1)
        accumulateRow(&result, left, right.limb2)
        accumulateRow(&result, left, right.limb3)
        return reducedOnce(result)
    }

    /// `(sum + left · digit + m · p) / 2⁶⁴` with the m that makes it whole.
    ///
    /// The top limb of p leaves bits free, so that the two carries never overflow a limb together.
    @inline(__always)
    static func accumulateRow(_ sum: inout Fp, _ left: Fp, _ digit: UInt64) {
        let (t0, a0) = multiplyAdd(left.limb0, digit, sum.limb0, 0)
        let m = t0 &* negatedInverse
        let (_, c0) = multiplyAdd(m, p0, t0, 0)
        let (t1, a1) = multiplyAdd(left.limb1, digit, sum.limb1, a0)
        let (r0, c1) = multiplyAdd(m, p1, t1, c0)
        let (t2, a2) = multiplyAdd(left.limb2, digit, sum.limb2, a1)
        let (r1, c2) = multiplyAdd(m, p2, t2, c1)
        let (t3, a3) = multiplyAdd(left.limb3, digit, sum.limb3, a2)
        let (r2, c3) = multiplyAdd(m, p3, t3, c2)
        sum = Fp(montgomery: r0, r1, r2, a3 &+ c3)
    }

    @inline(__always)
    var squared: Fp { self * self }

    /// A product of 512 bits, not reduced.
    struct Product {
        var low: UInt256
        var high: UInt256
    }

    @inline(__always)
    var limbs: UInt256 { UInt256(limbs: limb0, limb1, limb2, limb3) }

    @inline(__always)
    static func unreducedProduct(_ left: Fp, _ right: Fp) -> Product {
        let (low, high) = left.limbs.multipliedFullWidth(by: right.limbs)
        return Product(low: low, high: high)
    }

    /// The element `product / 2²⁵⁶` of a product below p · 2²⁵⁶.
    @inline(__always)
    static func reduced(_ product: Product) -> Fp {
        var (t0, t1, t2, t3) = (product.low.limb0, product.low.limb1, product.low.limb2, product.low.limb3)
        reductionStep(&t0, &t1, &t2, &t3)
        reductionStep(&t0, &t1, &t2, &t3)
        reductionStep(&t0, &t1, &t2, &t3)
        reductionStep(&t0, &t1, &t2, &t3)
        return reducedOnce(
            unreducedSum(
                Fp(montgomery: t0, t1, t2, t3),
                Fp(
                    montgomery: product.high.limb0, product.high.limb1, product.high.limb2, product.high.limb3)))
    }

    /// `(t + m · p) / 2⁶⁴` with the m that makes it whole; at most p in the end.
    @inline(__always)
    static func reductionStep(_ t0: inout UInt64, _ t1: inout UInt64, _ t2: inout UInt64, _ t3: inout UInt64) {
        let m = t0 &* negatedInverse
        let (_, c0) = multiplyAdd(m, p0, t0, 0)
        let (r0, c1) = multiplyAdd(m, p1, t1, c0)
        let (r1, c2) = multiplyAdd(m, p2, t2, c1)
        let (r2, c3) = multiplyAdd(m, p3, t3, c2)
        (t0, t1, t2, t3) = (r0, r1, r2, c3)
    }
}

extension BN254.Fp.Product {
    /// The difference, which must not be negative.
    @inline(__always)
    static func - (left: Self, right: Self) -> Self {
        let (low, borrow) = left.low.subtractingReportingBorrow(right.low)
        let (r0, b0) = subtractingWithBorrow(
            left.high.limb0, right.high.limb0, UInt64(unsafeBitCast(borrow, to: UInt8.self)))
        let (r1, b1) = subtractingWithBorrow(left.high.limb1, right.high.limb1, b0)
        let (r2, b2) = subtractingWithBorrow(left.high.limb2, right.high.limb2, b1)
        let r3 = left.high.limb3 &- right.high.limb3 &- b2
        return Self(low: low, high: UInt256(limbs: r0, r1, r2, r3))
    }

    /// The difference modulo p · 2²⁵⁶ of products below that.
    @inline(__always)
    static func modularDifference(_ left: Self, _ right: Self) -> Self {
        let (low, borrow) = left.low.subtractingReportingBorrow(right.low)
        let (r0, b0) = subtractingWithBorrow(
            left.high.limb0, right.high.limb0, UInt64(unsafeBitCast(borrow, to: UInt8.self)))
        let (r1, b1) = subtractingWithBorrow(left.high.limb1, right.high.limb1, b0)
        let (r2, b2) = subtractingWithBorrow(left.high.limb2, right.high.limb2, b1)
        let (r3, b3) = subtractingWithBorrow(left.high.limb3, right.high.limb3, b2)
        let mask = 0 &- b3
        let high = BN254.Fp.unreducedSum(
            BN254.Fp(montgomery: r0, r1, r2, r3),
            BN254.Fp(
                montgomery: BN254.Fp.p0 & mask, BN254.Fp.p1 & mask, BN254.Fp.p2 & mask, BN254.Fp.p3 & mask))
        return Self(low: low, high: high.limbs)
    }
}
