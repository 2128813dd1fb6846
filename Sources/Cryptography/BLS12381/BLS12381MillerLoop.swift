import Primitives

/// A pair of points in a Miller loop, neither at infinity.
struct BLS12381MillerPair {
    typealias Quadratic = BLS12381QuadraticField

    private let px: BLS12381Field
    private let py: BLS12381Field
    private let q: BLS12381G2.Affine
    /// The running multiple of q as (x/z, y/z): no inversion is needed along the way.
    ///
    /// z = 0 means that a step met a case its formula does not cover. Then it stays 0, and it cannot happen for a q of
    /// order r, all multiples being below r.
    private var x: Quadratic
    private var y: Quadratic
    private var z: Quadratic

    init(_ p: BLS12381G1.Affine, _ q: BLS12381G2.Affine) {
        px = p.x
        py = p.y
        self.q = q
        x = q.x
        y = q.y
        z = .one
    }

    /// The product of the Miller functions of optimal ate pairings; nil where a q is outside the subgroup of order r.
    ///
    /// The loops share their squarings. The multiple |z|·q that they end with is also what tells whether q is in the
    /// subgroup: there it is the endomorphism's image (see `BLS12381G2.isInSubgroup`).
    /// Source: F. Vercauteren, "Optimal pairings" (2010); C. Costello, T. Lange and M. Naehrig, "Faster pairing
    /// computations on curves with high-degree twists" (2010).
    static func millerLoop(_ pairs: UnsafeMutableBufferPointer<Self>) -> BLS12381TwelfthField? {
        var f = BLS12381TwelfthField.one
        var bit: UInt64 = 62
        while true {
            for index in pairs.indices { pairs[index].double(&f) }
            if (BLS12381.parameter &>> bit) & 1 != 0 {
                for index in pairs.indices { pairs[index].add(&f) }
            }
            if bit == 0 { break }
            bit &-= 1
            f.square()
        }
        for index in pairs.indices where !pairs[index].isInSubgroup { return nil }
        // The parameter is negative.
        return f.conjugate
    }

    private var isInSubgroup: Bool {
        let image = BLS12381G2.endomorphism(q)
        return !z.isZero && x == image.x * z && y == image.y * z
    }

    /// Doubles the point and multiplies f by the tangent's value at p.
    @inline(never)
    private mutating func double(_ f: inout BLS12381TwelfthField) {
        let a = (x * y).halved
        let b = y.squared
        let c = z.squared
        // 12(1 + u)·c.
        let e = (c.doubled + c).doubled.doubled.timesNonresidue
        let triple = e.doubled + e
        let g = (b + triple).halved
        let h = (y + z).squared - b - c
        let i = e - b
        let j = x.squared
        let e2 = e.squared
        x = a * (b - triple)
        y = g.squared - e2.doubled - e2
        z = b * h
        f.multiply(byLine: i, (j.doubled + j) * px, -(h * py))
    }

    /// Adds q and multiplies f by the value at p of the line through both.
    @inline(never)
    private mutating func add(_ f: inout BLS12381TwelfthField) {
        let theta = y - q.y * z
        let lambda = x - q.x * z
        let c = theta.squared
        let d = lambda.squared
        let e = lambda * d
        let g = x * d
        let h = e + z * c - g.doubled
        x = lambda * h
        y = theta * (g - h) - e * y
        z = z * e
        f.multiply(byLine: theta * q.x - lambda * q.y, -(theta * px), lambda * py)
    }
}
