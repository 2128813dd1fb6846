import Primitives

extension BN254 {
    /// A pair of points in a Miller loop, neither at infinity.
    struct MillerPair {
        let px: Fp
        let py: Fp
        let q: JacobianPoint<Fp2>
        /// The running multiple of q as (x/z, y/z): no inversion is needed along the way.
        ///
        /// z = 0 means that a step met a case its formula does not cover. Then it stays 0, and it cannot happen for a
        /// q of order r, all multiples being below r.
        var x: Fp2
        var y: Fp2
        var z: Fp2

        init(px: Fp, py: Fp, q: JacobianPoint<Fp2>) {
            self.px = px
            self.py = py
            self.q = q
            x = q.x
            y = q.y
            z = .one
        }
    }

    /// The product of the Miller functions of optimal ate pairings; nil where a q is outside the group of order r.
    ///
    /// The loops share their squarings. The multiple of q that they compute anyway serves to check its order at the
    /// end: after the two last lines it is (6u + 2)·Q + ψ(Q) − ψ²(Q), which must be −ψ³(Q) (see `G2.isInGroup`).
    /// Source: F. Vercauteren, "Optimal pairings" (2010); C. Costello, T. Lange and M. Naehrig, "Faster pairing
    /// computations on curves with high-degree twists" (2010).
    static func millerLoop(_ pairs: UnsafeMutableBufferPointer<MillerPair>) -> Fp12? {
        var f = Fp12.one
        // The non-adjacent form of 6u + 2 below its top digit 2⁶⁵: where the digits are 1 and where they are −1.
        let positive = UInt128(0x2_0020_0420_0804_028)
        let negative = UInt128(0x0_8288_9008_420A_0480)
        var index = UInt128(65)
        while index > 0 {
            index &-= 1
            if index < 64 { f.square() }
            for pair in pairs.indices { pairs[pair].double(&f) }
            if (positive &>> index) & 1 != 0 {
                for pair in pairs.indices { pairs[pair].add(pairs[pair].q.x, pairs[pair].q.y, &f) }
            } else if (negative &>> index) & 1 != 0 {
                for pair in pairs.indices { pairs[pair].add(pairs[pair].q.x, -pairs[pair].q.y, &f) }
            }
        }
        for pair in pairs.indices {
            let q = pairs[pair].q
            let first = G2.frobenius(q)
            pairs[pair].add(first.x, first.y, &f)
            let second = G2.negatedFrobeniusSquared(q)
            pairs[pair].add(second.x, second.y, &f)
            let last = G2.frobeniusCubed(q)
            let end = pairs[pair]
            guard !end.z.isZero, end.x == last.x * end.z, end.y == -(last.y * end.z) else { return nil }
        }
        return f
    }
}

extension BN254.MillerPair {
    typealias Fp2 = BN254.Fp2

    /// Doubles the point and multiplies f by the tangent's value at p.
    @inline(never)
    mutating func double(_ f: inout BN254.Fp12) {
        let a = (x * y).halved
        let b = y.squared
        let c = z.squared
        let e = BN254.tripledTwistCoefficient * c
        let triple = e.doubled + e
        let g = (b + triple).halved
        let h = (y + z).squared - b - c
        let i = e - b
        let j = x.squared
        let e2 = e.squared
        x = a * (b - triple)
        y = g.squared - e2.doubled - e2
        z = b * h
        f.multiply(byLine: -(h * py), (j.doubled + j) * px, i)
    }

    /// Adds the point (otherX, otherY) and multiplies f by the value at p of the line through both.
    @inline(never)
    mutating func add(_ otherX: Fp2, _ otherY: Fp2, _ f: inout BN254.Fp12) {
        let theta = y - otherY * z
        let lambda = x - otherX * z
        let c = theta.squared
        let d = lambda.squared
        let e = lambda * d
        let g = x * d
        let h = e + z * c - g.doubled
        x = lambda * h
        y = theta * (g - h) - e * y
        z = z * e
        f.multiply(byLine: lambda * py, -(theta * px), theta * otherX - lambda * otherY)
    }
}

extension BN254 {
    /// 9/ξ.
    @inline(__always)
    static var tripledTwistCoefficient: Fp2 {
        let b = twistCoefficient
        return b.doubled + b
    }
}
