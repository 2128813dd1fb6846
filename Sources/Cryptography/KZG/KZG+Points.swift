import Primitives

extension KZG {
    static func commitment(_ bytes: [UInt8]) throws(KZGError) -> AffinePoint<BLS12381G1> {
        guard let point = point(bytes) else { throw .commitmentIsNotAPoint }
        return point
    }

    static func proof(_ bytes: [UInt8]) throws(KZGError) -> AffinePoint<BLS12381G1> {
        guard let point = point(bytes) else { throw .proofIsNotAPoint }
        return point
    }

    /// The point of G1 with a compressed form (`validate_kzg_g1`).
    private static func point(_ bytes: [UInt8]) -> AffinePoint<BLS12381G1>? {
        guard let point = bytes.withUnsafeBytes({ AffinePoint<BLS12381G1>(compressed: $0) }),
            BLS12381G1.isInSubgroup(point)
        else { return nil }
        return point
    }

    /// Σ scalar·point.
    static func sum(
        _ points: [AffinePoint<BLS12381G1>], _ scalars: [BLS12381Scalar]
    ) -> JacobianPoint<BLS12381G1> {
        BLS12381G1.sum(of: points, scalars: scalars.map { $0.value })
    }
}
