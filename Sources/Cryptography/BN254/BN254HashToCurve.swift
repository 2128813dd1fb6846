public import Primitives

extension BN254 {
    /// The point that EigenLayer's contracts hash a digest to (`BN254.hashToG1` of eigenlayer-contracts).
    ///
    /// x is the digest modulo p, then counted up until x³ + 3 is a square; y is the root (x³ + 3)^((p + 1)/4). Not for
    /// secret digests: how often x is counted up, twice on average, shows in the time.
    ///
    /// - Complexity: about 600 products of the field.
    public static func hashToG1(_ digest: Hash256) -> G1 {
        let number = UInt256(digest) % Fp.modulus
        var x = Fp(montgomery: number.limb0, number.limb1, number.limb2, number.limb3) * Fp.squaredRadix
        let three = Fp.one.doubled + Fp.one
        while true {
            let square = x.squared * x + three
            let y = square.power(rootExponent)
            if y.squared == square { return G1(JacobianPoint(x: x, y: y)) }
            x = x + .one
        }
    }

    /// (p + 1)/4, p being 3 modulo 4.
    private static var rootExponent: [UInt64] {
        [0x4F08_2305_B61F_3F52, 0x65E0_5AA4_5A1C_72A3, 0x6E14_116D_A060_5617, 0x0C19_139C_B84C_680A]
    }
}
