import Primitives

extension Secp256k1 {
    /// A scalar as two halves of at most 128 bits with their signs, so that `scalar = first + second·λ` modulo the
    /// order, where λ·(x, y) = (β·x, y).
    ///
    /// Source: R. Gallant, R. Lambert, S. Vanstone, "Faster point multiplication on elliptic curves with efficient
    /// endomorphisms" (2001), with the division replaced by a product with ⌊2³⁸⁴·b/n⌉.
    struct SplitScalar {
        var first: UInt128
        var firstIsNegative: Bool
        var second: UInt128
        var secondIsNegative: Bool

        /// - Parameter scalar: a number below the order.
        init(_ scalar: UInt256) {
            let c1 = Self.rounded(
                scalar,
                UInt256(
                    limbs: 0xE893_209A_45DB_B031, 0x3DAA_8A14_71E8_CA7F, 0xE86C_90E4_9284_EB15, 0x3086_D221_A7D4_6BCD))
            let c2 = Self.rounded(
                scalar,
                UInt256(
                    limbs: 0x1571_B4AE_8AC4_7F71, 0x2212_08AC_9DF5_06C6, 0x6F54_7FA9_0ABF_E4C4, 0xE443_7ED6_010E_8828))
            // The short vectors (a1, b1) and (a2, b2) of the lattice, b1 being negative and b2 equal to a1. The halves
            // are below 2¹²⁸ in size, half the sum of the vectors, so arithmetic modulo 2²⁵⁶ gives them with their signs.
            let a1 = UInt256(limbs: 0xE86C_90E4_9284_EB15, 0x3086_D221_A7D4_6BCD, 0, 0)
            let a2 = UInt256(limbs: 0x57C1_108D_9D44_CFD8, 0x14CA_50F7_A8E2_F3F6, 1, 0)
            let minusB1 = UInt256(limbs: 0x6F54_7FA9_0ABF_E4C3, 0xE443_7ED6_010E_8828, 0, 0)
            (first, firstIsNegative) = Self.signed(scalar &- c1 &* a1 &- c2 &* a2)
            (second, secondIsNegative) = Self.signed(c1 &* minusB1 &- c2 &* a1)
        }

        /// ⌊scalar·factor / 2³⁸⁴⌉.
        private static func rounded(_ scalar: UInt256, _ factor: UInt256) -> UInt256 {
            let high = scalar.multipliedFullWidth(by: factor).high
            return UInt256(limbs: high.limb2, high.limb3, 0, 0) &+ UInt256(high.limb1 &>> 63)
        }

        /// The size and the sign of a number in two's complement.
        private static func signed(_ value: UInt256) -> (UInt128, Bool) {
            let isNegative = value.limb3 &>> 63 != 0
            let size = isNegative ? value.negated : value
            return (UInt128(size.limb1) &<< 64 | UInt128(size.limb0), isNegative)
        }
    }
}
