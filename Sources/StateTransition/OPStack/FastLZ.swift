/// Measures how short FastLZ would make some bytes: the OP Stack's estimate of what a transaction takes in a batch
/// (Fjord). The length is that of level 1 of the reference compressor; nothing is compressed.
struct FastLZ {
    private static var tableBits: UInt32 { 13 }
    private static var largestDistance: Int { 8_191 }
    private static var longestMatch: Int { 262 }

    /// The position at which a hash of three bytes was last seen.
    private var table = [UInt32](repeating: 0, count: 1 << 13)

    /// The length of the compressed form.
    ///
    /// - Complexity: O(*n*).
    mutating func compressedCount(_ bytes: [UInt8]) -> UInt64 {
        for index in table.indices { table[index] = 0 }
        let end = bytes.count
        // The compressor leaves the last bytes alone, so that it may read ahead.
        let limit = end < 13 ? 0 : end - 13
        var count = 0
        var anchor = 0
        var position = 2
        while position < limit {
            guard let match = findMatch(in: bytes, from: &position, limit: limit) else { break }
            if position > anchor { count += Self.literalsCount(position - anchor) }
            let length = Self.commonLength(bytes, match + 3, position + 3, end: limit + 9)
            count += Self.matchCount(length)
            position += length
            enter(bytes, position)
            enter(bytes, position + 1)
            position += 2
            anchor = position
        }
        return UInt64(count + Self.literalsCount(end - anchor))
    }

    /// Advances `position` to the next three bytes that were seen before, not too far back; nil where the end comes
    /// first.
    private mutating func findMatch(in bytes: [UInt8], from position: inout Int, limit: Int) -> Int? {
        while position < limit {
            let sequence = Self.triple(bytes, position)
            let hash = Self.hash(sequence)
            let candidate = Int(table[hash])
            table[hash] = UInt32(truncatingIfNeeded: position)
            if position - candidate <= Self.largestDistance && Self.triple(bytes, candidate) == sequence {
                // The compressor does not take a match at the last place.
                return position + 1 < limit ? candidate : nil
            }
            position += 1
        }
        return nil
    }

    private mutating func enter(_ bytes: [UInt8], _ position: Int) {
        table[Self.hash(Self.triple(bytes, position))] = UInt32(truncatingIfNeeded: position)
    }

    private static func triple(_ bytes: [UInt8], _ position: Int) -> UInt32 {
        UInt32(bytes[position]) | UInt32(bytes[position + 1]) << 8 | UInt32(bytes[position + 2]) << 16
    }

    private static func hash(_ sequence: UInt32) -> Int { Int((sequence &* 2_654_435_769) >> (32 - tableBits)) }

    /// How many bytes from `first` on are the same as from `second` on, before `end`; one more where they end to differ.
    private static func commonLength(_ bytes: [UInt8], _ first: Int, _ second: Int, end: Int) -> Int {
        var length = 0
        while second + length < end {
            if bytes[first + length] != bytes[second + length] { return length + 1 }
            length += 1
        }
        return length
    }

    /// The room that `count` bytes take as they are: a byte more for every 32.
    private static func literalsCount(_ count: Int) -> Int {
        let rest = count % 32
        return 33 * (count / 32) + (rest == 0 ? 0 : rest + 1)
    }

    /// The room that a match takes which goes on for `length` after its first three bytes.
    private static func matchCount(_ length: Int) -> Int {
        let length = length - 1
        return 3 * (length / longestMatch) + (length % longestMatch >= 6 ? 3 : 2)
    }
}
