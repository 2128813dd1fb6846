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
            var words = BLAKE2bWords(v)
            words.mix(UnsafePointer(m), rounds: rounds)
            words.store(to: v)
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

    private static let initialVector: [UInt64] = [
        0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1,
        0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f, 0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
    ]
}
