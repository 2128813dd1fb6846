public import Primitives

extension BN254 {
    /// A point of the group of order r on the twist y² = x³ + 3/ξ over Fp2.
    public struct G2: Equatable, Sendable {
        var point: JacobianPoint<Fp2>

        init(_ point: JacobianPoint<Fp2>) { self.point = point }

        /// The neutral element.
        public static var infinity: G2 { G2(.infinity) }

        /// The generator of EIP-197.
        public static var generator: G2 {
            G2(
                JacobianPoint(
                    x: Fp2(
                        Fp(
                            montgomery: 0x8E83_B5D1_02BC_2026, 0xDCEB_1935_497B_0172, 0xFBB8_2647_9781_1ADF,
                            0x1957_3841_AF96_503B),
                        Fp(
                            montgomery: 0xAFB4_737D_A84C_6140, 0x6043_DD5A_5802_D8C4, 0x09E9_50FC_52A0_2F86,
                            0x14FE_F083_3AEA_7B6B)),
                    y: Fp2(
                        Fp(
                            montgomery: 0x619D_FA9D_886B_E9F6, 0xFE7F_D297_F59E_9B78, 0xFF9E_1A62_231B_7DFE,
                            0x28FD_7EEB_AE9E_4206),
                        Fp(
                            montgomery: 0x6409_5B56_C718_56EE, 0xDC57_F922_327D_3CBB, 0x55F9_35BE_3335_1076,
                            0x0DA4_A0E6_93FD_6482))))
        }

        public var isInfinity: Bool { point.isInfinity }

        /// The point of 128 bytes: x then y, the imaginary part first, all zeros for infinity (EIP-197, "Encoding").
        ///
        /// Nil for another count, for a part not below p, and for a point that is off the curve or outside the group.
        public init?(bytes: UnsafeRawBufferPointer) {
            guard bytes.count == 128, let base = bytes.baseAddress,
                let point = Self.curvePoint(base)
            else { return nil }
            guard Self.isInGroup(point) else { return nil }
            self.point = point
        }

        /// The point of 128 bytes on the curve, whether or not it is in the group.
        static func curvePoint(_ bytes: UnsafeRawPointer) -> JacobianPoint<Fp2>? {
            guard let x1 = Fp(UInt256(bigEndian: bytes)), let x0 = Fp(UInt256(bigEndian: bytes + 32)),
                let y1 = Fp(UInt256(bigEndian: bytes + 64)), let y0 = Fp(UInt256(bigEndian: bytes + 96))
            else { return nil }
            let (x, y) = (Fp2(x0, x1), Fp2(y0, y1))
            if x.isZero && y.isZero { return .infinity }
            guard y.squared == x.squared * x + twistCoefficient else { return nil }
            return JacobianPoint(x: x, y: y)
        }

        /// Whether a point (with z = 1, or infinity) has order r: (6u + 2)·Q + ψ(Q) − ψ²(Q) + ψ³(Q) = 0.
        ///
        /// The norm of that endomorphism and the order of the curve have r as their greatest common divisor, so that
        /// nothing outside the group passes.
        static func isInGroup(_ point: JacobianPoint<Fp2>) -> Bool {
            if point.isInfinity { return true }
            var sum = point.multiplied(by: UInt256(limbs: 0x9D79_7039_BE76_3BA8, 1, 0, 0))
            sum.add(frobenius(point))
            sum.add(negatedFrobeniusSquared(point))
            sum.add(frobeniusCubed(point))
            return sum.isInfinity
        }

        /// ψ: the p-power Frobenius of the untwisted point, twisted again; for z = 1.
        static func frobenius(_ point: JacobianPoint<Fp2>) -> JacobianPoint<Fp2> {
            JacobianPoint(x: point.x.conjugated * xiPower1of2, y: point.y.conjugated * xiPower1of3)
        }

        /// −ψ², for z = 1.
        static func negatedFrobeniusSquared(_ point: JacobianPoint<Fp2>) -> JacobianPoint<Fp2> {
            JacobianPoint(x: point.x * xiPower2of2, y: point.y)
        }

        /// ψ³, for z = 1.
        static func frobeniusCubed(_ point: JacobianPoint<Fp2>) -> JacobianPoint<Fp2> {
            JacobianPoint(x: point.x.conjugated * xiPower3of2, y: point.y.conjugated * xiPower3of3)
        }

        /// 128 bytes, as they are read.
        ///
        /// - Complexity: one inversion.
        public var bytes: [UInt8] {
            let (x, y) = point.affine ?? (.zero, .zero)
            return [UInt8](unsafeUninitializedCapacity: 128) { buffer, count in
                guard let base = UnsafeMutableRawBufferPointer(buffer).baseAddress else { return }
                x.c1.value.storeBigEndian(to: base)
                x.c0.value.storeBigEndian(to: base + 32)
                y.c1.value.storeBigEndian(to: base + 64)
                y.c0.value.storeBigEndian(to: base + 96)
                count = 128
            }
        }

        public static func == (left: G2, right: G2) -> Bool { JacobianPoint.same(left.point, right.point) }

        public static func + (left: G2, right: G2) -> G2 {
            var sum = left.point
            sum.add(right.point)
            return G2(sum)
        }

        public static prefix func - (value: G2) -> G2 { G2(value.point.negated) }

        /// The multiple by any number, which counts modulo r. Variable time: not for secrets.
        public func multiplied(by scalar: UInt256) -> G2 { G2(point.multiplied(by: scalar)) }
    }

    /// 3/ξ.
    static var twistCoefficient: Fp2 {
        Fp2(
            Fp(montgomery: 0x3BF9_38E3_77B8_02A8, 0x020B_1B27_3633_535D, 0x26B7_EDF0_4975_5260, 0x2514_C632_4384_A86D),
            Fp(montgomery: 0x38E7_ECCC_D1DC_FF67, 0x65F0_B37D_93CE_0D3E, 0xD749_D0DD_22AC_00AA, 0x0141_B9CE_4A68_8D4D))
    }
}
