import Primitives

extension Secp256k1 {
    /// A scalar as two halves of about 128 bits with their signs, so that `scalar = first + second·λ` modulo the order,
    /// where λ·(x, y) = (β·x, y).
    ///
    /// Source: R. Gallant, R. Lambert, S. Vanstone, "Faster point multiplication on elliptic curves with efficient
    /// endomorphisms" (2001), with the division replaced by a product with ⌊2³⁸⁴·b/n⌉.
    struct SplitScalar {
        var first: UInt256
        var firstIsNegative: Bool
        var second: UInt256
        var secondIsNegative: Bool

        init(_ scalar: UInt256) {
            let c1 = Self.rounded(
                scalar,
                UInt256(
                    limbs: 0xE893_209A_45DB_B031, 0x3DAA_8A14_71E8_CA7F, 0xE86C_90E4_9284_EB15, 0x3086_D221_A7D4_6BCD))
            let c2 = Self.rounded(
                scalar,
                UInt256(
                    limbs: 0x1571_B4AE_8AC4_7F71, 0x2212_08AC_9DF5_06C6, 0x6F54_7FA9_0ABF_E4C4, 0xE443_7ED6_010E_8828))
            // second = −c1·b1 − c2·b2 with b1 negative; first = scalar − second·λ.
            let minusB1 = UInt256(limbs: 0x6F54_7FA9_0ABF_E4C3, 0xE443_7ED6_010E_8828, 0, 0)
            let b2 = UInt256(limbs: 0xE86C_90E4_9284_EB15, 0x3086_D221_A7D4_6BCD, 0, 0)
            let lambda = UInt256(
                limbs: 0xDF02_967C_1B23_BD72, 0x122E_22EA_2081_6678, 0xA526_1C02_8812_645A, 0x5363_AD4C_C05C_30E0)
            let half = Scalar(c1) * Scalar(minusB1) - Scalar(c2) * Scalar(b2)
            let rest = Scalar(scalar) - half * Scalar(lambda)
            (second, secondIsNegative) = Self.signed(half.value)
            (first, firstIsNegative) = Self.signed(rest.value)
        }

        /// ⌊scalar·factor / 2³⁸⁴⌉.
        private static func rounded(_ scalar: UInt256, _ factor: UInt256) -> UInt256 {
            let high = scalar.multipliedFullWidth(by: factor).high
            return (high >> 128) &+ UInt256((high >> 127).limb0 & 1)
        }

        /// A residue as the smaller of itself and its negation.
        private static func signed(_ value: UInt256) -> (UInt256, Bool) {
            value > Secp256k1.halfOrder ? (Secp256k1.order &- value, true) : (value, false)
        }
    }

    /// λ·point.
    static func endomorphism(_ point: Point) -> Point {
        let beta = Base(
            UInt256(limbs: 0xC139_6C28_7195_01EE, 0x9CF0_4975_12F5_8995, 0x6E64_479E_AC34_34E9, 0x7AE9_6A2B_657C_0710))
        return Point(x: point.x * beta, y: point.y, z: point.z)
    }

    /// `g·G + k·point`: four half-length products that share their doublings. Not for secret scalars.
    static func combination(
        _ g: UInt256, ofGeneratorAnd k: UInt256, of point: AffinePoint<Secp256k1Curve>
    ) -> Point {
        let (left, right) = (SplitScalar(g), SplitScalar(k))
        let digits = (
            SignedDigits(left.first, width: 8).digits, SignedDigits(left.second, width: 8).digits,
            SignedDigits(right.first, width: 5).digits, SignedDigits(right.second, width: 5).digits
        )
        let table = Point(point).oddMultiples(8)
        let shifted = table.map { endomorphism($0) }
        var result = Point.infinity
        let count = max(max(digits.0.count, digits.1.count), max(digits.2.count, digits.3.count))
        for position in (0..<count).reversed() {
            result = result.doubled
            if position < digits.0.count, digits.0[position] != 0 {
                result = result + multiple(generatorMultiples, digits.0[position], left.firstIsNegative)
            }
            if position < digits.1.count, digits.1[position] != 0 {
                result = result + multiple(shiftedGeneratorMultiples, digits.1[position], left.secondIsNegative)
            }
            if position < digits.2.count, digits.2[position] != 0 {
                result = result + multiple(table, digits.2[position], right.firstIsNegative)
            }
            if position < digits.3.count, digits.3[position] != 0 {
                result = result + multiple(shifted, digits.3[position], right.secondIsNegative)
            }
        }
        return result
    }

