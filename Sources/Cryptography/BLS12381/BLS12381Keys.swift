public import Primitives

/// A secret key of BLS signatures: a number between 1 and the order of the groups, exclusive.
///
/// The ciphersuite is that of Ethereum's consensus, `BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_`: public keys in G1,
/// signatures in G2 (draft-irtf-cfrg-bls-signature-05, section 4.2.3).
public struct BLS12381SecretKey: Sendable {
    private let scalar: UInt256

    /// Nil where the number is zero or not below the order.
    public init?(_ scalar: UInt256) {
        guard !scalar.isZero, scalar < BLS12381.order else { return nil }
        self.scalar = scalar
    }

    public var publicKey: BLS12381PublicKey {
        BLS12381PublicKey(BLS12381G1.product(BLS12381G1.generator, secret: scalar).affine)
    }

    /// The signature of a message.
    public func sign(_ message: [UInt8]) -> BLS12381Signature { sign(message, domain: BLS12381Signature.domain) }

    /// The proof of possession, which protects aggregates from keys made up from others' (section 3.3.2).
    public var proofOfPossession: BLS12381Signature {
        sign(publicKey.bytes, domain: BLS12381Signature.proofDomain)
    }

    private func sign(_ message: [UInt8], domain: [UInt8]) -> BLS12381Signature {
        let point = BLS12381HashToCurve.pointOfG2(message, domain: domain)
        return BLS12381Signature(BLS12381G2.product(point, secret: scalar).affine)
    }
}

/// A public key: a point of G1 that is not infinity.
public struct BLS12381PublicKey: Equatable, Sendable {
    let point: BLS12381G1.Affine

    init(_ point: BLS12381G1.Affine) { self.point = point }

    /// The key of 48 compressed bytes; nil where they are not a point of G1, or infinity (`KeyValidate`, section 2.5).
    public init?(_ bytes: [UInt8]) {
        guard let point = bytes.withUnsafeBytes({ BLS12381G1.Affine(compressed: $0) }), !point.isInfinity,
            BLS12381G1.isInSubgroup(point)
        else { return nil }
        self.point = point
    }

    /// Whether bytes are those of a point of G1, infinity included.
    public static func isPoint(_ bytes: [UInt8]) -> Bool {
        guard let point = bytes.withUnsafeBytes({ BLS12381G1.Affine(compressed: $0) }) else { return false }
        return BLS12381G1.isInSubgroup(point)
    }

    /// 48 compressed bytes.
    public var bytes: [UInt8] { point.compressed }

    /// The key for which signatures of one message by all keys, aggregated, are valid; nil where there is no key or the
    /// sum is infinity.
    public static func aggregate(_ keys: [Self]) -> Self? {
        var sum = BLS12381G1.Point.infinity
        for key in keys { sum = sum + key.point }
        return sum.isInfinity ? nil : Self(sum.affine)
    }

    /// Whether the owner of the key knows its secret key (`PopVerify`, section 3.3.3).
    public func isPossessed(proof: BLS12381Signature) -> Bool {
        let message = BLS12381HashToCurve.pointOfG2(bytes, domain: BLS12381Signature.proofDomain)
        return BLS12381Pairing.isOne([(-BLS12381G1.generator, proof.point), (point, message)])
    }
}
