/// The one pass over a JSON text that fills the tape: an explicit stack instead of recursion.
struct JSONScanner {
    private let text: UnsafeRawBufferPointer
    private var position = 0
    private var tape: [JSONDocument.Entry] = []
    /// The tape indices of the containers that are open.
    private var open: [Int] = []

    init(text: UnsafeRawBufferPointer) { self.text = text }

    /// Reads exactly one value with white space around it.
    mutating func scan() throws(JSONSyntaxError) -> [JSONDocument.Entry] {
        guard text.count < Int(UInt32.max) else { throw error("the text is longer than 4 GiB") }
        tape.reserveCapacity(min(text.count / 24, 1 << 20) + 16)
        skipWhiteSpace()
        try scanValue()
        while let container = open.last {
            skipWhiteSpace()
            let isObject = tape[container].kind == .object
            if peek == (isObject ? Self.closingBrace : Self.closingBracket) {
                position += 1
                tape[container].next = UInt32(tape.count)
                open.removeLast()
                continue
            }
            if tape[container].count > 0 {
                guard peek == Self.comma else { throw error("expected a comma or the end of the container") }
                position += 1
                skipWhiteSpace()
            }
            tape[container].count += 1
            if isObject {
                guard peek == Self.quotationMark else { throw error("expected a member name in quotation marks") }
                try scanString()
                skipWhiteSpace()
                guard peek == Self.colon else { throw error("expected a colon after the member name") }
                position += 1
                skipWhiteSpace()
            }
            try scanValue()
        }
        skipWhiteSpace()
        guard position == text.count else { throw error("text after the end of the value") }
        return tape
    }

    // MARK: Values

    private mutating func scanValue() throws(JSONSyntaxError) {
        guard let first = peek else { throw error("the text ends where a value should begin") }
        switch first {
        case Self.quotationMark: try scanString()
        case Self.openingBrace: try beginContainer(.object)
        case Self.openingBracket: try beginContainer(.array)
        case UInt8(ascii: "t"): try scanWord("true", .true)
        case UInt8(ascii: "f"): try scanWord("false", .false)
        case UInt8(ascii: "n"): try scanWord("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try scanNumber()
        default: throw error("no value begins with this character")
        }
    }

    private mutating func beginContainer(_ kind: JSONDocument.Kind) throws(JSONSyntaxError) {
        guard open.count < JSONDocument.deepestNesting else {
            throw error("nested deeper than \(JSONDocument.deepestNesting) levels")
        }
        open.append(tape.count)
        append(kind, from: position, count: 0)
        position += 1
    }

    private mutating func scanWord(_ word: StaticString, _ kind: JSONDocument.Kind) throws(JSONSyntaxError) {
        let start = position
        for index in 0..<word.utf8CodeUnitCount {
            guard peek == word.utf8Start[index] else { throw error("expected \(word)") }
            position += 1
        }
        append(kind, from: start, count: position - start)
    }

    private mutating func scanNumber() throws(JSONSyntaxError) {
        let start = position
        if peek == UInt8(ascii: "-") { position += 1 }
        if peek == UInt8(ascii: "0") { position += 1 } else { try scanDigits() }
        if peek == UInt8(ascii: ".") {
            position += 1
            try scanDigits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            try scanDigits()
        }
        append(.number, from: start, count: position - start)
    }

    private mutating func scanDigits() throws(JSONSyntaxError) {
        let start = position
        while let character = peek, character >= 0x30, character <= 0x39 { position += 1 }
        guard position > start else { throw error("expected a digit") }
    }

    private mutating func scanString() throws(JSONSyntaxError) {
        position += 1
        let start = position
        var hasEscape = false
        while true {
            skipPlainCharacters()
            switch peek {
            case Self.quotationMark:
                append(hasEscape ? .escapedString : .string, from: start, count: position - start)
                position += 1
                return
            case Self.backslash:
                hasEscape = true
                position += 1
                try scanEscape()
            case nil: throw error("the text ends inside a string")
            default: throw error("a control character in a string must be escaped")
            }
        }
    }

    private mutating func scanEscape() throws(JSONSyntaxError) {
        switch peek {
        case UInt8(ascii: "u"):
            position += 1
            for _ in 0..<4 {
                guard let character = peek, HexDigit.value(character) < 16 else {
                    throw error("expected four hexadecimal digits after \\u")
                }
                position += 1
            }
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        default: throw error("no such escape")
        }
    }

    /// Moves to the next quotation mark, backslash, control character, or the end: eight bytes a step, since most of a
    /// fixture is long hexadecimal strings.
    private mutating func skipPlainCharacters() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        while position + 8 <= text.count {
            let word = text.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let quotes = word ^ (ones &* UInt64(Self.quotationMark))
            let backslashes = word ^ (ones &* UInt64(Self.backslash))
            // A byte below *n* borrows into its top bit; bytes over 127 are masked out by ~word.
            let isQuote = (quotes &- ones) & ~quotes
            let isBackslash = (backslashes &- ones) & ~backslashes
            let isControl = (word &- ones &* 0x20) & ~word
            let found = (isQuote | isBackslash | isControl) & tops
            if found != 0 {
                // A borrow can mark a byte after the first true hit, never one before it.
                position += found.trailingZeroBitCount / 8
                return
            }
            position += 8
        }
        while let character = peek, character != Self.quotationMark, character != Self.backslash, character >= 0x20 {
            position += 1
        }
    }

    // MARK: Characters

    private static let quotationMark = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
    private static let comma = UInt8(ascii: ",")
    private static let colon = UInt8(ascii: ":")
    private static let openingBrace = UInt8(ascii: "{")
    private static let closingBrace = UInt8(ascii: "}")
    private static let openingBracket = UInt8(ascii: "[")
    private static let closingBracket = UInt8(ascii: "]")

    private var peek: UInt8? { position < text.count ? text[position] : nil }

    private mutating func skipWhiteSpace() {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func append(_ kind: JSONDocument.Kind, from start: Int, count: Int) {
        tape.append(
            JSONDocument.Entry(
                offset: UInt32(start), count: UInt32(count), next: UInt32(tape.count + 1), kind: kind))
    }

    private func error(_ problem: String) -> JSONSyntaxError { JSONSyntaxError(offset: position, problem: problem) }
}

/// Hexadecimal digits as the readers of this target meet them.
enum HexDigit {
    /// The value of one ASCII digit, or 255.
    @inline(__always)
    static func value(_ character: UInt8) -> UInt8 {
        switch character {
        case 0x30...0x39: character &- 0x30
        case 0x41...0x46: character &- 0x37
        case 0x61...0x66: character &- 0x57
        default: 255
        }
    }
}
