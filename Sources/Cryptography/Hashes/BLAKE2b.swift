/// The compression function F of BLAKE2b (RFC 7693, section 3.2) as the precompile exposes it.
public enum BLAKE2b {
    /// The bytes of an input: rounds (4, big-endian), state (64), message (128), offset counters (16), final flag (1).
    public static let inputCount = 213

    /// Applies F (EIP-152).
    ///
    /// - Returns: the 64 bytes of the new state; nil where the input has another length or its flag is not 0 or 1.
    /// - Complexity: linear in the number of rounds, up to 2³² − 1: the caller has charged for them.
    public static func compress(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
        guard input.count == inputCount, input[212] <= 1 else { return nil }
        func word(_ offset: Int) -> UInt64 {
            input.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
        }
        let rounds = input.loadUnaligned(fromByteOffset: 0, as: UInt32.self).bigEndian
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 32) { scratch in
            let v = scratch.baseAddress!
            let m = v + 16
            for index in 0..<8 { v[index] = word(4 + index * 8) }
            for index in 0..<8 { v[8 + index] = initialVector[index] }
            for index in 0..<16 { m[index] = word(68 + index * 8) }
            v[12] ^= word(196)
            v[13] ^= word(204)
            if input[212] == 1 { v[14] = ~v[14] }
            messageOrder.withUnsafeBufferPointer { order in
                var row = 0
                for _ in 0..<rounds {
                    let s = order.baseAddress! + row
                    mix(v, 0, 4, 8, 12, m[Int(s[0])], m[Int(s[1])])
                    mix(v, 1, 5, 9, 13, m[Int(s[2])], m[Int(s[3])])
                    mix(v, 2, 6, 10, 14, m[Int(s[4])], m[Int(s[5])])
                    mix(v, 3, 7, 11, 15, m[Int(s[6])], m[Int(s[7])])
                    mix(v, 0, 5, 10, 15, m[Int(s[8])], m[Int(s[9])])
                    mix(v, 1, 6, 11, 12, m[Int(s[10])], m[Int(s[11])])
                    mix(v, 2, 7, 8, 13, m[Int(s[12])], m[Int(s[13])])
                    mix(v, 3, 4, 9, 14, m[Int(s[14])], m[Int(s[15])])
                    row = row == 144 ? 0 : row &+ 16
                }
            }
            var output: [UInt8] = []
            output.reserveCapacity(64)
            for index in 0..<8 {
                var lane = word(4 + index * 8) ^ v[index] ^ v[index + 8]
                for _ in 0..<8 {
                    output.append(UInt8(truncatingIfNeeded: lane))
                    lane >>= 8
                }
            }
            return output
        }
    }

    @inline(__always)
    private static func rotated(_ lane: UInt64, _ count: UInt64) -> UInt64 {
        (lane &>> count) | (lane &<< (64 &- count))
    }

    /// The mixing function G.
    @inline(__always)
    private static func mix(
        _ v: UnsafeMutablePointer<UInt64>, _ a: Int, _ b: Int, _ c: Int, _ d: Int, _ x: UInt64, _ y: UInt64
    ) {
        v[a] = v[a] &+ v[b] &+ x
        v[d] = rotated(v[d] ^ v[a], 32)
        v[c] = v[c] &+ v[d]
        v[b] = rotated(v[b] ^ v[c], 24)
        v[a] = v[a] &+ v[b] &+ y
        v[d] = rotated(v[d] ^ v[a], 16)
        v[c] = v[c] &+ v[d]
        v[b] = rotated(v[b] ^ v[c], 63)
    }

    private static let initialVector: [UInt64] = [
        0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1,
        0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f, 0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
    ]

    /// The order of the message words in each of ten rounds (RFC 7693, section 2.7).
    private static let messageOrder: [UInt8] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3,
        11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4,
        7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8,
        9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13,
        2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9,
        12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11,
        13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10,
        6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5,
        10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0,
    ]
}
