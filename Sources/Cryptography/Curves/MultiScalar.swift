import Primitives

/// A curve with an endomorphism that is cheaper than the product it stands for.
protocol EndomorphicCurve: WeierstrassCurve {
    /// A fixed multiple of a point, the same for all points of the subgroup that is used.
    static func endomorphism(_ point: AffinePoint<Self>) -> AffinePoint<Self>
}

extension EndomorphicCurve {
    /// The sum of scalar · point over the terms. Not for secret scalars.
    ///
    /// - Parameter scalarBits: how many bits each scalar has at most.
    static func sum(ofTerms terms: [ShortTerm<Self>], scalarBits: Int) -> JacobianPoint<Self> {
        // Buckets are faster from here on (measured).
        terms.count < 32 ? interleavedSum(terms) : BucketSum.sum(terms, scalarBits: scalarBits)
    }

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
                for index in 0..<size {
                    let image = endomorphism(tables[previous + index])
                    tables.append(term.isFlipped ? -image : image)
                }
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

/// A point with a scalar that is short, as an endomorphism makes scalars.
struct ShortTerm<C: EndomorphicCurve> {
    var point: AffinePoint<C>
    var scalar: UInt128
    /// Whether the point is the endomorphism's image of the point of the term before.
    var isImage: Bool
    /// Whether the image is negated.
    var isFlipped = false
}
