/// A value of a `JSONDocument`: a cursor, cheap to copy.
public struct JSONValue {
    let document: JSONDocument
    let index: Int

    private var entry: JSONDocument.Entry { document.tape[index] }

    // MARK: Kind

    public var isObject: Bool { entry.kind == .object }
    public var isArray: Bool { entry.kind == .array }
    public var isNull: Bool { entry.kind == .null }
    public var isNumber: Bool { entry.kind == .number }
    public var isString: Bool { entry.kind == .string || entry.kind == .escapedString }

    /// The truth value, or nil for any other kind.
    public var boolean: Bool? {
        switch entry.kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// What the value is, for an error message.
    var kindName: String {
        switch entry.kind {
        case .null: "null"
        case .true, .false: "a truth value"
        case .number: "a number"
        case .string, .escapedString: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    // MARK: Text

    /// The bytes of a string without escapes, or of a number; nil for anything else.
    public var plainText: UnsafeRawBufferPointer? {
        guard entry.kind == .string || entry.kind == .number else { return nil }
        return UnsafeRawBufferPointer(rebasing: rawText)
    }

    /// The bytes of a string with its escapes resolved, or nil where it is none.
    public var stringBytes: [UInt8]? {
        switch entry.kind {
        case .string: Array(rawText)
        case .escapedString: JSONEscapes.resolve(rawText)
        default: nil
        }
    }

    /// A string, or the text of a number; nil for any other kind.
    public var text: String? {
        if let plainText { return String(decoding: plainText, as: UTF8.self) }
        return stringBytes.map { String(decoding: $0, as: UTF8.self) }
    }

    private var rawText: Slice<UnsafeRawBufferPointer> {
        let start = Int(entry.offset)
        return document.text[start..<start + Int(entry.count)]
    }

    /// Appends the value as JSON text, without white space.
    ///
    /// The recursion is as deep as the document, which has a bound.
    public func appendText(to text: inout [UInt8]) {
        switch entry.kind {
        case .null: text += "null".utf8
        case .true: text += "true".utf8
        case .false: text += "false".utf8
        case .number: text += rawText
        case .string, .escapedString:
            text.append(UInt8(ascii: "\""))
            text += rawText
            text.append(UInt8(ascii: "\""))
        case .array:
            text.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                element.appendText(to: &text)
            }
            text.append(UInt8(ascii: "]"))
        case .object:
            text.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                member.key.appendText(to: &text)
                text.append(UInt8(ascii: ":"))
                member.value.appendText(to: &text)
            }
            text.append(UInt8(ascii: "}"))
        }
    }

    // MARK: Containers

    /// The number of elements of an array or members of an object; 0 for anything else.
    public var count: Int { isObject || isArray ? Int(entry.count) : 0 }

    /// The elements of an array; none for anything else.
    public var elements: JSONElements {
        JSONElements(document: document, position: index + 1, remaining: isArray ? Int(entry.count) : 0)
    }

    /// The members of an object in the order of the text; none for anything else.
    public var members: JSONMembers {
        JSONMembers(document: document, position: index + 1, remaining: isObject ? Int(entry.count) : 0)
    }

    /// The element at `position` of an array.
    ///
    /// - Complexity: O(`position`).
    public subscript(position: Int) -> JSONValue? {
        guard isArray, position >= 0, position < count else { return nil }
        var next = index + 1
        for _ in 0..<position { next = Int(document.tape[next].next) }
        return JSONValue(document: document, index: next)
    }

    /// The member of an object called `name`: the first, should there be more.
    ///
    /// - Complexity: linear in the number of members.
    public subscript(name: String) -> JSONValue? {
        guard isObject else { return nil }
        var next = index + 1
        for _ in 0..<count {
            let key = JSONValue(document: document, index: next)
            next = Int(document.tape[next].next)
            if key.hasText(name) { return JSONValue(document: document, index: next) }
            next = Int(document.tape[next].next)
        }
        return nil
    }

    /// Whether this is the string `other`.
    public func hasText(_ other: String) -> Bool {
        guard let plain = plainText else { return text == other }
        var other = other
        return other.withUTF8 { plain.elementsEqual($0) }
    }

    // MARK: Place

    /// Where the value is in its document, as a JSON pointer (RFC 6901).
    ///
    /// - Complexity: linear in the size of the document's tape; meant for error messages.
    public var pointer: String {
        var pointer = ""
        var value = document.root
        while value.index != index {
            if value.isObject {
                guard let member = value.members.first(where: { $0.value.contains(index) }) else { break }
                let name = member.name.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
                pointer += "/" + name.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
                value = member.value
            } else {
                guard let found = value.elements.enumerated().first(where: { $0.element.contains(index) }) else {
                    break
                }
                pointer += "/\(found.offset)"
                value = found.element
            }
        }
        return pointer
    }

    private func contains(_ other: Int) -> Bool { index <= other && other < Int(entry.next) }
}

/// The elements of a JSON array.
public struct JSONElements: Sequence, IteratorProtocol {
    let document: JSONDocument
    var position: Int
    var remaining: Int

    public var underestimatedCount: Int { remaining }

    public mutating func next() -> JSONValue? {
        guard remaining > 0 else { return nil }
        remaining -= 1
        let value = JSONValue(document: document, index: position)
        position = Int(document.tape[position].next)
        return value
    }
}

/// The members of a JSON object.
public struct JSONMembers: Sequence, IteratorProtocol {
    /// A name with its value.
    public struct Member {
        public let key: JSONValue
        public let value: JSONValue

        public var name: String { key.text ?? "" }
    }

    let document: JSONDocument
    var position: Int
    var remaining: Int

    public var underestimatedCount: Int { remaining }

    public mutating func next() -> Member? {
        guard remaining > 0 else { return nil }
        remaining -= 1
        let key = JSONValue(document: document, index: position)
        let value = JSONValue(document: document, index: position + 1)
        position = Int(document.tape[position + 1].next)
        return Member(key: key, value: value)
    }
}

/// The backslash escapes of JSON strings (RFC 8259, section 7).
enum JSONEscapes {
    /// The UTF-8 bytes that an escaped string stands for; the scanner has checked its grammar. A surrogate without its
    /// partner becomes U+FFFD.
    static func resolve(_ raw: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.count)
        var rest = raw
        while let character = rest.popFirst() {
            guard character == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                bytes.append(character)
                continue
            }
            switch escape {
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "u"): bytes.append(contentsOf: String(codePoint(&rest)).utf8)
            default: bytes.append(escape)
            }
        }
        return bytes
    }

    private static func codePoint(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Unicode.Scalar {
        let first = codeUnit(&rest)
        guard (0xD800..<0xDC00).contains(first), rest.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
            return Unicode.Scalar(first) ?? "\u{FFFD}"
        }
        var lookahead = rest.dropFirst(2)
        let second = codeUnit(&lookahead)
        guard (0xDC00..<0xE000).contains(second) else { return "\u{FFFD}" }
        rest = lookahead
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private static func codeUnit(_ rest: inout Slice<UnsafeRawBufferPointer>) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 { unit = unit << 4 | UInt32(HexDigit.value(rest.popFirst() ?? 0x30) & 15) }
        return unit
    }
}
