import Primitives

/// The two curves of BLS12-381, over the prime field and over its quadratic extension.
///
/// Both have the prime order r = z⁴ − z² + 1 times a cofactor, with z = −0xD201000000010000.
protocol BLS12381Curve: EndomorphicCurve where Coordinate: BLS12381Coordinate {
    /// The generator of the subgroup of order r.
    static var generator: AffinePoint<Self> { get }
    /// Whether a point of the curve is in the subgroup of order r.
    static func isInSubgroup(_ point: AffinePoint<Self>) -> Bool
    /// |z|ⁿ · point for a point of the subgroup and n of `endomorphismExponent`, by an endomorphism.
    static func endomorphism(_ point: AffinePoint<Self>) -> AffinePoint<Self>
    /// The sum of scalar · point over the first `count` points of the subgroup by the processor's vectors; nil where it has
    /// none or they are too few for it.
    static func sumInLanes(
        of points: [AffinePoint<Self>], scalars: [UInt256], count: Int
    ) -> JacobianPoint<Self>?
    /// 2 for G1, 1 for G2.
    static var endomorphismExponent: Int { get }
}

extension BLS12381Curve {
    static var aIsMinusThree: Bool { false }
}

/// The constants that both curves share.
enum BLS12381 {
    /// |z|; z itself is negative.
    static var parameter: UInt64 { 0xD201_0000_0001_0000 }

    /// The order r of the subgroups.
    static var order: UInt256 {
        UInt256(limbs: 0xFFFF_FFFF_0000_0001, 0x53BD_A402_FFFE_5BFE, 0x3339_D808_09A1_D805, 0x73ED_A753_299D_7D48)
    }

    /// A number modulo r: at most two subtractions.
    static func reducedByOrder(_ scalar: UInt256) -> UInt256 {
        var scalar = scalar
        while let less = scalar.subtracting(order) { scalar = less }
        return scalar
    }

    /// The digits of a scalar below r to the base |z|: r is below |z|⁴, so that there are four.
    static func parameterDigits(_ scalar: UInt256) -> (UInt64, UInt64, UInt64, UInt64) {
        let inverse = reciprocal(parameter)
        func divide(_ value: UInt256) -> (quotient: UInt256, remainder: UInt64) {
            let (q3, r3) = divide2by1(0, value.limb3, by: parameter, reciprocal: inverse)
            let (q2, r2) = divide2by1(r3, value.limb2, by: parameter, reciprocal: inverse)
            let (q1, r1) = divide2by1(r2, value.limb1, by: parameter, reciprocal: inverse)
            let (q0, r0) = divide2by1(r1, value.limb0, by: parameter, reciprocal: inverse)
            return (UInt256(limbs: q0, q1, q2, q3), r0)
        }
        let (q0, d0) = divide(scalar)
        let (q1, d1) = divide(q0)
        let (q2, d2) = divide(q1)
        return (d0, d1, d2, q2.limb0)
    }
}

extension JacobianPoint where C: BLS12381Curve {
    /// |z| · self: 63 doublings and five additions, for any point of the curve.
    var timesParameter: Self {
        var result = (doubled + self).doubled(times: 2) + self
        result = result.doubled(times: 3) + self
        result = result.doubled(times: 9) + self
        result = result.doubled(times: 32) + self
        return result.doubled(times: 16)
    }

    private func doubled(times: Int) -> Self {
        var result = self
        for _ in 0..<times { result = result.doubled }
        return result
    }
}
