import Primitives

extension BN254.Fp {
    /// The inverse; zero for zero. Variable time: for public values.
    func inverted() -> BN254.Fp {
        let plain = Self.divisionSteps.inverse(of: limbs)
        // The input was x · 2²⁵⁶: the inverse is multiplied by 2⁵¹² to be in Montgomery form again.
        return BN254.Fp(montgomery: plain.limb0, plain.limb1, plain.limb2, plain.limb3) * Self.cubedRadix
    }

    @inline(__always)
    private static var divisionSteps: DivisionStepModulus {
        DivisionStepModulus(modulus, negatedInverse: negatedInverse)
    }

    /// 2⁷⁶⁸ modulo p.
    private static var cubedRadix: BN254.Fp {
        BN254.Fp(
            montgomery: 0xB1CD_6DAF_DA15_30DF, 0x62F2_10E6_A728_3DB6, 0xEF7F_0B0C_0ADA_0AFB, 0x20FD_6E90_2D59_2544)
    }
}

extension BN254.Fp {
    /// The power p − 2.
    var invertedInConstantTime: Self {
        power([Self.p0 &- 2, Self.p1, Self.p2, Self.p3])
    }

    @inline(__always)
    static func select(_ first: Self, _ second: Self, where condition: UInt64) -> Self {
        let mask = 0 &- condition
        return Self(
            montgomery: first.limb0 ^ ((first.limb0 ^ second.limb0) & mask),
            first.limb1 ^ ((first.limb1 ^ second.limb1) & mask), first.limb2 ^ ((first.limb2 ^ second.limb2) & mask),
            first.limb3 ^ ((first.limb3 ^ second.limb3) & mask))
    }
}

extension BN254.Fp2 {
    var invertedInConstantTime: Self {
        let inverse = (c0.squared + c1.squared).invertedInConstantTime
        return Self(c0 * inverse, -(c1 * inverse))
    }

    @inline(__always)
    static func select(_ first: Self, _ second: Self, where condition: UInt64) -> Self {
        Self(.select(first.c0, second.c0, where: condition), .select(first.c1, second.c1, where: condition))
    }
}
