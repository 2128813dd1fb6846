public import Primitives

/// A secret key of the aggregate signatures that EigenLayer's contracts verify: a number between 1 and the order of the
/// groups, exclusive.
///
/// Signatures are points of G1; a public key has a point of G1, which contracts add up cheaply, and one of G2, which
/// pairings need (`BN254`, `BN254SignatureVerifier` and `KeyRegistrar` of eigenlayer-contracts; D. Boneh, B. Lynn and
/// H. Shacham, "Short signatures from the Weil pairing", 2001).
public struct BN254SecretKey: Sendable {
    private let scalar: UInt256

    /// Nil where the number is zero or not below the order.
    public init?(_ scalar: UInt256) {
        guard !scalar.isZero, scalar < BN254.groupOrder else { return nil }
        self.scalar = scalar
    }

    /// Both points: scalar · (1, 2) in G1 and scalar times the generator of G2.
    public var publicKey: BN254PublicKey {
        BN254PublicKey(
            trusted: BN254.G1(affine: BN254G1Curve.publicProduct(BN254.G1.generator.affine, secret: scalar)),
            BN254.G2(affine: BN254G2Curve.publicProduct(BN254.G2.generator.affine, secret: scalar)))
    }

    /// The signature of a digest: scalar · `BN254.hashToG1`.
    ///
    /// The proof of possession that `KeyRegistrar` asks for is the signature of the digest it gives for a registration
    /// (`getBN254KeyRegistrationMessageHash`).
    public func sign(_ digest: Hash256) -> BN254Signature {
        BN254Signature(
            trusted: BN254.G1(affine: BN254G1Curve.publicProduct(BN254.hashToG1(digest).affine, secret: scalar)))
    }
}

extension BN254EndomorphicCurve {
    /// scalar · point in constant time, for a point of the group that is not infinity and a scalar from 1 below r.
    fileprivate static func publicProduct(_ point: AffinePoint<Self>, secret scalar: UInt256) -> AffinePoint<Self> {
        let product = product(point, secret: scalar)
        // z depends on the scalar, too.
        let inverse = product.z.invertedInConstantTime
        let square = inverse.squared
        return AffinePoint(x: product.x * square, y: product.y * square * inverse)
    }
}

/// A public key, or an aggregate of public keys: the same multiple of both generators, not infinity.
public struct BN254PublicKey: Equatable, Sendable {
    public let g1: BN254.G1
    public let g2: BN254.G2

    init(trusted g1: BN254.G1, _ g2: BN254.G2) {
        self.g1 = g1
        self.g2 = g2
    }

    /// The key of two points; nil where one is infinity, or where they are not of one key, as a pairing tells.
    ///
    /// This is how an aggregate is checked whose point in G2 a certificate claims and whose point in G1 is known.
    ///
    /// - Complexity: a product of two pairings.
    public init?(g1: BN254.G1, g2: BN254.G2) {
        self.init(registeredG1: g1, g2: g2)
        guard BN254.isPairingProductOne([(-self.g1, .generator), (.generator, self.g2)]) else { return nil }
    }

    /// The key of two points of which it is known that they are of one key, as `KeyRegistrar` on L1 checks before it
    /// registers a key; nil where one is infinity.
    public init?(registeredG1 g1: BN254.G1, g2: BN254.G2) {
        guard !g1.isInfinity, !g2.isInfinity else { return nil }
        self.init(trusted: BN254.G1(affine: g1.affine), BN254.G2(affine: g2.affine))
    }

    /// The key of 192 bytes as `KeyRegistrar` takes them (`encodeBN254KeyData`): the point of G1 (x, y), then that of G2
    /// (x, y, the imaginary parts first), 32 bytes each.
    ///
    /// Nil for another count, for a coordinate not below p, for a point that is infinity, off its curve or outside its
    /// group, and for points that are not of one key.
    public init?(_ bytes: [UInt8]) {
        guard let (g1, g2) = Self.points(bytes) else { return nil }
        self.init(g1: g1, g2: g2)
    }

    /// The same without the pairing, for a key that `KeyRegistrar` has registered.
    public init?(registered bytes: [UInt8]) {
        guard let (g1, g2) = Self.points(bytes) else { return nil }
        self.init(registeredG1: g1, g2: g2)
    }

    private static func points(_ bytes: [UInt8]) -> (BN254.G1, BN254.G2)? {
        guard bytes.count == 192 else { return nil }
        return bytes.withUnsafeBytes { bytes in
            guard let g1 = BN254.G1(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<64])),
                let g2 = BN254.G2(bytes: UnsafeRawBufferPointer(rebasing: bytes[64...]))
            else { return nil }
            return (g1, g2)
        }
    }

    /// 192 bytes, as they are read.
    public var bytes: [UInt8] { g1.bytes + g2.bytes }

    /// The key for which signatures of one digest by all keys, aggregated, are valid; nil where there is no key or a sum
    /// is infinity.
    ///
    /// Whoever chooses a key after the others' can cancel them in the sum: each key must have proven that its secret key
    /// is known, as all that are registered have.
    public static func aggregate(_ keys: [Self]) -> Self? {
        var g1 = BN254.JacobianPoint<BN254.Fp>.infinity
        var g2 = BN254.JacobianPoint<BN254.Fp2>.infinity
        for key in keys {
            g1.add(key.g1.point)
            g2.add(key.g2.point)
        }
        return Self(registeredG1: BN254.G1(g1), g2: BN254.G2(g2))
    }

    /// The aggregate without keys that are part of it: those of operators who did not sign. Nil where nothing is left.
    public func without(_ keys: [Self]) -> Self? {
        guard let others = Self.aggregate(keys) else { return keys.isEmpty ? self : nil }
        return Self(registeredG1: g1 + -others.g1, g2: g2 + -others.g2)
    }
}
