extension BLS12381Field {
    /// `self` to the power (p − 3)/4: times `self` it is a square root where there is one, as p is 3 modulo 4.
    var squareRootPower: Self {
        power([
            0xEE7F_BFFF_FFFF_EAAA, 0x07AA_FFFF_AC54_FFFF, 0xD9CC_34A8_3DAC_3D89, 0xD91D_D2E1_3CE1_44AF,
            0x92C6_E9ED_90D2_EB35, 0x0680_447A_8E5F_F9A6,
        ])
    }

    /// A number whose square this is, or nil where there is none.
    package var squareRoot: Self? {
        let root = squareRootPower * self
        return root.squared == self ? root : nil
    }

    /// The number whose double this is.
    var halved: Self {
        self
            * Self(
                montgomery: 0x1804_0000_0001_5554, 0x8550_0005_3AB0_0001, 0x633C_B57C_253C_276F,
                0x6E22_D1EC_31EB_B502, 0xD391_6126_F2D1_4CA2, 0x17FB_B857_1A00_6596)
    }
}
