import Primitives

extension BLS12381Field {
    /// The multiplicative inverse; zero for zero. Its time does not depend on the value.
    ///
    /// The binary greatest common divisor, 31 steps at a time on the highest and lowest bits of both numbers (T. Pornin,
    /// "Optimized binary GCD for modular inversion", 2020). Each step takes a bit off one of two numbers of 381 bits, so
    /// that 25 rounds are enough.
    @inline(never)
    package var inverse: Self {
        var a = self
        var b = Self.modulus
        // Invariants, modulo p: a = u·self·2^(33·rounds), b = v·self·2^(33·rounds).
        var u = Self(montgomery: 1, 0, 0, 0, 0, 0)
        var v = Self.zero
        for _ in 0..<25 {
            var steps = InversionSteps(a, b)
            steps.run()
            let (first, firstIsNegative) = Self.combined(a, steps.f0, b, steps.g0)
            let (second, secondIsNegative) = Self.combined(a, steps.f1, b, steps.g1)
            (a, b) = (first, second)
            let (signA, signB) = (1 &- 2 &* firstIsNegative, 1 &- 2 &* secondIsNegative)
            (u, v) = (
                Self.combinedModulo(u, steps.f0 &* signA, v, steps.g0 &* signA),
                Self.combinedModulo(u, steps.f1 &* signB, v, steps.g1 &* signB)
            )
        }
        // R³ · 2^(33·25): two of the R for the Montgomery forms, one for the reduction of this product.
        let correction = Self(
            montgomery: 0xC75B_87EA_E4C0_78AE, 0x5A05_3A50_01D6_3318, 0x7AFC_9AA5_647B_C96A, 0x523E_C3BD_5B17_B648,
            0x5F8A_5432_1815_2DC6, 0x03D6_AD09_5EF6_91C4)
        return v * correction
    }

    /// |x·f + y·g| / 2³¹, which is exact and below p, and whether the sum was negative.
    @inline(__always)
    private static func combined(_ x: Self, _ f: Int64, _ y: Self, _ g: Int64) -> (Self, isNegative: Int64) {
        // Two's complement of seven limbs: each number with the sign of its factor, times the factor's magnitude.
        let (xMask, yMask) = (UInt64(bitPattern: f &>> 63), UInt64(bitPattern: g &>> 63))
        let (fMagnitude, gMagnitude) = (f.magnitude, g.magnitude)
        let (r0, c0) = step(
            x.limb0, xMask, fMagnitude, xMask & fMagnitude, y.limb0, yMask, gMagnitude, yMask & gMagnitude)
        let (r1, c1) = step(x.limb1, xMask, fMagnitude, c0.0, y.limb1, yMask, gMagnitude, c0.1)
        let (r2, c2) = step(x.limb2, xMask, fMagnitude, c1.0, y.limb2, yMask, gMagnitude, c1.1)
        let (r3, c3) = step(x.limb3, xMask, fMagnitude, c2.0, y.limb3, yMask, gMagnitude, c2.1)
        let (r4, c4) = step(x.limb4, xMask, fMagnitude, c3.0, y.limb4, yMask, gMagnitude, c3.1)
        let (r5, c5) = step(x.limb5, xMask, fMagnitude, c4.0, y.limb5, yMask, gMagnitude, c4.1)
        let r6 = xMask &* fMagnitude &+ c5.0 &+ yMask &* gMagnitude &+ c5.1
        let negative = 0 &- (r6 &>> 63)
        let shifted = Self(
            montgomery: (r0 &>> 31) | (r1 &<< 33), (r1 &>> 31) | (r2 &<< 33), (r2 &>> 31) | (r3 &<< 33),
            (r3 &>> 31) | (r4 &<< 33), (r4 &>> 31) | (r5 &<< 33), (r5 &>> 31) | (r6 &<< 33))
        let flipped = Self(
            montgomery: shifted.limb0 ^ negative, shifted.limb1 ^ negative, shifted.limb2 ^ negative,
            shifted.limb3 ^ negative, shifted.limb4 ^ negative, shifted.limb5 ^ negative)
        return (
            unreducedSum(flipped, Self(montgomery: negative & 1, 0, 0, 0, 0, 0)), Int64(bitPattern: negative & 1)
        )
    }

    /// One limb of the sum of two products, and the carries of both. (The second product takes the first as its addend.)
    @inline(__always)
    private static func step(
        _ x: UInt64, _ xMask: UInt64, _ f: UInt64, _ xCarry: UInt64, _ y: UInt64, _ yMask: UInt64, _ g: UInt64,
        _ yCarry: UInt64
    ) -> (UInt64, (UInt64, UInt64)) {
        let (first, carry) = multiplyAdd(x ^ xMask, f, xCarry, 0)
        let (sum, second) = multiplyAdd(y ^ yMask, g, first, yCarry)
        return (sum, (carry, second))
    }

