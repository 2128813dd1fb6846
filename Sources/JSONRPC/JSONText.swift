/// A string of a JSON text as it stands between its quotes: a view, valid only as long as the text that was read.
@frozen
public struct JSONText {
    /// The bytes between the quotes, escapes and all; valid UTF-8.
    public let raw: UnsafeRawBufferPointer
    /// Whether there is a backslash in them.
    public let hasEscapes: Bool

    @inlinable
    init(raw: UnsafeRawBufferPointer, hasEscapes: Bool) {
        self.raw = raw
        self.hasEscapes = hasEscapes
    }

    /// Whether the string, unescaped, is `text`.
    @inlinable
    public static func == (text: JSONText, other: StaticString) -> Bool {
        if text.hasEscapes { return text.string == other.description }
        guard text.raw.count == other.utf8CodeUnitCount else { return false }
        let start = UnsafeRawPointer(other.utf8Start)
        for index in 0..<text.raw.count
        where text.raw[index] != start.load(fromByteOffset: index, as: UInt8.self) { return false }
        return true
    }

    /// So that a `switch` over a key reads as one.
    @inlinable
    public static func ~= (pattern: StaticString, text: JSONText) -> Bool { text == pattern }

    /// The string, unescaped.
    public var string: String {
        hasEscapes ? String(decoding: unescaped, as: UTF8.self) : String(decoding: raw, as: UTF8.self)
    }

    /// The bytes of the string, unescaped.
    public var unescaped: [UInt8] {
        guard hasEscapes else { return Array(raw) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.count)
        var index = 0
        while index < raw.count {
            let byte = raw[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < raw.count else {
                bytes.append(byte)
                continue
            }
            let escape = raw[index]
            index += 1
            switch escape {
            case UInt8(ascii: "b"): bytes.append(8)
            case UInt8(ascii: "f"): bytes.append(12)
            case UInt8(ascii: "n"): bytes.append(10)
            case UInt8(ascii: "r"): bytes.append(13)
            case UInt8(ascii: "t"): bytes.append(9)
            case UInt8(ascii: "u"):
                var unit = codeUnit(at: index)
                index += 4
                if 0xD800..<0xDC00 ~= unit {
                    unit = 0x10000 + (unit - 0xD800) << 10 + (codeUnit(at: index + 2) &- 0xDC00) & 0x3FF
                    index += 6
                }
                bytes.append(contentsOf: String(Unicode.Scalar(unit) ?? "\u{FFFD}").utf8)
            default: bytes.append(escape)
            }
        }
        return bytes
    }

    /// The four hex digits at `index`; the scanner has seen that they are there.
    private func codeUnit(at index: Int) -> UInt32 {
        var unit: UInt32 = 0
        for position in index..<index + 4 {
            unit = unit << 4 | UInt32(position < raw.count ? HexDigit.value(raw[position]) : 0) & 0xF
        }
        return unit
    }
}

/// The value of a hexadecimal digit.
@usableFromInline
enum HexDigit {
    /// 0 to 15, or 255 for a byte that is no digit.
    @inlinable @inline(__always)
    static func value(_ byte: UInt8) -> UInt8 {
        let digit = byte &- UInt8(ascii: "0")
        if digit < 10 { return digit }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter + 10 : 255
    }
}
