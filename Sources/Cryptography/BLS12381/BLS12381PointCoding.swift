import Primitives

/// Points as bytes: x and y one after the other, or x alone with flags in its three highest bits, which p leaves free.
///
/// Source: the format of the Zcash implementation, adopted by draft-irtf-cfrg-pairing-friendly-curves, appendix C, and by
/// the Ethereum consensus specification.
extension AffinePoint where C: BLS12381Curve {
    private static var isCompressedFlag: UInt8 { 0x80 }
    private static var isInfinityFlag: UInt8 { 0x40 }
    private static var isGreaterHalfFlag: UInt8 { 0x20 }

    /// The bytes of a compressed point: 48 in G1, 96 in G2.
    static var compressedByteCount: Int { C.Coordinate.byteCount }

    /// A compressed point; nil where the bytes are not the one form of a point of the curve.
    ///
    /// It may lie outside the subgroup: see `BLS12381Curve.isInSubgroup`.
    init?(compressed bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.compressedByteCount, bytes[0] & Self.isCompressedFlag != 0 else { return nil }
        let flags = bytes[0] & 0xE0
        if flags & Self.isInfinityFlag != 0 {
            guard flags & Self.isGreaterHalfFlag == 0, Self.isZero(bytes, exceptFlags: flags) else { return nil }
            self = .infinity
            return
        }
        let x = withUnsafeTemporaryAllocation(byteCount: bytes.count, alignment: 8) { copy -> C.Coordinate? in
            copy.copyMemory(from: bytes)
            copy[0] &= 0x1F
            return C.Coordinate(bigEndian: copy.baseAddress!)
        }
        guard let x, let y = (x.squared * x + C.b).squareRoot else { return nil }
        self.init(x: x, y: y.isGreaterHalf == (flags & Self.isGreaterHalfFlag != 0) ? y : -y)
    }

    /// An uncompressed point, of twice as many bytes; nil where the bytes are not the one form of a point of the curve.
    init?(uncompressed bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 2 * Self.compressedByteCount else { return nil }
        let flags = bytes[0] & 0xE0
        if flags == Self.isInfinityFlag {
            guard Self.isZero(bytes, exceptFlags: flags) else { return nil }
            self = .infinity
            return
        }
        let base = bytes.baseAddress!
        guard flags == 0, let x = C.Coordinate(bigEndian: base),
            let y = C.Coordinate(bigEndian: base + C.Coordinate.byteCount)
        else { return nil }
        self.init(x: x, y: y)
        guard isOnCurve else { return nil }
    }

    var compressed: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.compressedByteCount)
        if isInfinity {
            bytes[0] = Self.isCompressedFlag | Self.isInfinityFlag
        } else {
            bytes.withUnsafeMutableBytes { x.storeBigEndian(to: $0.baseAddress!) }
            bytes[0] |= Self.isCompressedFlag | (y.isGreaterHalf ? Self.isGreaterHalfFlag : 0)
        }
        return bytes
    }

    var uncompressed: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 2 * Self.compressedByteCount)
        if isInfinity {
            bytes[0] = Self.isInfinityFlag
        } else {
            bytes.withUnsafeMutableBytes {
                x.storeBigEndian(to: $0.baseAddress!)
                y.storeBigEndian(to: $0.baseAddress! + C.Coordinate.byteCount)
            }
        }
        return bytes
    }

    private static func isZero(_ bytes: UnsafeRawBufferPointer, exceptFlags flags: UInt8) -> Bool {
        var sum = bytes[0] ^ flags
        for index in 1..<bytes.count { sum |= bytes[index] }
        return sum == 0
    }

    // MARK: EIP-2537

    /// The bytes of a point as EIP-2537 writes it: 128 in G1, 256 in G2.
    static var paddedByteCount: Int { 2 * C.Coordinate.paddedByteCount }

    /// A point of the curve as EIP-2537 writes it, infinity as zeros; nil for anything else.
    init?(padded bytes: UnsafeRawPointer) {
        guard let x = C.Coordinate(padded: bytes), let y = C.Coordinate(padded: bytes + C.Coordinate.paddedByteCount)
        else { return nil }
        if x.isZero && y.isZero {
            self = .infinity
            return
        }
        self.init(x: x, y: y)
        guard isOnCurve else { return nil }
    }

    /// The form of EIP-2537.
    var padded: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.paddedByteCount)
        if isInfinity { return bytes }
        bytes.withUnsafeMutableBytes {
            x.storePadded(to: $0.baseAddress!)
            y.storePadded(to: $0.baseAddress! + C.Coordinate.paddedByteCount)
        }
        return bytes
    }
}
