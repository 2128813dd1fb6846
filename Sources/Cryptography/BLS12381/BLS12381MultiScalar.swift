import Primitives

extension BLS12381Curve {
    /// The sum of scalar · point over points of the subgroup, with any 256-bit scalars. Not for secret scalars.
    ///
    /// Outside the subgroup the result is unspecified. Surplus elements of the longer array are ignored.
    ///
    /// - Complexity: about n / log n times the cost of one product.
    static func sum(of points: [AffinePoint<Self>], scalars: [UInt256]) -> JacobianPoint<Self> {
        let count = min(points.count, scalars.count)
        if let sum = sumInLanes(of: points, scalars: scalars, count: count) { return sum }
        var terms: [ShortTerm<Self>] = []
        terms.reserveCapacity(count * 2 * (3 - endomorphismExponent))
        for index in 0..<count { ShortTerm.split(points[index], scalars[index], into: &terms) }
        return sum(ofTerms: terms, scalarBits: shortScalarBits)
    }

    /// scalar · point for a point of the subgroup. Not for secret scalars.
    static func product(_ point: AffinePoint<Self>, _ scalar: UInt256) -> JacobianPoint<Self> {
        sum(of: [point], scalars: [scalar])
    }

    /// The bits of the scalars after splitting.
    private static var shortScalarBits: Int { 64 * endomorphismExponent }
}

extension ShortTerm where C: BLS12381Curve {
    /// Appends scalar · point as two terms of 128 bits in G1 or four of 64 bits in G2; nothing where the point is
    /// infinity.
    static func split(_ point: AffinePoint<C>, _ scalar: UInt256, into terms: inout [Self]) {
        if point.isInfinity { return }
        let (d0, d1, d2, d3) = BLS12381.parameterDigits(BLS12381.reducedByOrder(scalar))
        terms.append(Self(point: point, scalar: UInt128(d0), isImage: false))
        let first = C.endomorphism(point)
        if C.endomorphismExponent == 2 {
            let z = UInt128(BLS12381.parameter)
            terms[terms.count - 1].scalar = UInt128(d0) &+ UInt128(d1) &* z
            terms.append(Self(point: first, scalar: UInt128(d2) &+ UInt128(d3) &* z, isImage: true))
        } else {
            let second = C.endomorphism(first)
            terms.append(Self(point: first, scalar: UInt128(d1), isImage: true))
            terms.append(Self(point: second, scalar: UInt128(d2), isImage: true))
            terms.append(Self(point: C.endomorphism(second), scalar: UInt128(d3), isImage: true))
        }
    }
}
