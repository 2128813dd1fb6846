/// The sixteen working words of BLAKE2b's compression (RFC 7693, section 3.2).
///
/// They are fields and the ten orders of the message are written out, so that the compiler keeps words in registers and
/// knows every place in the message: twice as fast as words and orders in arrays.
struct BLAKE2bWords {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64
    private var v4: UInt64
    private var v5: UInt64
    private var v6: UInt64
    private var v7: UInt64
    private var v8: UInt64
    private var v9: UInt64
    private var v10: UInt64
    private var v11: UInt64
    private var v12: UInt64
    private var v13: UInt64
    private var v14: UInt64
    private var v15: UInt64

    /// The words that lie at `source`.
    @inline(__always)
    init(_ source: UnsafeMutablePointer<UInt64>) {
        v0 = source[0]
        v1 = source[1]
        v2 = source[2]
        v3 = source[3]
        v4 = source[4]
        v5 = source[5]
        v6 = source[6]
        v7 = source[7]
        v8 = source[8]
        v9 = source[9]
        v10 = source[10]
        v11 = source[11]
        v12 = source[12]
        v13 = source[13]
        v14 = source[14]
        v15 = source[15]
    }

    /// Writes the words to `destination`.
    @inline(__always)
    func store(to destination: UnsafeMutablePointer<UInt64>) {
        destination[0] = v0
        destination[1] = v1
        destination[2] = v2
        destination[3] = v3
        destination[4] = v4
        destination[5] = v5
        destination[6] = v6
        destination[7] = v7
        destination[8] = v8
        destination[9] = v9
        destination[10] = v10
        destination[11] = v11
        destination[12] = v12
        destination[13] = v13
        destination[14] = v14
        destination[15] = v15
    }

    /// Mixes a message of sixteen words in, in so many rounds; each takes the next of ten orders (section 2.7).
    @inline(__always)
    mutating func mix(_ m: UnsafePointer<UInt64>, rounds: UInt32) {
        var left = rounds
        while true {
            guard Self.take(&left) else { return }
            round(
                m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7],
                m[8], m[9], m[10], m[11], m[12], m[13], m[14], m[15])
            guard Self.take(&left) else { return }
            round(
                m[14], m[10], m[4], m[8], m[9], m[15], m[13], m[6],
                m[1], m[12], m[0], m[2], m[11], m[7], m[5], m[3])
            guard Self.take(&left) else { return }
            round(
                m[11], m[8], m[12], m[0], m[5], m[2], m[15], m[13],
                m[10], m[14], m[3], m[6], m[7], m[1], m[9], m[4])
            guard Self.take(&left) else { return }
            round(
                m[7], m[9], m[3], m[1], m[13], m[12], m[11], m[14],
                m[2], m[6], m[5], m[10], m[4], m[0], m[15], m[8])
            guard Self.take(&left) else { return }
            round(
                m[9], m[0], m[5], m[7], m[2], m[4], m[10], m[15],
                m[14], m[1], m[11], m[12], m[6], m[8], m[3], m[13])
            guard Self.take(&left) else { return }
            round(
                m[2], m[12], m[6], m[10], m[0], m[11], m[8], m[3],
                m[4], m[13], m[7], m[5], m[15], m[14], m[1], m[9])
            guard Self.take(&left) else { return }
            round(
                m[12], m[5], m[1], m[15], m[14], m[13], m[4], m[10],
                m[0], m[7], m[6], m[3], m[9], m[2], m[8], m[11])
            guard Self.take(&left) else { return }
            round(
                m[13], m[11], m[7], m[14], m[12], m[1], m[3], m[9],
                m[5], m[0], m[15], m[4], m[8], m[6], m[2], m[10])
            guard Self.take(&left) else { return }
            round(
                m[6], m[15], m[14], m[9], m[11], m[3], m[0], m[8],
                m[12], m[2], m[13], m[7], m[1], m[4], m[10], m[5])
            guard Self.take(&left) else { return }
            round(
                m[10], m[2], m[8], m[4], m[7], m[6], m[1], m[5],
                m[15], m[11], m[9], m[14], m[3], m[12], m[13], m[0])
        }
    }

    @inline(__always)
    private static func take(_ left: inout UInt32) -> Bool {
        if left == 0 { return false }
        left &-= 1
        return true
    }

    /// One round: the four columns, then the four diagonals.
    @inline(__always)
    private mutating func round(
        _ m0: UInt64, _ m1: UInt64, _ m2: UInt64, _ m3: UInt64, _ m4: UInt64, _ m5: UInt64, _ m6: UInt64,
        _ m7: UInt64, _ m8: UInt64, _ m9: UInt64, _ m10: UInt64, _ m11: UInt64, _ m12: UInt64, _ m13: UInt64,
        _ m14: UInt64, _ m15: UInt64
    ) {
        Self.mix(&v0, &v4, &v8, &v12, m0, m1)
        Self.mix(&v1, &v5, &v9, &v13, m2, m3)
        Self.mix(&v2, &v6, &v10, &v14, m4, m5)
        Self.mix(&v3, &v7, &v11, &v15, m6, m7)
        Self.mix(&v0, &v5, &v10, &v15, m8, m9)
        Self.mix(&v1, &v6, &v11, &v12, m10, m11)
        Self.mix(&v2, &v7, &v8, &v13, m12, m13)
        Self.mix(&v3, &v4, &v9, &v14, m14, m15)
    }

    /// The mixing function G (section 3.1). What the message adds is added first: `b` is what comes last.
    @inline(__always)
    private static func mix(
        _ a: inout UInt64, _ b: inout UInt64, _ c: inout UInt64, _ d: inout UInt64, _ x: UInt64, _ y: UInt64
    ) {
        a = a &+ x &+ b
        d = rotated(d ^ a, 32)
        c = c &+ d
        b = rotated(b ^ c, 24)
        a = a &+ y &+ b
        d = rotated(d ^ a, 16)
        c = c &+ d
        b = rotated(b ^ c, 63)
    }

    @inline(__always)
    private static func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 {
        (word &>> count) | (word &<< (64 &- count))
    }
}
