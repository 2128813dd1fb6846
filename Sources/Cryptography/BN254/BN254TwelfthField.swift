extension BN254 {
    /// An element c0 + c1·w of the quadratic extension of Fp6, w² = v: where pairings take their values.
    struct Fp12: Equatable, Sendable, BitwiseCopyable {
        var c0: Fp6
        var c1: Fp6

        @inline(__always)
        init(_ c0: Fp6, _ c1: Fp6) {
            self.c0 = c0
            self.c1 = c1
        }
    }
}

extension BN254.Fp12 {
    typealias Fp = BN254.Fp
    typealias Fp2 = BN254.Fp2
    typealias Fp6 = BN254.Fp6
    typealias Fp12 = BN254.Fp12

    static var one: Fp12 { Fp12(.one, .zero) }

    /// The power p⁶; in the cyclotomic subgroup also the inverse.
    @inline(__always)
    var conjugated: Fp12 { Fp12(c0, -c1) }

    @inline(never)
    static func * (left: Fp12, right: Fp12) -> Fp12 {
        let p0 = left.c0 * right.c0
        let p1 = left.c1 * right.c1
        let cross = (left.c0 + left.c1) * (right.c0 + right.c1)
        return Fp12(p0 + p1.timesV, cross - p0 - p1)
    }

    @inline(never)
    mutating func square() {
        let product = c0 * c1
        let sum = (c0 + c1) * (c0 + c1.timesV)
        c0 = sum - product - product.timesV
        c1 = product + product
    }

    /// Multiplies by a line `l0 + l1·w + l3·w³`.
    @inline(never)
    mutating func multiply(byLine l0: Fp2, _ l1: Fp2, _ l3: Fp2) {
        let p0 = c0 * l0
        let p1 = Fp6.multiply(c1, l1, l3)
        let cross = Fp6.multiply(c0 + c1, l0 + l1, l3)
        c1 = cross - p0 - p1
        c0 = p0 + p1.timesV
    }

    /// The inverse; zero for zero.
    @inline(never)
    func inverted() -> Fp12 {
        let norm = (c0 * c0 - (c1 * c1).timesV).inverted()
        return Fp12(c0 * norm, -(c1 * norm))
    }

    /// The square of an element of the cyclotomic subgroup.
    ///
    /// Source: R. Granger and M. Scott, "Faster squaring in the cyclotomic subgroup of sixth degree extensions" (2010).
    @inline(never)
    mutating func squareCyclotomic() {
        let (a0, a1) = Self.squareQuartic(c0.c0, c1.c1)
        let (b0, b1) = Self.squareQuartic(c1.c0, c0.c2)
        let (d0, d1) = Self.squareQuartic(c0.c1, c1.c2)
        c0.c0 = (a0 - c0.c0).doubled + a0
        c1.c1 = (a1 + c1.c1).doubled + a1
        c0.c1 = (b0 - c0.c1).doubled + b0
        c1.c2 = (b1 + c1.c2).doubled + b1
        let turned = d1.timesXi
        c1.c0 = (turned + c1.c0).doubled + turned
        c0.c2 = (d0 - c0.c2).doubled + d0
    }

    /// The square of a + b·s with s² = ξ.
    @inline(__always)
    private static func squareQuartic(_ a: Fp2, _ b: Fp2) -> (Fp2, Fp2) {
        let (a2, b2) = (a.squared, b.squared)
        return (a2 + b2.timesXi, (a + b).squared - a2 - b2)
    }
}
