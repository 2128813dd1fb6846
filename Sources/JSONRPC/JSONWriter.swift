public import NIOCore
public import Primitives

/// A writer that appends JSON to a byte buffer and puts the commas itself.
///
/// What is written is well formed as long as calls pair up: a key before each member's value, an end for each begin.
public struct JSONWriter {
    /// All that is written so far, after what the buffer held before.
    public internal(set) var buffer: ByteBuffer
    /// Whether a comma is due before the next key or element.
    var needsComma = false

    /// Appends to `buffer`.
    public init(_ buffer: ByteBuffer = ByteBuffer()) { self.buffer = buffer }

    /// Bytes in the buffer.
    public var count: Int { buffer.writerIndex }

    /// Calls `body` with all that is written so far.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try buffer.withUnsafeReadableBytes(body)
    }

    // MARK: Arrays and objects

    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Writes the key of a member: plain ASCII that needs no escape.
    public mutating func key(_ name: StaticString) {
        let length = name.utf8CodeUnitCount
        let comma = needsComma
        needsComma = false
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length + 4) { target in
            var index = 0
            if comma { Self.put(UInt8(ascii: ","), target, &index) }
            Self.put(UInt8(ascii: "\""), target, &index)
            target.baseAddress?.advanced(by: index).copyMemory(from: name.utf8Start, byteCount: length)
            index &+= length
            Self.put(UInt8(ascii: "\""), target, &index)
            Self.put(UInt8(ascii: ":"), target, &index)
            return index
        }
    }

    /// Writes the key of a member, escaped.
    public mutating func key(_ name: String) {
        string(name)
        buffer.writeInteger(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func open(_ bracket: UInt8) {
        comma()
        buffer.writeInteger(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        buffer.writeInteger(bracket)
        needsComma = true
    }

    @inline(__always)
    private mutating func comma() {
        if needsComma { buffer.writeInteger(UInt8(ascii: ",")) }
        needsComma = true
    }

    @inline(__always)
    private static func put(_ byte: UInt8, _ target: UnsafeMutableRawBufferPointer, _ index: inout Int) {
        target[index] = byte
        index &+= 1
    }

    // MARK: Scalars

    public mutating func null() { literal("null") }
    public mutating func boolean(_ value: Bool) { literal(value ? "true" : "false") }

    /// Writes a decimal number.
    public mutating func number(_ value: Int64) {
        comma()
        buffer.writeString(String(value))
    }

    /// Writes text that is JSON already.
    public mutating func raw(_ text: UnsafeRawBufferPointer) {
        comma()
        buffer.writeBytes(text)
    }

    /// Writes text that is JSON already.
    public mutating func raw(_ text: ByteBuffer) {
        comma()
        buffer.writeImmutableBuffer(text)
    }

    /// Writes text that is JSON already.
    public mutating func raw(_ text: StaticString) { literal(text) }

    private mutating func literal(_ text: StaticString) {
        comma()
        buffer.writeStaticString(text)
    }

    /// Writes a string, escaping what RFC 8259 demands.
    public mutating func string(_ text: String) {
        comma()
        buffer.writeInteger(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            for index in 0..<bytes.count {
                let byte = bytes[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                buffer.writeBytes(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<index]))
                start = index + 1
                escape(byte)
            }
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start...]))
        }
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): buffer.writeStaticString("\\\"")
        case UInt8(ascii: "\\"): buffer.writeStaticString("\\\\")
        case 8: buffer.writeStaticString("\\b")
        case 9: buffer.writeStaticString("\\t")
        case 10: buffer.writeStaticString("\\n")
        case 12: buffer.writeStaticString("\\f")
        case 13: buffer.writeStaticString("\\r")
        default:
            buffer.writeStaticString("\\u00")
            buffer.writeInteger(HexDigits.pairs[Int(byte)], endianness: .little)
        }
    }

    // MARK: Hexadecimal

    /// Writes a quantity: `"0x0"`, `"0x1f"`.
    public mutating func quantity(_ value: UInt64) { quantity(UInt256(value)) }

    /// Writes a quantity.
    @_disfavoredOverload
    public mutating func quantity(_ value: UInt256) {
        comma()
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 68) { target in
            var index = 0
            Self.put(UInt8(ascii: "\""), target, &index)
            Self.put(UInt8(ascii: "0"), target, &index)
            Self.put(UInt8(ascii: "x"), target, &index)
            let digits = max(1, (value.bitWidth + 3) / 4)
            for position in stride(from: digits - 1, through: 0, by: -1) {
                let limb =
                    position < 16
                    ? value.limb0 : position < 32 ? value.limb1 : position < 48 ? value.limb2 : value.limb3
                Self.put(HexDigits.digit(UInt8(limb >> UInt64(4 &* (position & 15)) & 0xF)), target, &index)
            }
            Self.put(UInt8(ascii: "\""), target, &index)
            return index
        }
    }

    /// Writes data: `"0x"`, `"0xc0ffee"`.
    public mutating func data(_ bytes: UnsafeRawBufferPointer) {
        comma()
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 2 * bytes.count + 4) { target in
            var index = 0
            Self.put(UInt8(ascii: "\""), target, &index)
            Self.put(UInt8(ascii: "0"), target, &index)
            Self.put(UInt8(ascii: "x"), target, &index)
            HexDigits.pairs.withUnsafeBufferPointer { pairs in
                for byte in bytes {
                    target.storeBytes(of: pairs[Int(byte)].littleEndian, toByteOffset: index, as: UInt16.self)
                    index &+= 2
                }
            }
            Self.put(UInt8(ascii: "\""), target, &index)
            return index
        }
    }

    /// Writes data.
    public mutating func data(_ bytes: [UInt8]) { bytes.withUnsafeBytes { data($0) } }

    /// Writes 32 bytes of data.
    public mutating func data(_ hash: Hash256) { withUnsafeBytes(of: hash) { data($0) } }

    /// Writes 20 bytes of data.
    public mutating func data(_ address: Address) {
        withUnsafeBytes(of: address) { data(UnsafeRawBufferPointer(rebasing: $0[..<20])) }
    }

    // MARK: What the server itself needs

    /// Forgets all after the first `count` bytes of the buffer.
    mutating func rewind(to count: Int) { buffer.moveWriterIndex(to: count) }
}

/// The hexadecimal digits of each byte.
private enum HexDigits {
    @inline(__always)
    static func digit(_ value: UInt8) -> UInt8 { value < 10 ? value &+ UInt8(ascii: "0") : value &+ 87 }

    /// The two digits of each byte, the higher in the low half.
    static let pairs: [UInt16] = (0...255).map { byte in
        UInt16(digit(UInt8(byte >> 4))) | UInt16(digit(UInt8(byte & 15))) << 8
    }
}
