extension BLS12381TwelfthField {
    /// The power p: each coefficient of wⁿ is conjugated and multiplied by (1 + u)^(n(p − 1)/6).
    @inline(never)
    func frobenius() -> Self {
        Self(
            .init(c0.c0.conjugate, c0.c1.conjugate * Self.frobeniusFactor2, c0.c2.conjugate * Self.frobeniusFactor4),
            .init(
                c1.c0.conjugate * Self.frobeniusFactor1, c1.c1.conjugate * Self.frobeniusFactor3,
                c1.c2.conjugate * Self.frobeniusFactor5))
    }

    /// The power p²: the factors are the sixth roots of one.
    @inline(never)
    func frobeniusSquared() -> Self {
        let root = Self.cubeRootOfOne
        // root + 1 = −root², a primitive sixth root.
        let sixth = root + .one
        return Self(.init(c0.c0, c0.c1 * root, c0.c2 * -sixth), .init(c1.c0 * sixth, -c1.c1, c1.c2 * -root))
    }

    private static var frobeniusFactor1: BLS12381QuadraticField {
        BLS12381QuadraticField(
            BLS12381Field(
                montgomery: 0x0708_9552_B319_D465, 0xC669_5F92_B50A_8313, 0x97E8_3CCC_D117_228F, 0xA35B_AECA_B2DC_29EE,
                0x1CE3_93EA_5DAA_CE4D, 0x08F2_220F_B0FB_66EB),
            BLS12381Field(
                montgomery: 0xB2F6_6AAD_4CE5_D646, 0x5842_A06B_FC49_7CEC, 0xCF48_95D4_2599_D394, 0xC11B_9CBA_40A8_E8D0,
                0x2E38_13CB_E5A0_DE89, 0x110E_EFDA_8884_7FAF))
    }

    private static var frobeniusFactor2: BLS12381QuadraticField {
        BLS12381QuadraticField(
            .zero,
            BLS12381Field(
                montgomery: 0xCD03_C9E4_8671_F071, 0x5DAB_2246_1FCD_A5D2, 0x5870_42AF_D385_1B95, 0x8EB6_0EBE_01BA_CB9E,
                0x03F9_7D6E_83D0_50D2, 0x18F0_2065_5463_8741))
    }

    private static var frobeniusFactor3: BLS12381QuadraticField {
        BLS12381QuadraticField(
            BLS12381Field(
                montgomery: 0x7BCF_A7A2_5AA3_0FDA, 0xDC17_DEC1_2A92_7E7C, 0x2F08_8DD8_6B4E_BEF1, 0xD1CA_2087_DA74_D4A7,
                0x2DA2_5966_96CE_BC1D, 0x0E2B_7EED_BBFD_87D2),
            BLS12381Field(
                montgomery: 0x7BCF_A7A2_5AA3_0FDA, 0xDC17_DEC1_2A92_7E7C, 0x2F08_8DD8_6B4E_BEF1, 0xD1CA_2087_DA74_D4A7,
                0x2DA2_5966_96CE_BC1D, 0x0E2B_7EED_BBFD_87D2))
    }

    private static var frobeniusFactor4: BLS12381QuadraticField {
        BLS12381QuadraticField(
            BLS12381Field(
                montgomery: 0x890D_C9E4_8675_45C3, 0x2AF3_2253_3285_A5D5, 0x5088_0866_309B_7E2C, 0xA20D_1B8C_7E88_1024,
                0x14E4_F04F_E2DB_9068, 0x14E5_6D3F_1564_853A),
            .zero)
    }

    private static var frobeniusFactor5: BLS12381QuadraticField {
        BLS12381QuadraticField(
            BLS12381Field(
                montgomery: 0x82D8_3CF5_0DBC_E43F, 0xA281_3E53_DF9D_018F, 0xC6F0_CAA5_3C65_E181, 0x7525_CF52_8D50_FE95,
                0x4A85_ED50_F479_8A6B, 0x171D_A0FD_6CF8_EEBD),
            BLS12381Field(
                montgomery: 0x3726_C30A_F242_C66C, 0x7C2A_C1AA_D1B6_FE70, 0xA040_07FB_BA4B_14A2, 0xEF51_7C32_6634_1429,
                0x0095_BA65_4ED2_226B, 0x02E3_70EC_CC86_F7DD))
    }

    /// (1 + u)^((p² − 1)/3), a primitive cube root of one.
    private static var cubeRootOfOne: BLS12381Field {
        BLS12381Field(
            montgomery: 0x30F1_361B_798A_64E8, 0xF3B8_DDAB_7ECE_5A2A, 0x16A8_CA3A_C615_77F7, 0xC26A_2FF8_74FD_029B,
            0x3636_B766_6070_1C6E, 0x051B_A4AB_241B_6160)
    }
}
