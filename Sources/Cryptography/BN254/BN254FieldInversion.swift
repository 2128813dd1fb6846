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
