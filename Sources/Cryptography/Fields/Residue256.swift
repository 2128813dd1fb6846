import Primitives

/// The constants of a prime below 2²⁵⁶ for Montgomery arithmetic with R = 2²⁵⁶.
protocol Modulus256: Sendable {
    static var modulus: UInt256 { get }
    /// −p⁻¹ modulo 2⁶⁴.
    static var negatedInverse: UInt64 { get }
    /// R modulo p: one in Montgomery form.
    static var montgomeryOne: UInt256 { get }
    /// R² modulo p.
    static var montgomerySquare: UInt256 { get }
}

/// An integer modulo a prime of at most 256 bits, in Montgomery form, always below the prime.
///
/// No operation but `inverse` takes a time that depends on the value.
struct Residue256<M: Modulus256>: Field {
    /// The Montgomery form.
    var limbs: UInt256

    @inline(__always)
    init(montgomery limbs: UInt256) { self.limbs = limbs }

    /// The residue of a number below the prime.
    @inline(__always)
    init(_ value: UInt256) { limbs = Self.product(value, M.montgomerySquare) }

    /// The residue of a canonical number; nil from the prime on.
    init?(canonical value: UInt256) {
        guard value < M.modulus else { return nil }
        self.init(value)
    }

    @inline(__always)
    static var zero: Self { Self(montgomery: .zero) }

    @inline(__always)
    static var one: Self { Self(montgomery: M.montgomeryOne) }

    @inline(__always)
    var isZero: Bool { limbs.isZero }

    /// The number below the prime.
    @inline(__always)
    var value: UInt256 { Self.product(limbs, .one) }

    @inline(__always)
    static func + (left: Self, right: Self) -> Self {
        let (sum, carry) = left.limbs.addingReportingCarry(right.limbs)
        return Self(montgomery: reduced(sum, carry))
    }

    @inline(__always)
    static func - (left: Self, right: Self) -> Self {
        let (difference, borrow) = left.limbs.subtractingReportingBorrow(right.limbs)
        let mask = 0 &- UInt64(unsafeBitCast(borrow, to: UInt8.self))
        return Self(montgomery: difference &+ (M.modulus & UInt256(limbs: mask, mask, mask, mask)))
    }

    @inline(__always)
    static prefix func - (value: Self) -> Self { zero - value }

    @inline(__always)
    var doubled: Self { self + self }

    @inline(__always)
    static func * (left: Self, right: Self) -> Self { Self(montgomery: product(left.limbs, right.limbs)) }

    @inline(__always)
    var squared: Self { self * self }

    /// By division steps, in a time that depends on the value: for public values.
    var inverse: Self {
        let inverse = DivisionStepModulus(M.modulus, negatedInverse: M.negatedInverse).inverse(of: limbs)
        // The inverse of x · R, times R³ and over R, is that of x, times R.
        return Self(montgomery: Self.product(inverse, Self.product(M.montgomerySquare, M.montgomerySquare)))
    }

    /// By Fermat's little theorem, in the same time for every value.
    var inverseOfSecret: Self {
        let exponent = M.modulus &- 2
        return power([exponent.limb0, exponent.limb1, exponent.limb2, exponent.limb3])
    }

    /// A square root where the prime is 3 modulo 4 and the value is a square; the caller checks its square.
    var squareRootCandidate: Self {
        let exponent = (M.modulus >> 2) &+ 1
        return power([exponent.limb0, exponent.limb1, exponent.limb2, exponent.limb3])
    }

    /// `sum + carry·2²⁵⁶`, below twice the prime, reduced.
    @inline(__always)
    private static func reduced(_ sum: UInt256, _ carry: Bool) -> UInt256 {
        let (less, borrow) = sum.subtractingReportingBorrow(M.modulus)
        let keep = UInt64(unsafeBitCast(borrow, to: UInt8.self)) & ~UInt64(unsafeBitCast(carry, to: UInt8.self))
        let mask = 0 &- keep
        let kept = UInt256(limbs: mask, mask, mask, mask)
        return (sum & kept) | (less & ~kept)
    }

    /// `left · right / R` modulo the prime (coarsely integrated operand scanning).
    @inline(__always)
    private static func product(_ left: UInt256, _ right: UInt256) -> UInt256 {
        var t0: UInt64 = 0
        var t1: UInt64 = 0
        var t2: UInt64 = 0
        var t3: UInt64 = 0
        var t4: UInt64 = 0
        row(left, right.limb0, &t0, &t1, &t2, &t3, &t4)
        row(left, right.limb1, &t0, &t1, &t2, &t3, &t4)
        row(left, right.limb2, &t0, &t1, &t2, &t3, &t4)
        row(left, right.limb3, &t0, &t1, &t2, &t3, &t4)
        return reduced(UInt256(limbs: t0, t1, t2, t3), t4 != 0)
    }

    /// Adds `left · digit`, then a multiple of the prime that clears the lowest limb, and drops that limb.
    @inline(__always)
    private static func row(
        _ left: UInt256, _ digit: UInt64, _ t0: inout UInt64, _ t1: inout UInt64, _ t2: inout UInt64,
        _ t3: inout UInt64, _ t4: inout UInt64
    ) {
        let p = M.modulus
        let (a0, c0) = multiplyAdd(left.limb0, digit, t0, 0)
        let (a1, c1) = multiplyAdd(left.limb1, digit, t1, c0)
        let (a2, c2) = multiplyAdd(left.limb2, digit, t2, c1)
        let (a3, c3) = multiplyAdd(left.limb3, digit, t3, c2)
        let (a4, a5) = addingWithCarry(t4, c3, 0)
        let factor = a0 &* M.negatedInverse
        let (_, d0) = multiplyAdd(factor, p.limb0, a0, 0)
        let (b0, d1) = multiplyAdd(factor, p.limb1, a1, d0)
        let (b1, d2) = multiplyAdd(factor, p.limb2, a2, d1)
        let (b2, d3) = multiplyAdd(factor, p.limb3, a3, d2)
        let (b3, b4) = addingWithCarry(a4, d3, 0)
        (t0, t1, t2, t3, t4) = (b0, b1, b2, b3, a5 &+ b4)
    }
}
