/// A value of a YAML text of the kind that test suites write: block mappings and sequences by indentation, flow sequences
/// in brackets over several lines, quoted or plain scalars. Anchors, tags, block scalars and documents are not taken.
public indirect enum YAMLValue {
    /// A scalar that stood without quotation marks: `null`, `true`, `17`.
    case plain(Slice<UnsafeRawBufferPointer>)
    /// A scalar in quotation marks, which hold no escapes.
    case quoted(Slice<UnsafeRawBufferPointer>)
    case sequence([YAMLValue])
    case mapping([(key: String, value: YAMLValue)])

    /// The member called `key` of a mapping.
    subscript(key: String) -> YAMLValue? {
        guard case .mapping(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The text of a scalar.
    var text: Slice<UnsafeRawBufferPointer>? {
        switch self {
        case .plain(let text), .quoted(let text): text
        case .sequence, .mapping: nil
        }
    }

    /// Whether this is the plain scalar `word`.
    func isPlain(_ word: String) -> Bool {
        guard case .plain(let text) = self else { return false }
        return text.elementsEqual(word.utf8)
    }
}

/// Reads a YAML text of that kind in one pass, copying no scalar: a blob is one line of 262,144 digits.
public struct YAMLReader {
    /// The deepest nesting taken.
    private static let deepestNesting = 16

    private let text: UnsafeRawBufferPointer
    private var position = 0
    private var line = 1
    /// The indentation of the item at `position`: its distance from the start of its line, a `- ` before it included.
    private var column = 0

    /// Reads `text`, which must outlive the value.
    ///
    /// - Throws: `FixtureError` with the number of the line.
    public static func read(_ text: UnsafeRawBufferPointer) throws(FixtureError) -> YAMLValue {
        var reader = YAMLReader(text: text)
        reader.skipToItem()
        let value = try reader.readBlock(depth: 0)
        guard reader.isAtEnd else { throw reader.error("text after the end of the value") }
        return value
    }

    private init(text: UnsafeRawBufferPointer) { self.text = text }

    // MARK: Blocks

    private mutating func readBlock(depth: Int) throws(FixtureError) -> YAMLValue {
        guard depth < Self.deepestNesting else { throw error("nested deeper than \(Self.deepestNesting) levels") }
        if isAtDash { return try readSequence(depth: depth) }
        if peek == UInt8(ascii: "[") { return try readFlow(depth: depth) }
        guard let key = scanKey() else { return try readScalar() }
        return try readMapping(firstKey: key, depth: depth)
    }

    private mutating func readSequence(depth: Int) throws(FixtureError) -> YAMLValue {
        let indentation = column
        var items: [YAMLValue] = []
        while !isAtEnd, column == indentation, isAtDash {
            advance(2)
            skipToItem()
            guard !isAtEnd, column > indentation else { throw error("a dash without an item") }
            items.append(try readBlock(depth: depth + 1))
        }
        return .sequence(items)
    }

    private mutating func readMapping(firstKey: String, depth: Int) throws(FixtureError) -> YAMLValue {
        let indentation = column
        var members: [(key: String, value: YAMLValue)] = []
        var key = firstKey
        while true {
            advance(key.utf8.count + 1)
            let keyLine = line
            skipToItem()
            // A sequence may stand at the indentation of its key; every other value is on the line or further in.
            guard !isAtEnd, line == keyLine || column > indentation || column == indentation && isAtDash else {
                throw error("\"\(key)\" has no value")
            }
            members.append((key, try readBlock(depth: depth + 1)))
            guard !isAtEnd, column == indentation else { return .mapping(members) }
            guard let next = scanKey() else { throw error("expected a key") }
            key = next
        }
    }

    // MARK: Scalars and flow sequences

    private mutating func readFlow(depth: Int) throws(FixtureError) -> YAMLValue {
        guard depth < Self.deepestNesting else { throw error("nested deeper than \(Self.deepestNesting) levels") }
        advance(1)
        var items: [YAMLValue] = []
        skipToItem()
        while peek != UInt8(ascii: "]") {
            items.append(peek == UInt8(ascii: "[") ? try readFlow(depth: depth + 1) : try readScalar())
            skipToItem()
            if peek == UInt8(ascii: ",") {
                advance(1)
                skipToItem()
            } else if peek != UInt8(ascii: "]") {
                throw error("expected a comma or ]")
            }
        }
        advance(1)
        skipToItem()
        return .sequence(items)
    }

    private mutating func readScalar() throws(FixtureError) -> YAMLValue {
        let first = peek
        if let first, first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") {
            advance(1)
            let start = position
            while let character = peek, character != first, character != UInt8(ascii: "\n") { position += 1 }
            guard peek == first else { throw error("a quotation mark without its partner") }
            let scalar = text[start..<position]
            position += 1
            skipToItem()
            return .quoted(scalar)
        }
        let start = position
        scan: while let character = peek {
            switch character {
            case 0x20, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "#"): break scan
            default: position += 1
            }
        }
        guard position > start else { throw error("expected a value") }
        let scalar = text[start..<position]
        skipToItem()
        return .plain(scalar)
    }

    /// The plain key before a colon at the current position, which stays where it is; nil where there is none.
    private func scanKey() -> String? {
        var end = position
        while end < text.count {
            switch text[end] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                end += 1
            case UInt8(ascii: ":") where end > position:
                return String(decoding: text[position..<end], as: UTF8.self)
            default: return nil
            }
        }
        return nil
    }

    // MARK: Characters

    private var isAtEnd: Bool { position >= text.count }

    private var peek: UInt8? { position < text.count ? text[position] : nil }

    private var isAtDash: Bool {
        guard peek == UInt8(ascii: "-") else { return false }
        return position + 1 >= text.count || text[position + 1] == 0x20 || text[position + 1] == 0x0A
    }

    private mutating func advance(_ count: Int) {
        position += count
        column += count
    }

    /// Moves over white space, line ends and comments, keeping count of line and column.
    private mutating func skipToItem() {
        while let character = peek {
            switch character {
            case 0x20: advance(1)
            case 0x0D: position += 1
            case 0x0A:
                position += 1
                line += 1
                column = 0
            case UInt8(ascii: "#"):
                while let character = peek, character != 0x0A { position += 1 }
            default: return
            }
        }
    }

    private func error(_ problem: String) -> FixtureError { FixtureError(place: "line \(line)", problem: problem) }
}
