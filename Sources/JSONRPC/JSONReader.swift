/// A reader that pulls values out of a JSON text (RFC 8259) in order, without building a tree.
///
/// It is a view: valid only as long as the bytes it was given. Any text is safe to read: what is malformed throws. Depth
/// is the caller's, as it is the caller that descends; `skipValue` bounds its own. What JSON-RPC hands to a method has
/// been validated as a whole (`JSONValidator`), duplicate keys included.
public struct JSONReader {
    @usableFromInline let bytes: UnsafeRawBufferPointer
    /// Bytes read so far.
    public internal(set) var position: Int
    /// Whether the last thing read was the start of an array or object, so that no comma is due.
    var isAtStart = false

    /// Reads `bytes` from the first.
    public init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        position = 0
    }

    init(_ bytes: UnsafeRawBufferPointer, at position: Int) {
        self.bytes = bytes
        self.position = position
    }

    /// The kinds of value.
    public enum Kind: Sendable {
        case null, boolean, number, string, array, object
    }

    /// The kind of the value that comes next, or nil where none does.
    public mutating func peek() -> Kind? {
        switch nextByte() {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "n"): .null
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
        case UInt8(ascii: "-")?, (UInt8(ascii: "0")...UInt8(ascii: "9"))?: .number
        default: nil
        }
    }

    /// Whether nothing but white space is left.
    public mutating func isAtEnd() -> Bool { nextByte() == nil }

    /// Throws where anything but white space is left.
    public mutating func finish() throws(JSONError) {
        guard isAtEnd() else { throw JSONError(.trailingBytes, at: position) }
    }

    /// The first byte that is not white space, not consumed.
    @inline(__always)
    mutating func nextByte() -> UInt8? {
        while position < bytes.count {
            let byte = bytes[position]
            // Space, tab, line feed, carriage return.
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position &+= 1
        }
        return nil
    }

    /// An error about the byte at the position, or about the end where there is none.
    @inline(never)
    func unexpected(_ reason: JSONError.Reason = .unexpectedByte) -> JSONError {
        JSONError(position < bytes.count ? reason : .unexpectedEnd, at: position)
    }

    // MARK: Arrays and objects

    /// Enters the array that comes next; `nextElement` then goes through it.
    public mutating func beginArray() throws(JSONError) {
        guard nextByte() == UInt8(ascii: "[") else { throw unexpected(.expectedArray) }
        position &+= 1
        isAtStart = true
    }

    /// Whether another element follows, which is then next to be read; false once it has left the array.
    public mutating func nextElement() throws(JSONError) -> Bool {
        let byte = nextByte()
        if byte == UInt8(ascii: "]") {
            position &+= 1
            isAtStart = false
            return false
        }
        if isAtStart {
            isAtStart = false
            guard byte != nil else { throw unexpected() }
            return true
        }
        guard byte == UInt8(ascii: ",") else { throw unexpected() }
        position &+= 1
        // A value must follow: reading it refuses a bracket after the comma.
        return true
    }

    /// Enters the object that comes next; `nextKey` then goes through it.
    public mutating func beginObject() throws(JSONError) {
        guard nextByte() == UInt8(ascii: "{") else { throw unexpected(.expectedObject) }
        position &+= 1
        isAtStart = true
    }

    /// The key of the next member, whose value is then next to be read; nil once it has left the object.
    public mutating func nextKey() throws(JSONError) -> JSONText? {
        let byte = nextByte()
        if byte == UInt8(ascii: "}") {
            position &+= 1
            isAtStart = false
            return nil
        }
        if isAtStart {
            isAtStart = false
        } else {
            guard byte == UInt8(ascii: ",") else { throw unexpected() }
            position &+= 1
        }
        guard nextByte() == UInt8(ascii: "\"") else { throw unexpected() }
        let key = try scanString()
        guard nextByte() == UInt8(ascii: ":") else { throw unexpected() }
        position &+= 1
        return key
    }

    // MARK: Scalars

    /// Consumes `null` if it comes next, and says whether it did.
    public mutating func readNull() throws(JSONError) -> Bool {
        guard nextByte() == UInt8(ascii: "n") else { return false }
        try scanLiteral("null")
        return true
    }

    /// Reads `true` or `false`.
    public mutating func readBoolean() throws(JSONError) -> Bool {
        switch nextByte() {
        case UInt8(ascii: "t"):
            try scanLiteral("true")
            return true
        case UInt8(ascii: "f"):
            try scanLiteral("false")
            return false
        default: throw unexpected(.expectedBoolean)
        }
    }

    /// Reads a string.
    public mutating func readString() throws(JSONError) -> JSONText {
        guard nextByte() == UInt8(ascii: "\"") else { throw unexpected(.expectedString) }
        return try scanString()
    }

    /// Reads a number as its text.
    public mutating func readNumber() throws(JSONError) -> UnsafeRawBufferPointer {
        guard peek() == .number else { throw unexpected(.expectedNumber) }
        let start = position
        try scanNumber()
        return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }

    /// Reads a number that is a whole one below 2^64, written without fraction and exponent.
    public mutating func readUInt64() throws(JSONError) -> UInt64 {
        _ = nextByte()
        let start = position
        var value: UInt64 = 0
        for byte in try readNumber() {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { throw JSONError(.invalidNumber, at: start) }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
            guard !isTooLarge, !carries else { throw JSONError(.numberTooLarge, at: start) }
            value = sum
        }
        return value
    }

    /// Reads any value and gives its text, validated but for duplicate keys.
    public mutating func readRaw() throws(JSONError) -> UnsafeRawBufferPointer {
        _ = nextByte()
        let start = position
        try skipValue()
        return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }

    /// Passes over any value, validating all but duplicate keys.
    ///
    /// - Complexity: O(length), without recursion.
    public mutating func skipValue() throws(JSONError) {
        var validator = JSONValidator(checksKeys: false)
        try validator.skipValue(&self, depth: 0)
    }
}
