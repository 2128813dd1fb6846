public import Primitives

/// y² = x³ + 3 over the prime field, with what is shared by all curves.
enum BN254G1Curve: BN254EndomorphicCurve {
    typealias Coordinate = BN254.Fp

    static var b: Coordinate { Coordinate.one.doubled + .one }
    static func scaled(_ x: Coordinate) -> Coordinate { x * BN254.xiPower2of4 }
}

/// y² = x³ + 3/ξ over the quadratic extension. Its order is odd, as the complete formulas need.
enum BN254G2Curve: BN254EndomorphicCurve {
    typealias Coordinate = BN254.Fp2

    static var b: Coordinate { BN254.twistCoefficient }
    static func scaled(_ x: Coordinate) -> Coordinate { x * BN254.xiPower2of2 }
}

/// Both groups: (x, y) ↦ (βx, y) with a cube root β of one is the product with the same λ in both, which
/// `BN254.ScalarHalves` splits scalars by.
protocol BN254EndomorphicCurve: EndomorphicCurve where Coordinate: BN254Coordinate {
    /// β · x.
    static func scaled(_ x: Coordinate) -> Coordinate
}

extension BN254EndomorphicCurve {
    static var aIsMinusThree: Bool { false }

    static func endomorphism(_ point: AffinePoint<Self>) -> AffinePoint<Self> {
        if point.isInfinity { return point }
        return AffinePoint(x: scaled(point.x), y: point.y)
    }

    /// The sum of scalar · point over points of the group, with any 256-bit scalars. Not for secret scalars.
    static func sum(of points: [AffinePoint<Self>], scalars: [UInt256]) -> JacobianPoint<Self> {
        var terms: [ShortTerm<Self>] = []
        terms.reserveCapacity(2 * points.count)
        for (point, scalar) in zip(points, scalars) where !point.isInfinity {
            let halves = BN254.ScalarHalves(scalar)
            let own = halves.isFirstNegative ? -point : point
            let image = endomorphism(point)
            terms.append(ShortTerm(point: own, scalar: halves.first.low128, isImage: false))
            terms.append(
                ShortTerm(
                    point: halves.isSecondNegative ? -image : image, scalar: halves.second.low128, isImage: true,
                    isFlipped: halves.isFirstNegative != halves.isSecondNegative))
        }
        return sum(ofTerms: terms, scalarBits: 128)
    }

    /// The sum of (low + high · λ) · point over points of the group, none of them infinity.
    static func sum(of terms: [(point: AffinePoint<Self>, factor: BN254SplitFactor)]) -> JacobianPoint<Self> {
        var short: [ShortTerm<Self>] = []
        short.reserveCapacity(2 * terms.count)
        for (point, factor) in terms {
            short.append(ShortTerm(point: point, scalar: UInt128(factor.low), isImage: false))
            short.append(ShortTerm(point: endomorphism(point), scalar: UInt128(factor.high), isImage: true))
        }
        return sum(ofTerms: short, scalarBits: 64)
    }
}

/// The number low + high · λ modulo r. Different pairs are different numbers: the lattice of those that are zero has no
/// vector shorter than √r, about 2¹²⁷.
struct BN254SplitFactor {
    var low: UInt64
    var high: UInt64
}

extension BN254.JacobianPoint {
    init?<C: BN254EndomorphicCurve>(affine point: AffinePoint<C>) where C.Coordinate == Coordinate {
        if point.isInfinity { return nil }
        self.init(x: point.x, y: point.y)
    }
}

extension BN254.G1 {
    init(affine point: AffinePoint<BN254G1Curve>) {
        self.init(BN254.JacobianPoint(affine: point) ?? .infinity)
    }

    /// The coordinates: without an inversion for a point that was read or normalised.
    var affine: AffinePoint<BN254G1Curve> { point.affine.map { AffinePoint(x: $0.x, y: $0.y) } ?? .infinity }

    /// The sum of scalar · point, the scalars counting modulo r. Variable time: not for secrets. Surplus elements of the
    /// longer array are ignored.
    ///
    /// - Complexity: about n / log n times the cost of one product (N. Pippenger), with halves of scalars (R. Gallant,
    ///   R. Lambert and S. Vanstone, 2001).
    public static func sum(of points: [BN254.G1], scalars: [UInt256]) -> BN254.G1 {
        let jacobian = points.map { JacobianPoint<BN254G1Curve>(x: $0.point.x, y: $0.point.y, z: $0.point.z) }
        return BN254.G1(affine: BN254G1Curve.sum(of: JacobianPoint.affine(jacobian), scalars: scalars).affine)
    }
}

extension BN254.G2 {
    init(affine point: AffinePoint<BN254G2Curve>) {
        self.init(BN254.JacobianPoint(affine: point) ?? .infinity)
    }

    /// The coordinates: without an inversion for a point that was read or normalised.
    var affine: AffinePoint<BN254G2Curve> { point.affine.map { AffinePoint(x: $0.x, y: $0.y) } ?? .infinity }

    /// The sum of scalar · point, as in G1.
    public static func sum(of points: [BN254.G2], scalars: [UInt256]) -> BN254.G2 {
        let jacobian = points.map { JacobianPoint<BN254G2Curve>(x: $0.point.x, y: $0.point.y, z: $0.point.z) }
        return BN254.G2(affine: BN254G2Curve.sum(of: JacobianPoint.affine(jacobian), scalars: scalars).affine)
    }
}

extension UInt256 {
    /// The value modulo 2¹²⁸.
    fileprivate var low128: UInt128 { UInt128(limb1) << 64 | UInt128(limb0) }
}
