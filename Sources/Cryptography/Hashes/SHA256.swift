#if canImport(CHashes) && !hasFeature(Embedded)
    import CHashes
#endif
public import Primitives

/// SHA-256 (FIPS 180-4, section 6.2).
public enum SHA256 {
    /// The hash of `bytes`.
    ///
    /// - Complexity: O(*n*), no allocation.
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> Hash256 {
        var state = State()
        let whole = bytes.count & ~63
        if whole > 0, let start = bytes.baseAddress { state.compress(start, count: whole &>> 6) }
        withUnsafeTemporaryAllocation(byteCount: 128, alignment: 16) { tail in
            let rest = bytes.count &- whole
            for index in 0..<128 { tail[index] = index < rest ? bytes[whole &+ index] : 0 }
            tail[rest] = 0x80
            let blocks = rest < 56 ? 1 : 2
            let length = (UInt64(bytes.count) &* 8).bigEndian
            tail.storeBytes(of: length, toByteOffset: blocks &* 64 &- 8, as: UInt64.self)
            if let start = tail.baseAddress { state.compress(UnsafeRawPointer(start), count: blocks) }
        }
        return state.digest
    }

    /// The hash of `bytes`.
    public static func hash(_ bytes: [UInt8]) -> Hash256 { bytes.withUnsafeBytes { hash($0) } }

    static let roundConstants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]

    private struct State {
        var words: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (
            0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19
        )

        @inline(__always)
        private func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
            (word &>> count) | (word &<< (32 &- count))
        }

        /// Takes in blocks of 64 bytes, by the processor's own instructions where it has them.
        mutating func compress(_ blocks: UnsafeRawPointer, count: Int) {
            #if canImport(CHashes) && !hasFeature(Embedded)
                let isDone = withUnsafeMutableBytes(of: &words) { words in
                    guard let state = words.baseAddress?.assumingMemoryBound(to: UInt32.self) else { return false }
                    return mayfly_sha256_compress(state, blocks.assumingMemoryBound(to: UInt8.self), count) != 0
                }
                if isDone { return }
            #endif
            for index in 0..<count { compressPortably(blocks + index &* 64) }
        }

        /// Takes in one block of 64 bytes.
        mutating func compressPortably(_ block: UnsafeRawPointer) {
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
                let w = schedule.baseAddress!
                for index in 0..<16 {
                    w[index] = block.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self).bigEndian
                }
                for index in 16..<64 {
                    let (x, y) = (w[index - 15], w[index - 2])
                    let s0 = rotated(x, 7) ^ rotated(x, 18) ^ (x &>> 3)
                    let s1 = rotated(y, 17) ^ rotated(y, 19) ^ (y &>> 10)
                    w[index] = w[index - 16] &+ s0 &+ w[index - 7] &+ s1
                }
                var (a, b, c, d, e, f, g, h) = words
                SHA256.roundConstants.withUnsafeBufferPointer { constants in
                    for index in 0..<64 {
                        let s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
                        let t1 = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ constants[index] &+ w[index]
                        let s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
                        let t2 = s0 &+ ((a & b) ^ (a & c) ^ (b & c))
                        (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
                    }
                }
                words.0 &+= a
                words.1 &+= b
                words.2 &+= c
                words.3 &+= d
                words.4 &+= e
                words.5 &+= f
                words.6 &+= g
                words.7 &+= h
            }
        }

        var digest: Hash256 {
            func pair(_ high: UInt32, _ low: UInt32) -> UInt64 { UInt64(high) << 32 | UInt64(low) }
            return Hash256(
                UInt256(
                    limbs: pair(words.6, words.7), pair(words.4, words.5), pair(words.2, words.3),
                    pair(words.0, words.1)))
        }
    }
}
