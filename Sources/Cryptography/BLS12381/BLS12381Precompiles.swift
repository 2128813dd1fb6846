import Primitives

/// The contracts of EIP-2537 but the pairing; each gives nil where the call fails.
public enum BLS12381Precompiles {
    /// The sum of two points of the curve, 128 bytes each, that need not be in the subgroup.
    public static func g1Add(_ input: UnsafeRawBufferPointer) -> [UInt8]? { add(input, BLS12381G1.self) }

    /// The sum of two points of the curve, 256 bytes each, that need not be in the subgroup.
    public static func g2Add(_ input: UnsafeRawBufferPointer) -> [UInt8]? { add(input, BLS12381G2.self) }

    /// The sum of products: pairs of a point of the subgroup and a scalar of 32 bytes, at least one.
    public static func g1MultiScalarMultiplication(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
        multiScalarMultiplication(input, BLS12381G1.self)
    }

    /// The sum of products: pairs of a point of the subgroup and a scalar of 32 bytes, at least one.
    public static func g2MultiScalarMultiplication(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
        multiScalarMultiplication(input, BLS12381G2.self)
    }

    /// The point of G1 for an element of the base field, 64 bytes.
    public static func mapFpToG1(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
        guard input.count == 64, let element = BLS12381Field(padded: input.baseAddress!) else { return nil }
        return BLS12381G1.clearingCofactor(of: element.mapped(to: BLS12381G1.self)).affine.padded
    }

    /// The point of G2 for an element of the quadratic field, 128 bytes.
    public static func mapFp2ToG2(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
        guard input.count == 128, let element = BLS12381QuadraticField(padded: input.baseAddress!) else { return nil }
        return BLS12381G2.clearingCofactor(of: element.mapped(to: BLS12381G2.self)).affine.padded
    }

    private static func add<C: BLS12381Curve>(_ input: UnsafeRawBufferPointer, _ curve: C.Type) -> [UInt8]? {
        let size = AffinePoint<C>.paddedByteCount
        guard input.count == 2 * size, let base = input.baseAddress, let left = AffinePoint<C>(padded: base),
            let right = AffinePoint<C>(padded: base + size)
        else { return nil }
        return (JacobianPoint(left) + right).affine.padded
    }

    private static func multiScalarMultiplication<C: BLS12381Curve>(
        _ input: UnsafeRawBufferPointer, _ curve: C.Type
    ) -> [UInt8]? {
        let size = AffinePoint<C>.paddedByteCount
        guard let base = input.baseAddress, input.count > 0, input.count % (size + 32) == 0 else { return nil }
        var points: [AffinePoint<C>] = []
        var scalars: [UInt256] = []
        points.reserveCapacity(input.count / (size + 32))
        scalars.reserveCapacity(input.count / (size + 32))
        for offset in stride(from: 0, to: input.count, by: size + 32) {
            guard let point = AffinePoint<C>(padded: base + offset), C.isInSubgroup(point) else { return nil }
            points.append(point)
            scalars.append(UInt256(bigEndian: base + offset + size))
        }
        return C.sum(of: points, scalars: scalars).affine.padded
    }
}
