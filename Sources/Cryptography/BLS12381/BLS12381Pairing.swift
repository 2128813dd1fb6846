/// The optimal ate pairing of G1 and G2 of BLS12-381.
enum BLS12381Pairing {
    /// Whether the product of the pairings of points of the subgroups is one; false where a point of the second group is
    /// outside its subgroup. Pairs with infinity count as one, as does the empty product.
    ///
    /// - Complexity: linear in the number of pairs, with one final exponentiation.
    static func isOne(_ pairs: [(BLS12381G1.Affine, BLS12381G2.Affine)]) -> Bool {
        var finite: [BLS12381MillerPair] = []
        finite.reserveCapacity(pairs.count)
        for (p, q) in pairs where !p.isInfinity && !q.isInfinity { finite.append(BLS12381MillerPair(p, q)) }
        return isOne(&finite) ?? false
    }

    /// The same for pairs without infinity; nil where a point of the second group is outside its subgroup.
    static func isOne(_ pairs: inout [BLS12381MillerPair]) -> Bool? {
        if pairs.isEmpty { return true }
        let product = pairs.withUnsafeMutableBufferPointer { BLS12381MillerPair.millerLoop($0) }
        guard let product else { return nil }
        return product.finalExponentiation() == .one
    }

    /// The third power of the pairing of two points of the subgroups; one where either is infinity.
    static func pairing(_ p: BLS12381G1.Affine, _ q: BLS12381G2.Affine) -> BLS12381TwelfthField {
        if p.isInfinity || q.isInfinity { return .one }
        var pairs = [BLS12381MillerPair(p, q)]
        return pairs.withUnsafeMutableBufferPointer { BLS12381MillerPair.millerLoop($0) }?.finalExponentiation() ?? .one
    }
}