    /// (x·f + y·g) / 2⁶⁴ modulo p, where |f| + |g| is at most 2³¹.
    @inline(__always)
    private static func combinedModulo(_ x: Self, _ f: Int64, _ y: Self, _ g: Int64) -> Self {
        let x = select(x, modulus.subtractingLimbs(x).difference, where: UInt64(bitPattern: f) &>> 63)
        let y = select(y, modulus.subtractingLimbs(y).difference, where: UInt64(bitPattern: g) &>> 63)
        let (f, g) = (f.magnitude, g.magnitude)
        let p = modulus
        let (s0, c0) = step(x.limb0, 0, f, 0, y.limb0, 0, g, 0)
        let (s1, c1) = step(x.limb1, 0, f, c0.0, y.limb1, 0, g, c0.1)
        let (s2, c2) = step(x.limb2, 0, f, c1.0, y.limb2, 0, g, c1.1)
        let (s3, c3) = step(x.limb3, 0, f, c2.0, y.limb3, 0, g, c2.1)
        let (s4, c4) = step(x.limb4, 0, f, c3.0, y.limb4, 0, g, c3.1)
        let (s5, c5) = step(x.limb5, 0, f, c4.0, y.limb5, 0, g, c4.1)
        let factor = s0 &* negatedInverse
        let (_, d0) = multiplyAdd(factor, p.limb0, s0, 0)
        let (b0, d1) = multiplyAdd(factor, p.limb1, s1, d0)
        let (b1, d2) = multiplyAdd(factor, p.limb2, s2, d1)
        let (b2, d3) = multiplyAdd(factor, p.limb3, s3, d2)
        let (b3, d4) = multiplyAdd(factor, p.limb4, s4, d3)
        let (b4, d5) = multiplyAdd(factor, p.limb5, s5, d4)
        return Self(montgomery: b0, b1, b2, b3, b4, c5.0 &+ c5.1 &+ d5).reducedOnce
    }
}

/// Thirty-one steps of the binary greatest common divisor on approximations of two numbers.
private struct InversionSteps {
    private var a: UInt64
    private var b: UInt64
    /// Two factors each, in the lower and upper half, of which the upper takes the borrows of the lower.
    private var fg0: UInt64 = 1
    private var fg1: UInt64 = 1 << 32

    /// The lowest 31 bits of both numbers, and 33 bits from the highest of the longer one on.
    @inline(__always)
    init(_ x: BLS12381Field, _ y: BLS12381Field) {
        var (xHigh, xLow, yHigh, yLow) = (x.limb1, x.limb0, y.limb1, y.limb0)
        func raise(_ x1: UInt64, _ x0: UInt64, _ y1: UInt64, _ y0: UInt64) {
            let isUsed = (x1 | y1) != 0
            xHigh = isUsed ? x1 : xHigh
            xLow = isUsed ? x0 : xLow
            yHigh = isUsed ? y1 : yHigh
            yLow = isUsed ? y0 : yLow
        }
        raise(x.limb2, x.limb1, y.limb2, y.limb1)
        raise(x.limb3, x.limb2, y.limb3, y.limb2)
        raise(x.limb4, x.limb3, y.limb4, y.limb3)
        raise(x.limb5, x.limb4, y.limb5, y.limb4)
        let shift = UInt64((xHigh | yHigh).leadingZeroBitCount)
        let mask: UInt64 = 0x7FFF_FFFF
        a = (((xHigh << shift) | (xLow >> (64 - shift))) & ~mask) | (x.limb0 & mask)
        b = (((yHigh << shift) | (yLow >> (64 - shift))) & ~mask) | (y.limb0 & mask)
    }

    @inline(__always)
    mutating func run() {
        for _ in 0..<31 {
            let odd = 0 &- (a & 1)
            let (difference, isLess) = a.subtractingReportingOverflow(b)
            let swap = odd & (0 &- UInt64(unsafeBitCast(isLess, to: UInt8.self)))
            // a − b or b − a where a is odd.
            let distance = (difference ^ swap) &- swap
            b ^= (a ^ b) & swap
            a = (a ^ ((a ^ distance) & odd)) &>> 1
            let exchange = (fg0 ^ fg1) & swap
            fg0 ^= exchange
            fg1 ^= exchange
            fg0 = fg0 &- (fg1 & odd)
            fg1 = fg1 &<< 1
        }
    }

    // Each factor is above −2³¹ and at most 2³¹.
    private static var offsets: UInt64 { 0x7FFF_FFFF_7FFF_FFFF }
    @inline(__always) private static func lower(_ fg: UInt64) -> Int64 {
        Int64(bitPattern: (fg &+ offsets) & 0xFFFF_FFFF) &- 0x7FFF_FFFF
    }
    @inline(__always) private static func upper(_ fg: UInt64) -> Int64 {
        Int64(bitPattern: (fg &+ offsets) &>> 32) &- 0x7FFF_FFFF
    }
    @inline(__always) var f0: Int64 { Self.lower(fg0) }
    @inline(__always) var g0: Int64 { Self.upper(fg0) }
    @inline(__always) var f1: Int64 { Self.lower(fg1) }
    @inline(__always) var g1: Int64 { Self.upper(fg1) }
}
