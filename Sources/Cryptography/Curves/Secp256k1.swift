public import Primitives

/// ECDSA over secp256k1 (SEC 1, SEC 2) as Ethereum uses it.
public enum Secp256k1 {
    /// A signature with the parity of the y coordinate of its nonce point.
    public struct Signature: Equatable, Sendable {
        public var r: UInt256
        public var s: UInt256
        public var isOdd: Bool

        public init(r: UInt256, s: UInt256, isOdd: Bool) {
            self.r = r
            self.s = s
            self.isOdd = isOdd
        }
    }

    /// The order of the group.
    public static var order: UInt256 { Secp256k1OrderModulus.modulus }

    /// Half the order, rounded down: the largest `s` of a transaction since Homestead (EIP-2).
    public static var halfOrder: UInt256 { order >> 1 }

    typealias Base = Secp256k1Coordinate
    typealias Scalar = Residue256<Secp256k1OrderModulus>
    typealias Point = JacobianPoint<Secp256k1Curve>

    /// The public key whose signature over `hash` this is, or nil where there is none.
    ///
    /// `r` and `s` must be between 1 and the order, exclusive; the x coordinate of the nonce point is `r` itself
    /// (Ethereum has no recovery ids above 1). Yellow paper, appendix F; SEC 1, section 4.1.6.
    public static func recoverPublicKey(
        hash: Hash256, r: UInt256, s: UInt256, isOdd: Bool
    ) -> (x: UInt256, y: UInt256)? {
        guard !r.isZero, r < order, !s.isZero, s < order, let noncePoint = point(x: r, isOdd: isOdd) else { return nil }
        let inverse = Scalar(r).inverse
        let message = Scalar(reducedByOrder(UInt256(hash)))
        let u1 = -(message * inverse)
        let u2 = Scalar(s) * inverse
        let sum = combination(u1.value, ofGeneratorAnd: u2.value, of: noncePoint)
        if sum.isInfinity { return nil }
        let affine = sum.affine
        return (affine.x.value, affine.y.value)
    }

    /// The address of the account whose signature over `hash` this is, or nil where there is none.
    public static func recoverAddress(hash: Hash256, r: UInt256, s: UInt256, isOdd: Bool) -> Address? {
        recoverPublicKey(hash: hash, r: r, s: s, isOdd: isOdd).map { address(ofPublicKey: $0) }
    }

    /// Whether the signature over `hash` is the public key's; `s` may be in either half.
    public static func verify(hash: Hash256, r: UInt256, s: UInt256, publicKey: (x: UInt256, y: UInt256)) -> Bool {
        guard !r.isZero, r < order, !s.isZero, s < order, let x = Base(canonical: publicKey.x),
            let y = Base(canonical: publicKey.y)
        else { return false }
        let key = AffinePoint<Secp256k1Curve>(x: x, y: y)
        guard key.isOnCurve else { return false }
        let inverse = Scalar(s).inverse
        let u1 = Scalar(reducedByOrder(UInt256(hash))) * inverse
        let u2 = Scalar(r) * inverse
        let sum = combination(u1.value, ofGeneratorAnd: u2.value, of: key)
        return !sum.isInfinity && reducedByOrder(sum.affine.x.value) == r
    }

    /// The public key of a private key, or nil where the key is zero or not below the order.
    public static func publicKey(of privateKey: UInt256) -> (x: UInt256, y: UInt256)? {
        guard !privateKey.isZero, privateKey < order else { return nil }
        let point = generatorMultiple(secret: privateKey)
        return (point.x.value, point.y.value)
    }

    /// The address of a private key, or nil where the key is zero or not below the order.
    public static func address(of privateKey: UInt256) -> Address? {
        publicKey(of: privateKey).map { address(ofPublicKey: $0) }
    }

    /// The last 20 bytes of the Keccak-256 hash of both coordinates.
    public static func address(ofPublicKey key: (x: UInt256, y: UInt256)) -> Address {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { bytes in
            key.x.storeBigEndian(to: bytes.baseAddress!)
            key.y.storeBigEndian(to: bytes.baseAddress! + 32)
            return Address(truncating: UInt256(Keccak256.hash(UnsafeRawBufferPointer(bytes))))
        }
    }

    // MARK: Internals

    /// A number below 2²⁵⁶ modulo the order: at most one subtraction.
    @inline(__always)
    static func reducedByOrder(_ value: UInt256) -> UInt256 { value.subtracting(order) ?? value }

    /// The point with this x coordinate and parity of y, or nil where no point has it.
    static func point(x: UInt256, isOdd: Bool) -> AffinePoint<Secp256k1Curve>? {
        guard let x = Base(canonical: x) else { return nil }
        let square = x.squared * x + Secp256k1Curve.b
        var y = square.squareRootCandidate
        guard y.squared == square else { return nil }
        if y.isOdd != isOdd { y = -y }
        return AffinePoint(x: x, y: y)
    }
}

/// y² = x³ + 7.
enum Secp256k1Curve: WeierstrassCurve {
    typealias Coordinate = Secp256k1Coordinate

    static var b: Coordinate { Coordinate(7) }
    static var aIsMinusThree: Bool { false }

    static var generator: AffinePoint<Secp256k1Curve> {
        AffinePoint(
            x: Coordinate(
                UInt256(
                    limbs: 0x59F2_815B_16F8_1798, 0x029B_FCDB_2DCE_28D9, 0x55A0_6295_CE87_0B07, 0x79BE_667E_F9DC_BBAC)),
            y: Coordinate(
                UInt256(
                    limbs: 0x9C47_D08F_FB10_D4B8, 0xFD17_B448_A685_5419, 0x5DA4_FBFC_0E11_08A8, 0x483A_DA77_26A3_C465))
        )
    }
}
