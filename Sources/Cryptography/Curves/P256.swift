public import Primitives

/// ECDSA over P-256 (FIPS 186-4), verification only.
public enum P256 {
    typealias Base = Residue256<P256BaseModulus>
    typealias Scalar = Residue256<P256OrderModulus>
    typealias Point = JacobianPoint<P256Curve>

    /// Whether the signature over `hash` is that of the public key (EIP-7951).
    ///
    /// False where `r` or `s` is out of range, the key is not a point of the curve, or it is the point at infinity.
    public static func verify(hash: Hash256, r: UInt256, s: UInt256, x: UInt256, y: UInt256) -> Bool {
        let order = P256OrderModulus.modulus
        guard !r.isZero, r < order, !s.isZero, s < order, let x = Base(canonical: x),
            let y = Base(canonical: y),
            !(x.isZero && y.isZero)
        else { return false }
        let key = AffinePoint<P256Curve>(x: x, y: y)
        guard key.isOnCurve else { return false }
        let message = UInt256(hash).subtracting(order) ?? UInt256(hash)
        let inverse = Scalar(s).inverse
        let u1 = (Scalar(message) * inverse).value
        let u2 = (Scalar(r) * inverse).value
        let sum = combination(u1, ofGeneratorAnd: u2, of: key)
        if sum.isInfinity { return false }
        let found = sum.affine.x.value
        return (found.subtracting(order) ?? found) == r
    }

    /// `g·G + k·point`, the products sharing their doublings. Not for secret scalars.
    private static func combination(
        _ g: UInt256, ofGeneratorAnd k: UInt256, of point: AffinePoint<P256Curve>
    ) -> Point {
        let ofGenerator = SignedDigits(g, width: generatorWidth).digits
        let ofPoint = SignedDigits(k, width: 5).digits
        let multiples = Point(point).oddMultiples(8)
        var sum = Point.infinity
        for position in (0..<max(ofGenerator.count, ofPoint.count)).reversed() {
            sum = sum.doubled
            if position < ofPoint.count, ofPoint[position] != 0 {
                let multiple = multiples[Int(ofPoint[position].magnitude) / 2]
                sum = sum + (ofPoint[position] < 0 ? -multiple : multiple)
            }
            if position < ofGenerator.count, ofGenerator[position] != 0 {
                let multiple = generatorMultiples[Int(ofGenerator[position].magnitude) / 2]
                sum = sum + (ofGenerator[position] < 0 ? -multiple : multiple)
            }
        }
        return sum
    }

    private static var generatorWidth: UInt64 { 7 }

    /// G, 3G, … , 63G.
    private static let generatorMultiples = Point.affine(Point(P256Curve.generator).oddMultiples(32))
}

/// y² = x³ − 3x + b (FIPS 186-4, D.1.2.3).
enum P256Curve: WeierstrassCurve {
    typealias Coordinate = Residue256<P256BaseModulus>

    static var b: Coordinate {
        Coordinate(
            UInt256(
                limbs: 0x3BCE_3C3E_27D2_604B, 0x651D_06B0_CC53_B0F6, 0xB3EB_BD55_7698_86BC,
                0x5AC6_35D8_AA3A_93E7))
    }
    static var aIsMinusThree: Bool { true }

    static var generator: AffinePoint<P256Curve> {
        AffinePoint(
            x: Coordinate(
                UInt256(
                    limbs: 0xF4A1_3945_D898_C296, 0x7703_7D81_2DEB_33A0, 0xF8BC_E6E5_63A4_40F2,
                    0x6B17_D1F2_E12C_4247)),
            y: Coordinate(
                UInt256(
                    limbs: 0xCBB6_4068_37BF_51F5, 0x2BCE_3357_6B31_5ECE, 0x8EE7_EB4A_7C0F_9E16,
                    0x4FE3_42E2_FE1A_7F9B))
        )
    }
}
