import Primitives

/// The curve y² = x³ + 4 over the prime field, whose subgroup of order r is G1.
enum BLS12381G1: BLS12381Curve {
    typealias Coordinate = BLS12381Field
    typealias Point = JacobianPoint<BLS12381G1>
    typealias Affine = AffinePoint<BLS12381G1>

    @inline(__always)
    static var b: Coordinate {
        Coordinate(
            montgomery: 0xAA27_0000_000C_FFF3, 0x53CC_0032_FC34_000A, 0x478F_E97A_6B0A_807F, 0xB1D3_7EBE_E6BA_24D7,
            0x8EC9_733B_BF78_AB2F, 0x09D6_4551_3D83_DE7E)
    }

    static var generator: Affine {
        Affine(
            x: Coordinate(
                montgomery: 0x5CB3_8790_FD53_0C16, 0x7817_FC67_9976_FFF5, 0x154F_95C7_143B_A1C1, 0xF0AE_6ACD_F3D0_E747,
                0xEDCE_6ECC_21DB_F440, 0x1201_7741_9E0B_FB75),
            y: Coordinate(
                montgomery: 0xBAAC_93D5_0CE7_2271, 0x8C22_631A_7918_FD8E, 0xDD59_5F13_5707_25CE, 0x51AC_5829_5040_5194,
                0x0E1C_8C3F_AD00_59C0, 0x0BBC_3EFC_5008_A26A))
    }

    static var endomorphismExponent: Int { 2 }

    static func sumInLanes(of points: [Affine], scalars: [UInt256], count: Int) -> Point? {
        #if canImport(CBLS12381) && !hasFeature(Embedded)
            // Fewer are faster by additions that share inversions (measured).
            guard count >= 48, BLS12381G1Lanes.isAvailable else { return nil }
            return BLS12381G1Lanes.sum(of: points, scalars: scalars)
        #else
            return nil
        #endif
    }

    /// (x, y) ↦ (βx, −y) with a cube root β of one: on the subgroup the product with z².
    static func endomorphism(_ point: Affine) -> Affine {
        if point.isInfinity { return point }
        let beta = Coordinate(
            montgomery: 0x30F1_361B_798A_64E8, 0xF3B8_DDAB_7ECE_5A2A, 0x16A8_CA3A_C615_77F7, 0xC26A_2FF8_74FD_029B,
            0x3636_B766_6070_1C6E, 0x051B_A4AB_241B_6160)
        return Affine(x: point.x * beta, y: -point.y)
    }

    /// By whether the endomorphism is the product with z² (M. Scott, "A note on group membership tests for G1, G2 and GT
    /// on BLS pairing-friendly curves", 2021).
    static func isInSubgroup(_ point: Affine) -> Bool {
        Point(point).timesParameter.timesParameter == Point(endomorphism(point))
    }

    /// The point of the subgroup that is (1 − z) times a point of the curve (RFC 9380, section 8.8.1).
    static func clearingCofactor(of point: Point) -> Point { point.timesParameter + point }
}
