import Primitives

/// The precompiled contracts 0x06, 0x07 and 0x08 without their gas (EIP-196, EIP-197).
public enum BN254Precompiles {
    /// The sum of two points, of input cut or filled with zeros to 128 bytes: 64 bytes, or nil where the call fails.
    ///
    /// - Complexity: one inversion.
    public static func add(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
        withPaddedInput(input, count: 128) { bytes in
            guard let left = BN254.G1(bytes: UnsafeRawBufferPointer(rebasing: bytes[0..<64])),
                let right = BN254.G1(bytes: UnsafeRawBufferPointer(rebasing: bytes[64..<128]))
            else { return nil }
            return (left + right).bytes
        }
    }

    /// The multiple of a point, of input cut or filled with zeros to 96 bytes: 64 bytes, or nil where the call fails.
    public static func multiply(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
        withPaddedInput(input, count: 96) { bytes in
            guard let point = BN254.G1(bytes: UnsafeRawBufferPointer(rebasing: bytes[0..<64])),
                let base = bytes.baseAddress
            else { return nil }
            return point.multiplied(by: UInt256(bigEndian: base + 64)).bytes
        }
    }

    /// Whether a product of pairings is one, as a word of 32 bytes; nil where the call fails.
    ///
    /// - Parameter input: Pairs of 192 bytes, a point of the curve and one of the twist; the empty product is one.
    /// - Complexity: linear in the number of pairs, with one final exponentiation.
    public static func pairingCheck(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
        guard input.count % 192 == 0 else { return nil }
        var pairs: [BN254.MillerPair] = []
        pairs.reserveCapacity(input.count / 192)
        var offset = 0
        while offset < input.count {
            let bytes = UnsafeRawBufferPointer(rebasing: input[offset..<offset + 192])
            offset += 192
            guard let g1 = BN254.G1(bytes: UnsafeRawBufferPointer(rebasing: bytes[0..<64])),
                let base = bytes.baseAddress,
                let g2 = BN254.G2.curvePoint(base + 64)
            else { return nil }
            if g1.isInfinity {
                guard BN254.G2.isInGroup(g2) else { return nil }
            } else if !g2.isInfinity {
                pairs.append(BN254.MillerPair(px: g1.point.x, py: g1.point.y, q: g2))
            }
        }
        guard let isOne = BN254.isMillerProductOne(&pairs) else { return nil }
        var result = [UInt8](repeating: 0, count: 32)
        result[31] = isOne ? 1 : 0
        return result
    }

    private static func withPaddedInput(
        _ input: UnsafeRawBufferPointer, count: Int, _ body: (UnsafeRawBufferPointer) -> [UInt8]?
    ) -> [UInt8]? {
        withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { padded in
            let given = min(count, input.count)
            for index in given..<count { padded[index] = 0 }
            if given > 0, let target = padded.baseAddress, let source = input.baseAddress {
                target.copyMemory(from: source, byteCount: given)
            }
            return body(UnsafeRawBufferPointer(padded))
        }
    }
}
