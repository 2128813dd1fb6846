import Primitives

/// A signature, or an aggregate of signatures: a point of G2 (draft-irtf-cfrg-bls-signature-05, section 4.2.3).
public struct BLS12381Signature: Equatable, Sendable {
    let point: BLS12381G2.Affine

    init(_ point: BLS12381G2.Affine) { self.point = point }

    /// The signature of 96 compressed bytes; nil where they are not a point of G2. Infinity is one: a valid signature of
    /// no message.
    public init?(_ bytes: [UInt8]) {
        guard let point = bytes.withUnsafeBytes({ BLS12381G2.Affine(compressed: $0) }), BLS12381G2.isInSubgroup(point)
        else { return nil }
        self.point = point
    }

    /// 96 compressed bytes.
    public var bytes: [UInt8] { point.compressed }

    /// The domain separation tags of signatures and of proofs of possession (section 4.2.3).
    static let domain = Array("BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_".utf8)
    static let proofDomain = Array("BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_".utf8)

    /// One signature for all, or nil where there is none (`Aggregate`, section 2.8).
    public static func aggregate(_ signatures: [Self]) -> Self? {
        if signatures.isEmpty { return nil }
        var sum = BLS12381G2.Point.infinity
        for signature in signatures { sum = sum + signature.point }
        return Self(sum.affine)
    }

    /// Whether this is the key's signature of the message (`CoreVerify`, section 2.7).
    public func isValid(for message: [UInt8], by key: BLS12381PublicKey) -> Bool { isValid(for: [(key, message)]) }

    /// Whether this aggregates signatures of the same message by all the keys, each of which must have a proof of
    /// possession (`FastAggregateVerify`, section 3.3.4); false without keys.
    public func isValid(for message: [UInt8], byAll keys: [BLS12381PublicKey]) -> Bool {
        guard let key = BLS12381PublicKey.aggregate(keys) else { return false }
        return isValid(for: message, by: key)
    }

    /// Whether this aggregates signatures, each of a message by a key (`CoreAggregateVerify`, section 2.9); false where
    /// there is none.
    public func isValid(for messages: [(key: BLS12381PublicKey, message: [UInt8])]) -> Bool {
        if messages.isEmpty { return false }
        var pairs = [(-BLS12381G1.generator, point)]
        pairs.reserveCapacity(messages.count + 1)
        for (key, message) in messages {
            pairs.append((key.point, BLS12381HashToCurve.pointOfG2(message, domain: Self.domain)))
        }
        return BLS12381Pairing.isOne(pairs)
    }

    /// Whether all the signatures are valid, with one final exponentiation for all; true where there is none.
    ///
    /// The equations are added up with factors of 128 bits that come from a hash of all of them, so that a wrong one
    /// passes with a probability of 2⁻¹²⁸ (J. Camenisch, S. Hohenberger, M. Pedersen, "Batch verification of short
    /// signatures", 2007).
    public static func areValid(
        _ sets: [(key: BLS12381PublicKey, message: [UInt8], signature: BLS12381Signature)]
    ) -> Bool {
        if sets.isEmpty { return true }
        let factors = batchFactors(sets)
        let signatures = BLS12381G2.sum(of: sets.map { $0.signature.point }, scalars: factors)
        var keys: [BLS12381G1.Point] = []
        keys.reserveCapacity(sets.count)
        for (set, factor) in zip(sets, factors) { keys.append(BLS12381G1.product(set.key.point, factor)) }
        let scaled = BLS12381G1.Point.affine(keys)
        var pairs = [(-BLS12381G1.generator, signatures.affine)]
        pairs.reserveCapacity(sets.count + 1)
        for index in sets.indices {
            let message = BLS12381HashToCurve.pointOfG2(sets[index].message, domain: domain)
            pairs.append((scaled[index], message))
        }
        return BLS12381Pairing.isOne(pairs)
    }

    /// A factor of 128 bits, not zero, for each set.
    private static func batchFactors(
        _ sets: [(key: BLS12381PublicKey, message: [UInt8], signature: BLS12381Signature)]
    ) -> [UInt256] {
        var transcript: [UInt8] = []
        transcript.reserveCapacity(sets.count * 176)
        for (key, message, signature) in sets {
            transcript.append(contentsOf: key.bytes)
            transcript.append(contentsOf: SHA256.hash(message).bytes)
            transcript.append(contentsOf: signature.bytes)
        }
        let seed = SHA256.hash(transcript)
        return sets.indices.map { index in
            let hash = UInt256(SHA256.hash(seed.bytes + UInt256(UInt64(index)).bytes))
            return max((hash >> 128), .one)
        }
    }
}
