// Powers of p as maps of the fields: conjugation, and factors that are powers of ξ = 9 + i.

extension BN254.Fp12 {
    /// The power p.
    @inline(never)
    func frobenius() -> Fp12 {
        Fp12(
            Fp6(
                c0.c0.conjugated, c0.c1.conjugated * BN254.xiPower1of2, c0.c2.conjugated * BN254.xiPower1of4),
            Fp6(
                c1.c0.conjugated * BN254.xiPower1of1, c1.c1.conjugated * BN254.xiPower1of3,
                c1.c2.conjugated * BN254.xiPower1of5))
    }

    /// The power p².
    @inline(never)
    func frobeniusSquared() -> Fp12 {
        Fp12(
            Fp6(c0.c0, c0.c1 * BN254.xiPower2of2, c0.c2 * BN254.xiPower2of4),
            Fp6(c1.c0 * BN254.xiPower2of1, -c1.c1, c1.c2 * BN254.xiPower2of5))
    }

    /// The power p³.
    @inline(never)
    func frobeniusCubed() -> Fp12 { frobeniusSquared().frobenius() }
}

/// `xiPowerKofN` is ξ to the power of N·(pᴷ − 1)/6; for an even K it lies in Fp.
extension BN254 {
    static var xiPower1of1: Fp2 {
        Fp2(
            Fp(montgomery: 0xAF9B_A696_3314_4907, 0xCA6B_1D73_87AF_B78A, 0x11BD_ED5E_F08A_2087, 0x02F3_4D75_1A1F_3A7C),
            Fp(montgomery: 0xA222_AE23_4C49_2D72, 0xD00F_02A4_565D_E15B, 0xDC2F_F3A2_53DF_C926, 0x10A7_5716_B389_9551))
    }

    static var xiPower1of2: Fp2 {
        Fp2(
            Fp(montgomery: 0xB577_3B10_4563_AB30, 0x347F_91C8_A9AA_6454, 0x7A00_7127_242E_0991, 0x1956_BCD8_1182_14EC),
            Fp(montgomery: 0x6E84_9F1E_A0AA_4757, 0xAA1C_7B6D_89F8_9141, 0xB6E7_13CD_FAE0_CA3A, 0x2669_4FBB_4E82_EBC3))
    }

    static var xiPower1of3: Fp2 {
        Fp2(
            Fp(montgomery: 0xE4BB_DD0C_2936_B629, 0xBB30_F162_E133_BACB, 0x31A9_D1B6_F964_5366, 0x2535_70BE_A500_F8DD),
            Fp(montgomery: 0xA1D7_7CE4_5FFE_77C7, 0x07AF_FD11_7826_D1DB, 0x6D16_BD27_BB7E_DC6B, 0x2C87_2002_85DE_FECC))
    }

    static var xiPower1of4: Fp2 {
        Fp2(
            Fp(montgomery: 0x7361_D77F_843A_BE92, 0xA5BB_2BD3_2734_11FB, 0x9C94_1F31_4B3E_2399, 0x15DF_9CDD_BB9F_D3EC),
            Fp(montgomery: 0x5DDD_FD15_4BD8_C949, 0x62CB_29A5_A444_5B60, 0x37BC_870A_0C7D_D2B9, 0x2483_0A9D_3171_F0FD))
    }

    static var xiPower1of5: Fp2 {
        Fp2(
            Fp(montgomery: 0xC970_692F_4169_0FE7, 0xE240_3421_2769_4B0B, 0x32BE_E66B_83C4_59E8, 0x12AA_BCED_0AB0_8841),
            Fp(montgomery: 0x0D48_5D23_40AE_BFA9, 0x0519_3418_AB2F_CC57, 0xD3B0_A40B_8A49_10F5, 0x2F21_EBB5_35D2_925A))
    }

    static var xiPower2of1: Fp {
        Fp(montgomery: 0xCA8D_8005_00FA_1BF2, 0xF0C5_D614_68B3_9769, 0x0E20_1271_AD0D_4418, 0x0429_0F65_BAD8_56E6)
    }

    static var xiPower2of2: Fp {
        Fp(montgomery: 0x3350_C88E_13E8_0B9C, 0x7DCE_557C_DB5E_56B9, 0x6001_B4B8_B615_564A, 0x2682_E617_0202_17E0)
    }

    static var xiPower2of4: Fp {
        Fp(montgomery: 0x7193_0C11_D782_E155, 0xA6BB_947C_FFBE_3323, 0xAA30_3344_D474_1444, 0x2C3B_3F0D_2659_4943)
    }

    static var xiPower2of5: Fp {
        Fp(montgomery: 0x08CF_C388_C494_F1AB, 0x19B3_1514_8D13_73D4, 0x584E_90FD_CB6C_0213, 0x09E1_685B_DF2F_8849)
    }

    static var xiPower3of2: Fp2 {
        Fp2(
            Fp(montgomery: 0xC9AF_22F7_16AD_6BAD, 0xB311_782A_4AA6_62B2, 0x19EE_AF64_E248_C7F4, 0x2027_3E77_E343_9F82),
            Fp(montgomery: 0xACC0_2860_F7CE_93AC, 0x3933_D581_7BA7_6B4C, 0x69E6_188B_446C_8467, 0x0A46_036D_4417_CC55))
    }

    static var xiPower3of3: Fp2 {
        Fp2(
            Fp(montgomery: 0x5764_AF0A_AF46_471E, 0xDC50_792E_873E_0FC1, 0x86A6_73FF_881D_04F6, 0x0B2E_DDB4_3C30_A74C),
            Fp(montgomery: 0x9A49_0F32_787E_8580, 0x8FD1_6D7F_F04A_F8B1, 0x4B39_888E_C602_7BF2, 0x03DD_2E70_5B52_A15D))
    }
}
