public import Primitives

extension BN254 {
    /// The order r of the groups.
    public static let groupOrder = UInt256(
        limbs: 0x43E1_F593_F000_0001, 0x2833_E848_79B9_7091, 0xB850_45B6_8181_585D, 0x3064_4E72_E131_A029)

    /// A point of the curve over Fp, which has prime order: every point is in the group.
    public struct G1: Equatable, Sendable {
        var point: JacobianPoint<Fp>

        init(_ point: JacobianPoint<Fp>) { self.point = point }

        /// The neutral element.
        public static var infinity: G1 { G1(.infinity) }

        /// The point (1, 2).
        public static var generator: G1 { G1(JacobianPoint(x: .one, y: Fp.one.doubled)) }

        public var isInfinity: Bool { point.isInfinity }

        /// The point of two coordinates, where (0, 0) is infinity; nil where one is not below p or the point is not on
        /// the curve (EIP-196, "Encoding").
        public init?(x: UInt256, y: UInt256) {
            guard let x = Fp(x), let y = Fp(y) else { return nil }
            if x.isZero && y.isZero {
                self = .infinity
                return
            }
            let three = Fp.one.doubled + Fp.one
            guard y.squared == x.squared * x + three else { return nil }
            point = JacobianPoint(x: x, y: y)
        }

        /// The point of 64 bytes, x then y; nil as for coordinates, and for another count.
        public init?(bytes: UnsafeRawBufferPointer) {
            guard bytes.count == 64, let base = bytes.baseAddress else { return nil }
            self.init(x: UInt256(bigEndian: base), y: UInt256(bigEndian: base + 32))
        }

        /// The coordinates, (0, 0) at infinity.
        ///
        /// - Complexity: one inversion unless the point was read from coordinates.
        public var coordinates: (x: UInt256, y: UInt256) {
            if point.z == .one { return (point.x.value, point.y.value) }
            guard let (x, y) = point.affine else { return (.zero, .zero) }
            return (x.value, y.value)
        }

        /// 64 bytes, x then y.
        public var bytes: [UInt8] {
            let (x, y) = coordinates
            return [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
                guard let base = UnsafeMutableRawBufferPointer(buffer).baseAddress else { return }
                x.storeBigEndian(to: base)
                y.storeBigEndian(to: base + 32)
                count = 64
            }
        }

        public static func == (left: G1, right: G1) -> Bool { JacobianPoint.same(left.point, right.point) }

        public static func + (left: G1, right: G1) -> G1 {
            var sum = left.point
            sum.add(right.point)
            return G1(sum)
        }

        public static prefix func - (value: G1) -> G1 { G1(value.point.negated) }

        /// The multiple by any number, which counts modulo r. Variable time: not for secrets.
        ///
        /// - Complexity: 128 doublings and about 45 additions.
        public func multiplied(by scalar: UInt256) -> G1 {
            let halves = ScalarHalves(scalar)
            var base = point
            if halves.isFirstNegative { base = base.negated }
            let table = WindowTable(of: base)
            var turned = table
            let flip = halves.isFirstNegative != halves.isSecondNegative
            for index in 0..<8 {
                turned.multiples[index].x = turned.multiples[index].x * Self.beta
                if flip { turned.multiples[index].y = -turned.multiples[index].y }
            }
            let first = SignedDigits(halves.first)
            let second = SignedDigits(halves.second)
            var result = JacobianPoint<Fp>.infinity
            var index = max(first.count, second.count)
            while index > 0 {
                index -= 1
                result.double()
                table.add(first[index], to: &result)
                turned.add(second[index], to: &result)
            }
            return G1(result)
        }

        /// The cube root of unity for which (x, y) ↦ (β·x, y) is the multiplication by λ.
        private static var beta: Fp { xiPower2of4 }
    }

    /// A scalar as first + λ · second modulo r with halves of about 127 bits, λ³ = 1.
    ///
    /// Source: R. Gallant, R. Lambert and S. Vanstone, "Faster point multiplication on elliptic curves with efficient
    /// endomorphisms" (2001). The lattice of (a, b) with a + λ·b = 0 modulo r has the short basis (A, B), (B, B − A),
    /// with B = 2u + 1.
    struct ScalarHalves {
        var first: UInt256
        var second: UInt256
        var isFirstNegative: Bool
        var isSecondNegative: Bool

        init(_ scalar: UInt256) {
            let k = scalar >= BN254.groupOrder ? scalar % BN254.groupOrder : scalar
            let a = UInt256(limbs: 0x0BE4_E154_1221_250B, 0x6F4D_8248_EEB8_59FD, 0, 0)
            let b = UInt256(limbs: 0x89D3_2568_94D2_13E3, 0, 0, 0)
            // The coordinates of (k, 0) in the basis, k·(A − B)/r and k·B/r, by quotients scaled by 2²⁵⁶.
            let scaledA = UInt256(limbs: 0x7A7B_D9D4_391E_B18D, 0x4CCE_F014_A773_D2CF, 2, 0)
            let scaledB = UInt256(limbs: 0xD91D_232E_C7E0_B3D7, 2, 0, 0)
            let c1 = k.multipliedFullWidth(by: scaledA).high
            let c2 = k.multipliedFullWidth(by: scaledB).high
            let first = k &- c1 &* a &- c2 &* b
            let second = c2 &* (a &- b) &- c1 &* b
            isFirstNegative = first.isNegative
            isSecondNegative = second.isNegative
            self.first = first.isNegative ? first.negated : first
            self.second = second.isNegative ? second.negated : second
        }
    }
}
