import Primitives

/// An integer modulo the 381-bit prime p of BLS12-381, in Montgomery form with R = 2³⁸⁴, always below p.
///
/// Six 64-bit limbs, least significant first. Since p is below R/8, sums of a few elements need no seventh limb. No
/// operation but `inverse`, `power` and `squareRoot` takes a time that depends on the value.
package struct BLS12381Field: Field {
    var limb0: UInt64
    var limb1: UInt64
    var limb2: UInt64
    var limb3: UInt64
    var limb4: UInt64
    var limb5: UInt64

    /// The element whose Montgomery form has these limbs, which must be below p.
    @inline(__always)
    init(
        montgomery limb0: UInt64, _ limb1: UInt64, _ limb2: UInt64, _ limb3: UInt64, _ limb4: UInt64, _ limb5: UInt64
    ) {
        self.limb0 = limb0
        self.limb1 = limb1
        self.limb2 = limb2
        self.limb3 = limb3
        self.limb4 = limb4
        self.limb5 = limb5
    }

    @inline(__always)
    package static var zero: Self { Self(montgomery: 0, 0, 0, 0, 0, 0) }

    @inline(__always)
    package static var one: Self {
        Self(
            montgomery: 0x7609_0000_0002_FFFD, 0xEBF4_000B_C40C_0002, 0x5F48_9857_53C7_58BA, 0x77CE_5853_7052_5745,
            0x5C07_1A97_A256_EC6D, 0x15F6_5EC3_FA80_E493)
    }

    /// The limbs of p, as those of an element for convenience: not an element itself.
    @inline(__always)
    static var modulus: Self {
        Self(
            montgomery: 0xB9FE_FFFF_FFFF_AAAB, 0x1EAB_FFFE_B153_FFFF, 0x6730_D2A0_F6B0_F624, 0x6477_4B84_F385_12BF,
            0x4B1B_A7B6_434B_ACD7, 0x1A01_11EA_397F_E69A)
    }

    /// −p⁻¹ modulo 2⁶⁴.
    @inline(__always)
    static var negatedInverse: UInt64 { 0x89F3_FFFC_FFFC_FFFD }

    /// R² modulo p, as limbs.
    @inline(__always)
    static var montgomerySquare: Self {
        Self(
            montgomery: 0xF4DF_1F34_1C34_1746, 0x0A76_E6A6_09D1_04F1, 0x8DE5_476C_4C95_B6D5, 0x67EB_88A9_939D_83C0,
            0x9A79_3E85_B519_952D, 0x1198_8FE5_92CA_E3AA)
    }

    @inline(__always)
    var isZero: Bool { (limb0 | limb1 | limb2 | limb3 | limb4 | limb5) == 0 }

    @inline(__always)
    package static func == (left: Self, right: Self) -> Bool {
        let low = (left.limb0 ^ right.limb0) | (left.limb1 ^ right.limb1) | (left.limb2 ^ right.limb2)
        let high = (left.limb3 ^ right.limb3) | (left.limb4 ^ right.limb4) | (left.limb5 ^ right.limb5)
        return (low | high) == 0
    }

    // MARK: Addition

    @inline(__always)
    package static func + (left: Self, right: Self) -> Self { unreducedSum(left, right).reducedOnce }

    @inline(__always)
    package static func - (left: Self, right: Self) -> Self {
        let (difference, borrow) = left.subtractingLimbs(right)
        let mask = 0 &- borrow
        let p = modulus
        return unreducedSum(
            difference,
            Self(
                montgomery: p.limb0 & mask, p.limb1 & mask, p.limb2 & mask, p.limb3 & mask, p.limb4 & mask,
                p.limb5 & mask))
    }

    @inline(__always)
    package static prefix func - (value: Self) -> Self { zero - value }

    @inline(__always)
    var doubled: Self { self + self }

    /// The sum of the limbs modulo 2³⁸⁴.
    @inline(__always)
    static func unreducedSum(_ left: Self, _ right: Self) -> Self {
        let (r0, c0) = addingWithCarry(left.limb0, right.limb0, 0)
        let (r1, c1) = addingWithCarry(left.limb1, right.limb1, c0)
        let (r2, c2) = addingWithCarry(left.limb2, right.limb2, c1)
        let (r3, c3) = addingWithCarry(left.limb3, right.limb3, c2)
        let (r4, c4) = addingWithCarry(left.limb4, right.limb4, c3)
        return Self(montgomery: r0, r1, r2, r3, r4, left.limb5 &+ right.limb5 &+ c4)
    }

    /// The difference of the limbs modulo 2³⁸⁴ and the borrow, 0 or 1.
    @inline(__always)
    func subtractingLimbs(_ other: Self) -> (difference: Self, borrow: UInt64) {
        let (r0, b0) = subtractingWithBorrow(limb0, other.limb0, 0)
        let (r1, b1) = subtractingWithBorrow(limb1, other.limb1, b0)
        let (r2, b2) = subtractingWithBorrow(limb2, other.limb2, b1)
        let (r3, b3) = subtractingWithBorrow(limb3, other.limb3, b2)
        let (r4, b4) = subtractingWithBorrow(limb4, other.limb4, b3)
        let (r5, b5) = subtractingWithBorrow(limb5, other.limb5, b4)
        return (Self(montgomery: r0, r1, r2, r3, r4, r5), b5)
    }

    /// Limbs below 2p, reduced.
    @inline(__always)
    var reducedOnce: Self {
        let (less, borrow) = subtractingLimbs(Self.modulus)
        return Self.select(less, self, where: borrow)
    }

    /// The first where `condition` is 0, the second where it is 1, without a branch.
    @inline(__always)
    static func select(_ first: Self, _ second: Self, where condition: UInt64) -> Self {
        let mask = 0 &- condition
        return Self(
            montgomery: first.limb0 ^ ((first.limb0 ^ second.limb0) & mask),
            first.limb1 ^ ((first.limb1 ^ second.limb1) & mask), first.limb2 ^ ((first.limb2 ^ second.limb2) & mask),
            first.limb3 ^ ((first.limb3 ^ second.limb3) & mask), first.limb4 ^ ((first.limb4 ^ second.limb4) & mask),
            first.limb5 ^ ((first.limb5 ^ second.limb5) & mask))
    }

    // MARK: Multiplication

    /// Not inlined: at 78 word products the call costs little, and the code of points and towers stays small.
    @inline(never)
    package static func * (left: Self, right: Self) -> Self { product(left, right) }

    @inline(never)
    static func square(_ value: Self) -> Self { BLS12381DoubleWidth(square: value).reduced }

    @inline(__always)
    package var squared: Self { Self.square(self) }

    /// `left · right / R` modulo p (coarsely integrated operand scanning).
    @inline(__always)
    static func product(_ left: Self, _ right: Self) -> Self {
        var sum = Self.zero
        row(left, right.limb0, &sum)
        row(left, right.limb1, &sum)
        row(left, right.limb2, &sum)
        row(left, right.limb3, &sum)
        row(left, right.limb4, &sum)
        row(left, right.limb5, &sum)
        return sum.reducedOnce
    }

    /// Adds `left · digit`, then the multiple of p that clears the lowest limb, and drops that limb; the sum stays below
    /// 2p. The two highest carries cannot overflow together, as p has three spare bits.
    @inline(__always)
    private static func row(_ left: Self, _ digit: UInt64, _ sum: inout Self) {
        let p = modulus
        let (a0, c0) = multiplyAdd(left.limb0, digit, sum.limb0, 0)
        let factor = a0 &* negatedInverse
        let (_, d0) = multiplyAdd(factor, p.limb0, a0, 0)
        let (a1, c1) = multiplyAdd(left.limb1, digit, sum.limb1, c0)
        let (b0, d1) = multiplyAdd(factor, p.limb1, a1, d0)
        let (a2, c2) = multiplyAdd(left.limb2, digit, sum.limb2, c1)
        let (b1, d2) = multiplyAdd(factor, p.limb2, a2, d1)
        let (a3, c3) = multiplyAdd(left.limb3, digit, sum.limb3, c2)
        let (b2, d3) = multiplyAdd(factor, p.limb3, a3, d2)
        let (a4, c4) = multiplyAdd(left.limb4, digit, sum.limb4, c3)
        let (b3, d4) = multiplyAdd(factor, p.limb4, a4, d3)
        let (a5, c5) = multiplyAdd(left.limb5, digit, sum.limb5, c4)
        let (b4, d5) = multiplyAdd(factor, p.limb5, a5, d4)
        sum = Self(montgomery: b0, b1, b2, b3, b4, c5 &+ d5)
    }
}
