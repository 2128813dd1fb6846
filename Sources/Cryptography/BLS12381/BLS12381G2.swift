import Primitives

/// The curve y² = x³ + 4(1 + u) over the quadratic field, whose subgroup of order r is G2.
enum BLS12381G2: BLS12381Curve {
    typealias Coordinate = BLS12381QuadraticField
    typealias Point = JacobianPoint<BLS12381G2>
    typealias Affine = AffinePoint<BLS12381G2>

    @inline(__always)
    static var b: Coordinate { Coordinate(BLS12381G1.b, BLS12381G1.b) }

    static var generator: Affine {
        Affine(
            x: Coordinate(
                BLS12381Field(
                    montgomery: 0xF5F2_8FA2_0294_0A10, 0xB3F5_FB26_87B4_961A, 0xA1A8_93B5_3E2A_E580,
                    0x9894_999D_1A3C_AEE9, 0x6F67_B763_1863_366B, 0x0581_9192_4350_BCD7),
                BLS12381Field(
                    montgomery: 0xA5A9_C075_9E23_F606, 0xAAA0_C59D_BCCD_60C3, 0x3BB1_7E18_E286_7806,
                    0x1B1A_B6CC_8541_B367, 0xC2B6_ED0E_F215_8547, 0x1192_2A09_7360_EDF3)),
            y: Coordinate(
                BLS12381Field(
                    montgomery: 0x4C73_0AF8_6049_4C4A, 0x597C_FA1F_5E36_9C5A, 0xE7E6_856C_AA0A_635A,
                    0xBBEF_B5E9_6E0D_495F, 0x07D3_A975_F0EF_25A2, 0x0083_FD8E_7E80_DAE5),
                BLS12381Field(
                    montgomery: 0xADC0_FC92_DF64_B05D, 0x18AA_270A_2B14_61DC, 0x86AD_AC6A_3BE4_EBA0,
                    0x7949_5C4E_C93D_A33A, 0xE717_5850_A43C_CAED, 0x0B2B_C2A1_63DE_1BF2)))
    }

    static var endomorphismExponent: Int { 1 }

    static func sumInLanes(of points: [Affine], scalars: [UInt256], count: Int) -> Point? { nil }

    /// −ψ: on the subgroup the product with |z|.
    static func endomorphism(_ point: Affine) -> Affine { -psi(point) }

    /// By whether ψ is the product with z (M. Scott, "A note on group membership tests for G1, G2 and GT on BLS
    /// pairing-friendly curves", 2021).
    static func isInSubgroup(_ point: Affine) -> Bool {
        Point(point).timesParameter == Point(endomorphism(point))
    }

    /// ψ: the twist to the curve over the twelfth extension, the map (x, y) ↦ (xᵖ, yᵖ), and the twist back.
    static func psi(_ point: Affine) -> Affine {
        if point.isInfinity { return point }
        return Affine(x: xFactor(point.x.conjugate), y: point.y.conjugate * yFactor)
    }

    /// The same in Jacobian coordinates.
    static func psi(_ point: Point) -> Point {
        Point(x: xFactor(point.x.conjugate), y: point.y.conjugate * yFactor, z: point.z.conjugate)
    }

    /// The point of the subgroup that is `h_eff` times a point of the curve: (z² − z − 1)·P + (z − 1)·ψ(P) + ψ²(2P)
    /// (RFC 9380, section 8.8.2 and appendix G.3).
    static func clearingCofactor(of point: Point) -> Point {
        let minusZ = point.timesParameter
        let image = psi(point)
        // (z² − z − 1)P + (z − 1)ψ(P) = |z|(|z|P + P − ψ(P)) − P − ψ(P).
        let inner = (minusZ + point + -image).timesParameter
        return inner + -point + -image + psi(psi(point.doubled))
    }

    /// The product with (1 + u)^((1 − p)/3), a multiple of u.
    private static func xFactor(_ x: Coordinate) -> Coordinate {
        let factor = BLS12381Field(
            montgomery: 0x890D_C9E4_8675_45C3, 0x2AF3_2253_3285_A5D5, 0x5088_0866_309B_7E2C, 0xA20D_1B8C_7E88_1024,
            0x14E4_F04F_E2DB_9068, 0x14E5_6D3F_1564_853A)
        return Coordinate(-(x.c1 * factor), x.c0 * factor)
    }

    /// (1 + u)^((1 − p)/2).
    private static var yFactor: Coordinate {
        Coordinate(
            BLS12381Field(
                montgomery: 0x3E2F_585D_A55C_9AD1, 0x4294_213D_86C1_8183, 0x3828_44C8_8B62_3732, 0x92AD_2AFD_1910_3E18,
                0x1D79_4E4F_AC7C_F0B9, 0x0BD5_92FC_7D82_5EC8),
            BLS12381Field(
                montgomery: 0x7BCF_A7A2_5AA3_0FDA, 0xDC17_DEC1_2A92_7E7C, 0x2F08_8DD8_6B4E_BEF1, 0xD1CA_2087_DA74_D4A7,
                0x2DA2_5966_96CE_BC1D, 0x0E2B_7EED_BBFD_87D2))
    }
}
