/// What Brotli makes of a dictionary word (RFC 7932, section 8 and appendix B): a prefix, the word changed, a suffix.
enum BrotliTransform {
    /// How many transforms there are.
    static let count = 121

    /// Writes the word of `length` bytes at `offset` in the dictionary, transformed.
    ///
    /// - Returns: how many bytes were written; nil where the output's limit is reached.
    static func append(
        _ transform: Int, offset: Int, length: Int, words: [UInt8], to output: inout BoundedOutput
    ) -> Int? {
        let start = output.count
        guard append(affixes[Int(triples[3 * transform])], to: &output) else { return nil }
        let kind = Int(triples[3 * transform + 1])
        var word = words[offset..<offset + length]
        switch kind {
        case 1...9: word = word.dropLast(kind)
        case 12...20: word = word.dropFirst(kind - 11)
        default: break
        }
        if kind == 10 || kind == 11 { raiseCase(&word, all: kind == 11) }
        for byte in word { guard output.append(byte) else { return nil } }
        guard append(affixes[Int(triples[3 * transform + 2])], to: &output) else { return nil }
        return output.count - start
    }

    private static func append(_ affix: StaticString, to output: inout BoundedOutput) -> Bool {
        output.append(affix.utf8Start, count: affix.utf8CodeUnitCount)
    }

    /// Turns letters to upper case as Brotli takes them to be: by the first byte of each character.
    private static func raiseCase(_ word: inout ArraySlice<UInt8>, all: Bool) {
        var index = word.startIndex
        repeat {
            guard index < word.endIndex else { return }
            let first = word[index]
            if first < 0xC0 {
                if first >= 0x61 && first <= 0x7A { word[index] ^= 0x20 }
                index += 1
            } else if first < 0xE0 {
                if index + 1 < word.endIndex { word[index + 1] ^= 0x20 }
                index += 2
            } else {
                if index + 2 < word.endIndex { word[index + 2] ^= 0x05 }
                index += 3
            }
        } while all
    }

    /// What stands before and after words.
    private static let affixes: [StaticString] = [
        " ", ", ", " of the ", " of ", "s ", ".", " and ", " in ", "\"", " to ", "\">", "\n", ". ", "]", " for ",
        " a ", " that ", "'", " with ", " from ", " by ", "(", ". The ", " on ", " as ", " is ", "ing ", "\n\t", ":",
        "ed ", "=\"", " at ", "ly ", ",", "='", ".com/", ". This ", " not ", "er ", "al ", "ful ", "ive ", "less ",
        "est ", "ize ", "\u{A0}", "ous ", " the ", "e ", "",
    ]

    /// Of each transform: the prefix; 0 for the word as it is, 1 to 9 for it without so many bytes at its end, 10 with its
    /// first letter raised, 11 with all, 12 to 20 for it without 1 to 9 bytes at its beginning; the suffix.
    private static let triples: [UInt8] = [
        49, 0, 49, 49, 0, 0, 0, 0, 0, 49, 12, 49, 49, 10, 0, 49, 0, 47, 0, 0, 49, 4, 0, 0, 49, 0, 3, 49, 10, 49, 49, 0,
        6, 49, 13, 49, 49, 1, 49, 1, 0, 0, 49, 0, 1, 0, 10, 0, 49, 0, 7, 49, 0, 9, 48, 0, 0, 49, 0, 8, 49, 0, 5, 49, 0,
        10, 49, 0, 11, 49, 3, 49, 49, 0, 13, 49, 0, 14, 49, 14, 49, 49, 2, 49, 49, 0, 15, 49, 0, 16, 0, 10, 49, 49, 0,
        12, 5, 0, 49, 0, 0, 1, 49, 15, 49, 49, 0, 18, 49, 0, 17, 49, 0, 19, 49, 0, 20, 49, 16, 49, 49, 17, 49, 47, 0,
        49, 49, 4, 49, 49, 0, 22, 49, 11, 49, 49, 0, 23, 49, 0, 24, 49, 0, 25, 49, 7, 49, 49, 1, 26, 49, 0, 27, 49, 0,
        28, 0, 0, 12, 49, 0, 29, 49, 20, 49, 49, 18, 49, 49, 6, 49, 49, 0, 21, 49, 10, 1, 49, 8, 49, 49, 0, 31, 49, 0,
        32, 47, 0, 3, 49, 5, 49, 49, 9, 49, 0, 10, 1, 49, 10, 8, 5, 0, 21, 49, 11, 0, 49, 10, 10, 49, 0, 30, 0, 0, 5,
        35, 0, 49, 47, 0, 2, 49, 10, 17, 49, 0, 36, 49, 0, 33, 5, 0, 0, 49, 10, 21, 49, 10, 5, 49, 0, 37, 0, 0, 30, 49,
        0, 38, 0, 11, 0, 49, 0, 39, 0, 11, 49, 49, 0, 34, 49, 11, 8, 49, 10, 12, 0, 0, 21, 49, 0, 40, 0, 10, 12, 49, 0,
        41, 49, 0, 42, 49, 11, 17, 49, 0, 43, 0, 10, 5, 49, 11, 10, 0, 0, 34, 49, 10, 33, 49, 0, 44, 49, 11, 5, 45, 0,
        49, 0, 0, 33, 49, 10, 30, 49, 11, 30, 49, 0, 46, 49, 11, 1, 49, 10, 34, 0, 10, 33, 0, 11, 30, 0, 11, 1, 49, 11,
        33, 49, 11, 21, 49, 11, 12, 0, 11, 5, 49, 11, 34, 0, 11, 12, 0, 10, 30, 0, 11, 34, 0, 10, 34,
    ]
}
