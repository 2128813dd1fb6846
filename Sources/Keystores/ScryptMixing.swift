/// scrypt (RFC 7914) for parameters that libcrypto refuses.
///
/// Processors that Mayfly runs on are little-endian, as scrypt's words are.
enum ScryptMixing {
    /// - Parameters: within the limits of `KeyDerivation`.
    /// - Complexity: 128·n·r bytes of memory, 4·n·r·p Salsa20/8 cores.
    static func derive(
        _ password: borrowing SecretBytes, _ salt: [UInt8], n: Int, r: Int, p: Int
    ) throws(KeystoreError) -> SecretBytes {
        let words = 32 * r
        var blocks = try KeyDerivation.pbkdf2(password, salt: salt, rounds: 1, count: p * words * 4)
        var table = SecretBytes(zeros: n * words * 4)
        var scratch = SecretBytes(zeros: words * 4)
        blocks.withUnsafeMutableBytes { blocks in
            table.withUnsafeMutableBytes { table in
                scratch.withUnsafeMutableBytes { scratch in
                    let blocks = blocks.bindMemory(to: UInt32.self).baseAddress!
                    let table = table.bindMemory(to: UInt32.self).baseAddress!
                    let scratch = scratch.bindMemory(to: UInt32.self).baseAddress!
                    for block in 0..<p { mix(blocks + block * words, table, scratch, n: n, r: r) }
                }
            }
        }
        return try KeyDerivation.pbkdf2(password, salt: blocks, rounds: 1, count: KeyDerivation.keyBytes)
    }

    /// scryptROMix (section 5): fills the table in order, and reads it where the block says.
    private static func mix(
        _ block: UnsafeMutablePointer<UInt32>, _ table: UnsafeMutablePointer<UInt32>,
        _ scratch: UnsafeMutablePointer<UInt32>, n: Int, r: Int
    ) {
        let words = 32 * r
        for index in 0..<n {
            (table + index * words).update(from: block, count: words)
            mixBlock(block, scratch, r: r)
        }
        for _ in 0..<n {
            // n is a power of two that fits 32 bits.
            let row = table + (Int(block[words - 16]) & (n - 1)) * words
            for word in 0..<words { block[word] ^= row[word] }
            mixBlock(block, scratch, r: r)
        }
    }

    /// scryptBlockMix (section 4), in place.
    private static func mixBlock(_ block: UnsafeMutablePointer<UInt32>, _ scratch: UnsafeMutablePointer<UInt32>, r: Int)
    {
        var last = block + (2 * r - 1) * 16
        for index in 0..<2 * r {
            let target = scratch + (index / 2 + (index % 2) * r) * 16
            let source = block + index * 16
            for word in 0..<16 { target[word] = source[word] ^ last[word] }
            salsa(target)
            last = target
        }
        block.update(from: scratch, count: 32 * r)
    }

    /// The Salsa20/8 core (section 3), in place.
    private static func salsa(_ words: UnsafeMutablePointer<UInt32>) {
        var (x0, x1, x2, x3) = (words[0], words[1], words[2], words[3])
        var (x4, x5, x6, x7) = (words[4], words[5], words[6], words[7])
        var (x8, x9, x10, x11) = (words[8], words[9], words[10], words[11])
        var (x12, x13, x14, x15) = (words[12], words[13], words[14], words[15])
        for _ in 0..<4 {
            quarter(&x0, &x4, &x8, &x12)
            quarter(&x5, &x9, &x13, &x1)
            quarter(&x10, &x14, &x2, &x6)
            quarter(&x15, &x3, &x7, &x11)
            quarter(&x0, &x1, &x2, &x3)
            quarter(&x5, &x6, &x7, &x4)
            quarter(&x10, &x11, &x8, &x9)
            quarter(&x15, &x12, &x13, &x14)
        }
        words[0] &+= x0
        words[1] &+= x1
        words[2] &+= x2
        words[3] &+= x3
        words[4] &+= x4
        words[5] &+= x5
        words[6] &+= x6
        words[7] &+= x7
        words[8] &+= x8
        words[9] &+= x9
        words[10] &+= x10
        words[11] &+= x11
        words[12] &+= x12
        words[13] &+= x13
        words[14] &+= x14
        words[15] &+= x15
    }

    @inline(__always)
    private static func quarter(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32, _ d: inout UInt32) {
        b ^= rotate(a &+ d, 7)
        c ^= rotate(b &+ a, 9)
        d ^= rotate(c &+ b, 13)
        a ^= rotate(d &+ c, 18)
    }

    @inline(__always)
    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word &<< count | word &>> (32 &- count) }
}
