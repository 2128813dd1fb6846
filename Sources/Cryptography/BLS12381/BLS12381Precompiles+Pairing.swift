extension BLS12381Precompiles {
    /// Whether a product of pairings is one, as a word of 32 bytes; nil where the call fails.
    ///
    /// - Parameter input: pairs of 384 bytes, at least one: points of the subgroups of G1 and G2.
    /// - Complexity: linear in the number of pairs, with one final exponentiation.
    public static func pairingCheck(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let base = input.baseAddress, input.count > 0, input.count % 384 == 0 else { return nil }
        var pairs: [BLS12381MillerPair] = []
        pairs.reserveCapacity(input.count / 384)
        for offset in stride(from: 0, to: input.count, by: 384) {
            guard let p = BLS12381G1.Affine(padded: base + offset),
                let q = BLS12381G2.Affine(padded: base + offset + 128)
            else { return nil }
            // The Miller loop checks each q that it meets.
            if p.isInfinity {
                guard BLS12381G2.isInSubgroup(q) else { return nil }
            } else if BLS12381G1.isInSubgroup(p) {
                if !q.isInfinity { pairs.append(BLS12381MillerPair(p, q)) }
            } else {
                return nil
            }
        }
        guard let isOne = BLS12381Pairing.isOne(&pairs) else { return nil }
        var result = [UInt8](repeating: 0, count: 32)
        result[31] = isOne ? 1 : 0
        return result
    }
}
