/// An element `c0 + c1·v + c2·v²` of the cubic extension of the quadratic field, where v³ = 1 + u.
struct BLS12381SexticField: Equatable, Sendable, BitwiseCopyable {
    typealias Base = BLS12381QuadraticField

    var c0: Base
    var c1: Base
    var c2: Base

    @inline(__always)
    init(_ c0: Base, _ c1: Base, _ c2: Base) {
        self.c0 = c0
        self.c1 = c1
        self.c2 = c2
    }

    @inline(__always)
    static var zero: Self { Self(.zero, .zero, .zero) }

    @inline(__always)
    static var one: Self { Self(.one, .zero, .zero) }

    @inline(__always)
    static func + (left: Self, right: Self) -> Self {
        Self(left.c0 + right.c0, left.c1 + right.c1, left.c2 + right.c2)
    }

    @inline(__always)
    static func - (left: Self, right: Self) -> Self {
        Self(left.c0 - right.c0, left.c1 - right.c1, left.c2 - right.c2)
    }

    @inline(__always)
    static prefix func - (value: Self) -> Self { Self(-value.c0, -value.c1, -value.c2) }

    /// The product with v.
    @inline(__always)
    var timesV: Self { Self(c2.timesNonresidue, c0, c1) }

    /// Karatsuba's six products.
    @inline(never)
    static func * (left: Self, right: Self) -> Self {
        let p0 = left.c0 * right.c0
        let p1 = left.c1 * right.c1
        let p2 = left.c2 * right.c2
        let s12 = (left.c1 + left.c2) * (right.c1 + right.c2) - p1 - p2
        let s01 = (left.c0 + left.c1) * (right.c0 + right.c1) - p0 - p1
        let s02 = (left.c0 + left.c2) * (right.c0 + right.c2) - p0 - p2
        return Self(p0 + s12.timesNonresidue, s01 + p2.timesNonresidue, s02 + p1)
    }

    @inline(__always)
    static func * (left: Self, right: Base) -> Self { Self(left.c0 * right, left.c1 * right, left.c2 * right) }

    /// The product with r0 + r1·v.
    @inline(never)
    static func product(_ left: Self, _ r0: Base, _ r1: Base) -> Self {
        let p0 = left.c0 * r0
        let p1 = left.c1 * r1
        let s01 = (left.c0 + left.c1) * (r0 + r1) - p0 - p1
        let s12 = (left.c1 + left.c2) * r1 - p1
        let s02 = (left.c0 + left.c2) * r0 - p0
        return Self(p0 + s12.timesNonresidue, s01, s02 + p1)
    }

    /// The inverse; zero for zero.
    @inline(never)
    var inverse: Self {
        let t0 = c0.squared - (c1 * c2).timesNonresidue
        let t1 = c2.squared.timesNonresidue - c0 * c1
        let t2 = c1.squared - c0 * c2
        let norm = c0 * t0 + (c2 * t1 + c1 * t2).timesNonresidue
        return Self(t0, t1, t2) * norm.inverse
    }
}