    @inline(__always)
    private static func multiple(_ table: [Point], _ digit: Int8, _ isNegative: Bool) -> Point {
        let point = table[Int(digit.magnitude) / 2]
        return (digit < 0) != isNegative ? -point : point
    }

    @inline(__always)
    private static func multiple(
        _ table: [AffinePoint<Secp256k1Curve>], _ digit: Int8, _ isNegative: Bool
    ) -> AffinePoint<Secp256k1Curve> {
        let point = table[Int(digit.magnitude) / 2]
        return (digit < 0) != isNegative ? -point : point
    }

    /// G, 3G, … , 127G.
    private static let generatorMultiples = Point.affine(Point(Secp256k1Curve.generator).oddMultiples(64))

    /// λG, 3λG, … , 127λG.
    private static let shiftedGeneratorMultiples = Point.affine(
        Point(Secp256k1Curve.generator).oddMultiples(64).map { endomorphism($0) })

    // MARK: Secret scalars

    /// `scalar·G` without a branch or a table index that depends on the scalar.
    ///
    /// The complete addition formulas of J. Renes, C. Costello and L. Batina (2016), algorithm 7, have no special cases, so a
    /// Montgomery ladder over them does the same work for every scalar.
    static func generatorMultiple(secret scalar: UInt256) -> Point {
        var low = CompletePoint.infinity
        var high = CompletePoint(Secp256k1Curve.generator)
        for index in stride(from: 255, through: 0, by: -1) {
            let bit = (scalar >> UInt64(index)).limb0 & 1
            CompletePoint.swap(&low, &high, bit)
            high = low + high
            low = low + low
            CompletePoint.swap(&low, &high, bit)
        }
        // From homogeneous (X/Z, Y/Z) to Jacobian coordinates.
        return Point(x: low.x * low.z, y: low.y * low.z.squared, z: low.z)
    }

    /// A point in homogeneous coordinates, infinity being (0, 1, 0).
    private struct CompletePoint {
        var x: Base
        var y: Base
        var z: Base

        init(x: Base, y: Base, z: Base) {
            self.x = x
            self.y = y
            self.z = z
        }

        init(_ point: AffinePoint<Secp256k1Curve>) { self.init(x: point.x, y: point.y, z: .one) }

        static var infinity: Self { Self(x: .zero, y: .one, z: .zero) }

        static func + (left: Self, right: Self) -> Self {
            let threeB = Base(21)
            let xx = left.x * right.x
            let yy = left.y * right.y
            let zz = left.z * right.z
            let xy = (left.x + left.y) * (right.x + right.y) - xx - yy
            let yz = (left.y + left.z) * (right.y + right.z) - yy - zz
            let xz = (left.x + left.z) * (right.x + right.z) - xx - zz
            let threeXX = xx.doubled + xx
            let bzz = threeB * zz
            let (plus, minus) = (yy + bzz, yy - bzz)
            let bxz = threeB * xz
            return Self(
                x: xy * minus - yz * bxz, y: bxz * threeXX + minus * plus, z: plus * yz + threeXX * xy)
        }

        /// Swaps both where `bit` is 1, in constant time.
        static func swap(_ left: inout Self, _ right: inout Self, _ bit: UInt64) {
            let mask = 0 &- bit
            exchange(&left.x, &right.x, mask)
            exchange(&left.y, &right.y, mask)
            exchange(&left.z, &right.z, mask)
        }

        private static func exchange(_ left: inout Base, _ right: inout Base, _ mask: UInt64) {
            let difference = (left.limbs ^ right.limbs) & UInt256(limbs: mask, mask, mask, mask)
            left.limbs = left.limbs ^ difference
            right.limbs = right.limbs ^ difference
        }
    }
}
