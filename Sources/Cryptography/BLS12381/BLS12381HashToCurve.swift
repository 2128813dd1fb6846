import Primitives

/// Hashing of messages to points of G1 and G2: the suites `BLS12381G1_XMD:SHA-256_SSWU_RO_` and
/// `BLS12381G2_XMD:SHA-256_SSWU_RO_` of RFC 9380.
public enum BLS12381HashToCurve {
    /// The point of G1 for a message under a domain separation tag, as 96 uncompressed bytes.
    public static func g1(_ message: [UInt8], domain: [UInt8]) -> [UInt8] {
        pointOfG1(message, domain: domain).uncompressed
    }

    /// The point of G2 for a message under a domain separation tag, as 192 uncompressed bytes, each coordinate with its
    /// u part first.
    public static func g2(_ message: [UInt8], domain: [UInt8]) -> [UInt8] {
        pointOfG2(message, domain: domain).uncompressed
    }

    static func pointOfG1(_ message: [UInt8], domain: [UInt8]) -> BLS12381G1.Affine {
        let u = elements(message, domain: domain, count: 2)
        let sum = u[0].mapped(to: BLS12381G1.self) + u[1].mapped(to: BLS12381G1.self)
        return BLS12381G1.clearingCofactor(of: sum).affine
    }

    static func pointOfG2(_ message: [UInt8], domain: [UInt8]) -> BLS12381G2.Affine {
        let u = elements(message, domain: domain, count: 4)
        let sum =
            BLS12381QuadraticField(u[0], u[1]).mapped(to: BLS12381G2.self)
            + BLS12381QuadraticField(u[2], u[3]).mapped(to: BLS12381G2.self)
        return BLS12381G2.clearingCofactor(of: sum).affine
    }

    /// Elements of the base field, each from 64 bytes of the expanded message (RFC 9380, section 5.2).
    private static func elements(_ message: [UInt8], domain: [UInt8], count: Int) -> [BLS12381Field] {
        expanded(message, domain: domain, count: 64 * count).withUnsafeBytes { bytes in
            (0..<count).map { BLS12381Field(reducingBigEndian: bytes.baseAddress! + 64 * $0) }
        }
    }

    /// `expand_message_xmd` with SHA-256 (RFC 9380, section 5.3.1).
    ///
    /// - Parameter count: the bytes wanted, a multiple of 32 and 8,160 at most.
    static func expanded(_ message: [UInt8], domain: [UInt8], count: Int) -> [UInt8] {
        // Longer tags are hashed (section 5.3.3).
        let tag = domain.count > 255 ? SHA256.hash(Array("H2C-OVERSIZE-DST-".utf8) + domain).bytes : domain
        let suffix = tag + [UInt8(truncatingIfNeeded: tag.count)]
        var first = [UInt8](repeating: 0, count: 64)
        first.append(contentsOf: message)
        first.append(UInt8(truncatingIfNeeded: count >> 8))
        first.append(UInt8(truncatingIfNeeded: count))
        first.append(0)
        let seed = SHA256.hash(first + suffix).bytes
        var result: [UInt8] = []
        result.reserveCapacity(count)
        var block = [UInt8](repeating: 0, count: 32)
        for index in 1...max(1, count / 32) {
            for position in 0..<32 { block[position] ^= seed[position] }
            block = SHA256.hash(block + [UInt8(truncatingIfNeeded: index)] + suffix).bytes
            result.append(contentsOf: block)
        }
        return result
    }
}
