import Primitives

/// The points of G1 that commit to polynomials by their values: [Lₓ(τ)] for the 8,192 numbers x of an extended blob, in
/// its order.
///
/// For the first half, the roots of unity of order 4,096, Lₓ is of degree below 4,096, one at x and zero at the other
/// roots; for the second half it is the same among the other roots of unity of order 8,192. Each half alone commits to any
/// polynomial of degree below 4,096; the proofs of cells need both.
public struct TrustedSetup: Sendable {
    let points: [AffinePoint<BLS12381G1>]

    /// The points in compressed form, one after the other.
    package var compressedPoints: [UInt8] { points.flatMap { $0.compressed } }

    /// The setup of the KZG ceremony of 2023, which Ethereum uses.
    ///
    /// - Complexity: 8,192 square roots, about a quarter of a second.
    public static func mainnet() -> TrustedSetup {
        TrustedSetup(
            points: EncodedPoints(MainnetSetup.lagrange).points()
                + EncodedPoints(MainnetSetup.cosetLagrange).points())
    }
}

/// The points of the ceremony that verification needs.
enum VerificationPoints {
    /// [τ] in G2.
    static let power1: AffinePoint<BLS12381G2> = EncodedPoints(MainnetSetup.secondPower1).points()[0]
    /// [τ⁶⁴] in G2.
    static let power64: AffinePoint<BLS12381G2> = EncodedPoints(MainnetSetup.secondPower64).points()[0]
    /// [τⁱ] in G1, i < 64.
    static let powers: [AffinePoint<BLS12381G1>] = EncodedPoints(MainnetSetup.powers).points()
}

/// Points in lines of 64 characters of base 64, 48 bytes each.
struct EncodedPoints {
    private let text: StaticString

    init(_ text: StaticString) { self.text = text }

    /// The points, which are known to be in the subgroup.
    func points<C: BLS12381Curve>() -> [AffinePoint<C>] {
        let bytes = self.bytes
        let size = AffinePoint<C>.compressedByteCount
        return bytes.withUnsafeBytes { bytes in
            (0..<(bytes.count / size)).map { index in
                let encoded = UnsafeRawBufferPointer(rebasing: bytes[(index * size)..<((index + 1) * size)])
                guard let point = AffinePoint<C>(compressed: encoded) else {
                    preconditionFailure("the points of the setup are constants")
                }
                return point
            }
        }
    }

    /// The decoded text, without padding.
    var bytes: [UInt8] {
        text.withUTF8Buffer { text in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.count / 4 * 3)
            var (bits, count): (UInt32, UInt32) = (0, 0)
            for character in text {
                guard let digit = Self.digit(character) else { continue }
                bits = bits &<< 6 | digit
                count &+= 6
                if count >= 8 {
                    count &-= 8
                    bytes.append(UInt8(truncatingIfNeeded: bits &>> count))
                }
            }
            return bytes
        }
    }

    /// The value of a digit of base 64 (RFC 4648, section 4); nil for the end of a line.
    private static func digit(_ character: UInt8) -> UInt32? {
        switch character {
        case 0x41...0x5A: UInt32(character) &- 0x41
        case 0x61...0x7A: UInt32(character) &- 0x61 &+ 26
        case 0x30...0x39: UInt32(character) &- 0x30 &+ 52
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }
}

extension TrustedSetup {
    /// The commitment Σ value·[Lₓ(τ)], the first value being that at the number with index `start`.
    func sum(_ values: some Collection<BLS12381Scalar>, from start: Int) -> JacobianPoint<BLS12381G1> {
        BLS12381G1.sum(of: Array(points[start..<(start + values.count)]), scalars: values.map { $0.value })
    }
}
