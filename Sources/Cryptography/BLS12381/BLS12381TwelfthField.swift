/// An element `c0 + c1·w` of the quadratic extension of the sextic field, where w² = v: pairings take their values here.
struct BLS12381TwelfthField: Equatable, Sendable, BitwiseCopyable {
    typealias Sextic = BLS12381SexticField
    typealias Quadratic = BLS12381QuadraticField

    var c0: Sextic
    var c1: Sextic

    @inline(__always)
    init(_ c0: Sextic, _ c1: Sextic) {
        self.c0 = c0
        self.c1 = c1
    }

    static var one: Self { Self(.one, .zero) }

    /// The power p⁶; in the cyclotomic subgroup also the inverse.
    @inline(__always)
    var conjugate: Self { Self(c0, -c1) }

    @inline(never)
    static func * (left: Self, right: Self) -> Self {
        let p0 = left.c0 * right.c0
        let p1 = left.c1 * right.c1
        let cross = (left.c0 + left.c1) * (right.c0 + right.c1)
        return Self(p0 + p1.timesV, cross - p0 - p1)
    }

    @inline(never)
    mutating func square() {
        let product = c0 * c1
        let sum = (c0 + c1) * (c0 + c1.timesV)
        c0 = sum - product - product.timesV
        c1 = product + product
    }

    /// Multiplies by `l0 + l2·w² + l3·w³`.
    @inline(never)
    mutating func multiply(byLine l0: Quadratic, _ l2: Quadratic, _ l3: Quadratic) {
        let p0 = Sextic.product(c0, l0, l2)
        let p1 = c1.timesV * l3
        let cross = Sextic.product(c0 + c1, l0, l2 + l3)
        c1 = cross - p0 - p1
        c0 = p0 + p1.timesV
    }

    /// The inverse; zero for zero.
    @inline(never)
    var inverse: Self {
        let norm = (c0 * c0 - (c1 * c1).timesV).inverse
        return Self(c0 * norm, -(c1 * norm))
    }

    /// Squares an element of the cyclotomic subgroup.
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
        let turned = d1.timesNonresidue
        c1.c0 = (turned + c1.c0).doubled + turned
        c0.c2 = (d0 - c0.c2).doubled + d0
    }

    /// The square of a + b·s with s² = 1 + u.
    @inline(__always)
    private static func squareQuartic(_ a: Quadratic, _ b: Quadratic) -> (Quadratic, Quadratic) {
        let (a2, b2) = (a.squared, b.squared)
        return (a2 + b2.timesNonresidue, (a + b).squared - a2 - b2)
    }
}
