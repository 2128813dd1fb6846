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
        return count < bucketThreshold ? interleavedSum(terms) : BucketSum.sum(terms, scalarBits: shortScalarBits)
    }

    /// scalar · point for a point of the subgroup. Not for secret scalars.
    static func product(_ point: AffinePoint<Self>, _ scalar: UInt256) -> JacobianPoint<Self> {
        sum(of: [point], scalars: [scalar])
    }

    /// The number of products from which buckets are faster than interleaved doublings (measured).
    private static var bucketThreshold: Int { 8 * endomorphismExponent }

    /// The bits of the scalars after splitting.
    private static var shortScalarBits: Int { 64 * endomorphismExponent }

    /// The sum with doublings shared by all terms and tables of odd multiples (E. Straus; Hankerson, Menezes, Vanstone,
    /// section 3.3.3).
    private static func interleavedSum(_ terms: [ShortTerm<Self>]) -> JacobianPoint<Self> {
        if terms.isEmpty { return .infinity }
        let size = 8
        var multiples: [JacobianPoint<Self>] = []
        multiples.reserveCapacity(size * terms.count)
        for term in terms where !term.isImage {
            multiples.append(contentsOf: JacobianPoint(term.point).oddMultiples(size))
        }
        // The tables of images follow from those of their points.
        let own = JacobianPoint.affine(multiples)
        var tables: [AffinePoint<Self>] = []
        tables.reserveCapacity(size * terms.count)
        var next = 0
        for term in terms {
            if term.isImage {
                let previous = tables.count - size
                for index in 0..<size { tables.append(endomorphism(tables[previous + index])) }
            } else {
                tables.append(contentsOf: own[next..<(next + size)])
                next += size
            }
        }
        let digits = terms.map { SignedDigits(UInt256($0.scalar), width: 5).digits }
        var result = JacobianPoint<Self>.infinity
        for position in (0..<(digits.map { $0.count }.max() ?? 0)).reversed() {
            result = result.doubled
            for index in terms.indices where position < digits[index].count {
                let digit = digits[index][position]
                if digit == 0 { continue }
                let multiple = tables[size * index + Int(digit.magnitude) / 2]
                result = result + (digit < 0 ? -multiple : multiple)
            }
        }
        return result
    }
}

/// A point of the subgroup with a scalar that the endomorphism has made short: 128 bits in G1, 64 in G2.
struct ShortTerm<C: BLS12381Curve> {
    var point: AffinePoint<C>
    var scalar: UInt128
    /// Whether the point is the endomorphism's image of the point of the term before.
    var isImage: Bool

    /// Appends scalar · point as two terms in G1 or four in G2; nothing where the point is infinity.
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
