extension BN254 {
    /// An element c0 + c1·v + c2·v² of the cubic extension of Fp2, v³ = ξ.
    struct Fp6: Equatable, Sendable, BitwiseCopyable {
        var c0: Fp2
        var c1: Fp2
        var c2: Fp2

        @inline(__always)
        init(_ c0: Fp2, _ c1: Fp2, _ c2: Fp2) {
            self.c0 = c0
            self.c1 = c1
            self.c2 = c2
        }
    }
}

extension BN254.Fp6 {
    typealias Fp2 = BN254.Fp2
    typealias Fp6 = BN254.Fp6

    @inline(__always) static var zero: Fp6 { Fp6(.zero, .zero, .zero) }
    @inline(__always) static var one: Fp6 { Fp6(.one, .zero, .zero) }

    @inline(__always)
    static func + (left: Fp6, right: Fp6) -> Fp6 {
        Fp6(left.c0 + right.c0, left.c1 + right.c1, left.c2 + right.c2)
    }

    @inline(__always)
    static func - (left: Fp6, right: Fp6) -> Fp6 {
        Fp6(left.c0 - right.c0, left.c1 - right.c1, left.c2 - right.c2)
    }

    @inline(__always)
    static prefix func - (value: Fp6) -> Fp6 { Fp6(-value.c0, -value.c1, -value.c2) }

    /// The product with v.
    @inline(__always)
    var timesV: Fp6 { Fp6(c2.timesXi, c0, c1) }

    @inline(never)
    static func * (left: Fp6, right: Fp6) -> Fp6 {
        let p0 = left.c0 * right.c0
        let p1 = left.c1 * right.c1
        let p2 = left.c2 * right.c2
        let s12 = (left.c1 + left.c2) * (right.c1 + right.c2) - p1 - p2
        let s01 = (left.c0 + left.c1) * (right.c0 + right.c1) - p0 - p1
        let s02 = (left.c0 + left.c2) * (right.c0 + right.c2) - p0 - p2
        return Fp6(p0 + s12.timesXi, s01 + p2.timesXi, s02 + p1)
    }

    @inline(__always)
    static func * (left: Fp6, right: Fp2) -> Fp6 { Fp6(left.c0 * right, left.c1 * right, left.c2 * right) }

    /// The product with r0 + r1·v.
    @inline(never)
    static func multiply(_ left: Fp6, _ r0: Fp2, _ r1: Fp2) -> Fp6 {
        let p0 = left.c0 * r0
        let p1 = left.c1 * r1
        let s01 = (left.c0 + left.c1) * (r0 + r1) - p0 - p1
        let s12 = (left.c1 + left.c2) * r1 - p1
        let s02 = (left.c0 + left.c2) * r0 - p0
        return Fp6(p0 + s12.timesXi, s01, s02 + p1)
    }

    /// The inverse; zero for zero.
    @inline(never)
    func inverted() -> Fp6 {
        let t0 = c0.squared - (c1 * c2).timesXi
        let t1 = c2.squared.timesXi - c0 * c1
        let t2 = c1.squared - c0 * c2
        let norm = c0 * t0 + (c2 * t1 + c1 * t2).timesXi
        return Fp6(t0, t1, t2) * norm.inverted()
    }
}
