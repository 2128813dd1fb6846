public import Primitives

/// A signature of a digest, or an aggregate of signatures of one digest: a point of G1 that is not infinity
/// (`BN254SignatureVerifier` of eigenlayer-contracts).
public struct BN254Signature: Equatable, Sendable {
    /// With z = 1.
    let point: BN254.G1

    init(trusted point: BN254.G1) { self.point = point }

    /// The signature of 64 bytes, x then y; nil for another count, for a coordinate not below p, and for a point that is
    /// infinity or off the curve.
    public init?(_ bytes: [UInt8]) {
        guard let point = bytes.withUnsafeBytes({ BN254.G1(bytes: $0) }), !point.isInfinity else { return nil }
        self.point = point
    }

    /// 64 bytes, x then y.
    public var bytes: [UInt8] { point.bytes }

    /// One signature for all, or nil where there is none or the sum is infinity.
    public static func aggregate(_ signatures: [Self]) -> Self? {
        var sum = BN254.JacobianPoint<BN254.Fp>.infinity
        for signature in signatures { sum.add(signature.point.point) }
        if sum.isInfinity { return nil }
        return Self(trusted: BN254.G1(affine: BN254.G1(sum).affine))
    }

    /// Whether this is the key's signature of the digest, or, where the key is an aggregate, one of all its keys:
    /// e(signature, G2) = e(hash, key).
    public func isValid(for digest: Hash256, by key: BN254PublicKey) -> Bool {
        BN254.isPairingProductOne([(-point, .generator), (BN254.hashToG1(digest), key.g2)])
    }

    /// Whether this aggregates signatures of the digest by all the keys, each of which must have proven that its secret
    /// key is known (`BN254PublicKey.aggregate`); false without keys.
    public func isValid(for digest: Hash256, byAll keys: [BN254PublicKey]) -> Bool {
        guard let key = BN254PublicKey.aggregate(keys) else { return false }
        return isValid(for: digest, by: key)
    }

    /// A signature that somebody claims to be the key's for the digest.
    public typealias Claim = (key: BN254PublicKey, digest: Hash256, signature: BN254Signature)

    /// Whether all the signatures are valid, each by its own key; true where there is none.
    ///
    /// The equations are added up with factors of 128 bits that come from a hash of all of them, so that a wrong one
    /// passes with a probability of about 2⁻¹²⁸, also where wrong ones cancel in a plain sum (J. Camenisch, S. Hohenberger
    /// and M. Pedersen, "Batch verification of short signatures", 2007).
    ///
    /// - Complexity: a pairing for each different digest and one more, one final exponentiation, and sums of products
    ///   with factors in both groups.
    public static func areValid(_ claims: [Claim]) -> Bool {
        BN254SignatureBatch(claims).isValid(0..<claims.count)
    }

    /// Whether all the signatures of one digest are valid, each by its own key; true where there is none.
    public static func areValid(
        _ signatures: [(key: BN254PublicKey, signature: BN254Signature)], for digest: Hash256
    ) -> Bool {
        areValid(signatures.map { ($0.key, digest, $0.signature) })
    }

    /// The indices of those that are not valid, in ascending order, found by halving.
    ///
    /// - Complexity: where all are valid, that of `areValid`; k that are not take about 2k·log₂(n/k) more of them, of ever
    ///   fewer signatures, and never more than 2n.
    public static func invalid(among claims: [Claim]) -> [Int] {
        BN254SignatureBatch(claims).invalid
    }

    /// The indices of the signatures of one digest that are not valid, in ascending order.
    public static func invalid(
        among signatures: [(key: BN254PublicKey, signature: BN254Signature)], for digest: Hash256
    ) -> [Int] {
        invalid(among: signatures.map { ($0.key, digest, $0.signature) })
    }
}
