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

        /// Takes in blocks of 64 bytes, by the processor's own instructions where it has them.
        mutating func compress(_ blocks: UnsafeRawPointer, count: Int) {
            #if canImport(CHashes) && !hasFeature(Embedded)
                let isDone = withUnsafeMutableBytes(of: &words) { words in
                    guard let state = words.baseAddress?.assumingMemoryBound(to: UInt32.self) else { return false }
                    return mayfly_sha256_compress(state, blocks.assumingMemoryBound(to: UInt8.self), count) != 0
                }
                if isDone { return }
            #endif
            compressPortably(blocks, blocks: count)
        }

        /// Takes in blocks of 64 bytes: sixteen rounds at a time, their message words in variables of their own.
        private mutating func compressPortably(_ start: UnsafeRawPointer, blocks: Int) {
            SHA256.roundConstants.withUnsafeBufferPointer { constants in
                var (a, b, c, d, e, f, g, h) = words
                for index in 0..<blocks {
                    let block = start + index &* 64
                    func word(_ index: Int) -> UInt32 {
                        block.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self).bigEndian
                    }
                    var w0 = word(0)
                    var w1 = word(1)
                    var w2 = word(2)
                    var w3 = word(3)
                    var w4 = word(4)
                    var w5 = word(5)
                    var w6 = word(6)
                    var w7 = word(7)
                    var w8 = word(8)
                    var w9 = word(9)
                    var w10 = word(10)
                    var w11 = word(11)
                    var w12 = word(12)
                    var w13 = word(13)
                    var w14 = word(14)
                    var w15 = word(15)
                    var k = constants.baseAddress!
                    let end = k + 48
                    var differs = b ^ c
                    while true {
                        round(a, b, &d, e, f, g, &h, &differs, k[0] &+ w0)
                        round(h, a, &c, d, e, f, &g, &differs, k[1] &+ w1)
                        round(g, h, &b, c, d, e, &f, &differs, k[2] &+ w2)
                        round(f, g, &a, b, c, d, &e, &differs, k[3] &+ w3)
                        round(e, f, &h, a, b, c, &d, &differs, k[4] &+ w4)
                        round(d, e, &g, h, a, b, &c, &differs, k[5] &+ w5)
                        round(c, d, &f, g, h, a, &b, &differs, k[6] &+ w6)
                        round(b, c, &e, f, g, h, &a, &differs, k[7] &+ w7)
                        round(a, b, &d, e, f, g, &h, &differs, k[8] &+ w8)
                        round(h, a, &c, d, e, f, &g, &differs, k[9] &+ w9)
                        round(g, h, &b, c, d, e, &f, &differs, k[10] &+ w10)
                        round(f, g, &a, b, c, d, &e, &differs, k[11] &+ w11)
                        round(e, f, &h, a, b, c, &d, &differs, k[12] &+ w12)
                        round(d, e, &g, h, a, b, &c, &differs, k[13] &+ w13)
                        round(c, d, &f, g, h, a, &b, &differs, k[14] &+ w14)
                        round(b, c, &e, f, g, h, &a, &differs, k[15] &+ w15)
                        if k == end { break }
                        k += 16
                        w0 = w0 &+ small0(w1) &+ w9 &+ small1(w14)
                        w1 = w1 &+ small0(w2) &+ w10 &+ small1(w15)
                        w2 = w2 &+ small0(w3) &+ w11 &+ small1(w0)
                        w3 = w3 &+ small0(w4) &+ w12 &+ small1(w1)
                        w4 = w4 &+ small0(w5) &+ w13 &+ small1(w2)
                        w5 = w5 &+ small0(w6) &+ w14 &+ small1(w3)
                        w6 = w6 &+ small0(w7) &+ w15 &+ small1(w4)
                        w7 = w7 &+ small0(w8) &+ w0 &+ small1(w5)
                        w8 = w8 &+ small0(w9) &+ w1 &+ small1(w6)
                        w9 = w9 &+ small0(w10) &+ w2 &+ small1(w7)
                        w10 = w10 &+ small0(w11) &+ w3 &+ small1(w8)
                        w11 = w11 &+ small0(w12) &+ w4 &+ small1(w9)
                        w12 = w12 &+ small0(w13) &+ w5 &+ small1(w10)
                        w13 = w13 &+ small0(w14) &+ w6 &+ small1(w11)
                        w14 = w14 &+ small0(w15) &+ w7 &+ small1(w12)
                        w15 = w15 &+ small0(w0) &+ w8 &+ small1(w13)
                    }
                    a &+= words.0
                    b &+= words.1
                    c &+= words.2
                    d &+= words.3
                    e &+= words.4
                    f &+= words.5
                    g &+= words.6
                    h &+= words.7
                    words = (a, b, c, d, e, f, g, h)
                }
            }
        }

        @inline(__always)
        private func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
            (word &>> count) | (word &<< (32 &- count))
        }

        /// σ0 of the message schedule.
        @inline(__always)
        private func small0(_ word: UInt32) -> UInt32 { rotated(word, 7) ^ rotated(word, 18) ^ (word &>> 3) }

        /// σ1 of the message schedule.
        @inline(__always)
        private func small1(_ word: UInt32) -> UInt32 { rotated(word, 17) ^ rotated(word, 19) ^ (word &>> 10) }

        /// One round, its variables named by their part in it: the new `e` is left in `d`, the new `a` in `h`.
        ///
        /// - Parameter differs: b ^ c, and a ^ b afterwards, which is b ^ c for the next round.
        @inline(__always)
        private func round(
            _ a: UInt32, _ b: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: inout UInt32,
            _ differs: inout UInt32, _ addend: UInt32
        ) {
            let choice = g ^ (e & (f ^ g))
            let first = h &+ addend &+ choice &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25))
            let next = a ^ b
            let majority = b ^ (next & differs)
            differs = next
            d = d &+ first
            h = first &+ majority &+ (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22))
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
