public import Primitives

/// The hexadecimal forms of Ethereum's JSON-RPC: quantities without leading zeros, data of two digits a byte.
extension JSONReader {
    /// Reads a quantity below 2^64, such as `"0x1f"`.
    public mutating func readQuantity() throws(JSONError) -> UInt64 {
        let (digits, start) = try quantityDigits()
        guard digits.count <= 16 else { throw JSONError(.hexTooLong, at: start) }
        return try Self.number(digits, start)
    }

    /// Reads a quantity below 2^256.
    public mutating func readUInt256() throws(JSONError) -> UInt256 {
        let (digits, start) = try quantityDigits()
        guard digits.count <= 64 else { throw JSONError(.hexTooLong, at: start) }
        return try Self.word(digits, start)
    }

    /// Reads data of any length, such as `"0x"` or `"0xc0ffee"`.
    public mutating func readData() throws(JSONError) -> [UInt8] {
        let (digits, start) = try hexDigits()
        guard digits.count & 1 == 0 else { throw JSONError(.oddHexDigits, at: start) }
        var isValid = true
        let bytes = [UInt8](unsafeUninitializedCapacity: digits.count / 2) { buffer, count in
            count = digits.count / 2
            isValid = Self.decode(digits, into: UnsafeMutableRawBufferPointer(buffer))
        }
        guard isValid else { throw JSONError(.invalidHexDigit, at: start) }
        return bytes
    }

    /// Reads data of exactly 32 bytes.
    public mutating func readHash() throws(JSONError) -> Hash256 {
        let (digits, start) = try fixedDigits(64)
        return Hash256(try Self.word(digits, start))
    }

    /// Reads data of exactly 20 bytes, upper or lower case, checksummed or not.
    public mutating func readAddress() throws(JSONError) -> Address {
        let (digits, start) = try fixedDigits(40)
        return Address(truncating: try Self.word(digits, start))
    }

    private mutating func fixedDigits(_ count: Int) throws(JSONError) -> (UnsafeRawBufferPointer, Int) {
        let (digits, start) = try hexDigits()
        guard digits.count == count else { throw JSONError(.wrongHexLength, at: start) }
        return (digits, start)
    }

    private mutating func quantityDigits() throws(JSONError) -> (UnsafeRawBufferPointer, Int) {
        let (digits, start) = try hexDigits()
        guard let first = digits.first else { throw JSONError(.emptyHexNumber, at: start) }
        guard first != UInt8(ascii: "0") || digits.count == 1 else { throw JSONError(.leadingHexZero, at: start) }
        return (digits, start)
    }

    /// What follows `0x` in the string that comes next, and where the string starts.
    private mutating func hexDigits() throws(JSONError) -> (UnsafeRawBufferPointer, Int) {
        _ = nextByte()
        let start = position
        let raw = try readString().raw
        guard raw.count >= 2, raw[0] == UInt8(ascii: "0"), raw[1] | 0x20 == UInt8(ascii: "x") else {
            throw JSONError(.missingHexPrefix, at: start)
        }
        return (UnsafeRawBufferPointer(rebasing: raw[2...]), start)
    }

    /// At most 16 digits.
    private static func number(_ digits: UnsafeRawBufferPointer, _ start: Int) throws(JSONError) -> UInt64 {
        var value: UInt64 = 0
        for byte in digits {
            let digit = HexDigit.value(byte)
            guard digit < 16 else { throw JSONError(.invalidHexDigit, at: start) }
            value = value << 4 | UInt64(digit)
        }
        return value
    }

    /// At most 64 digits.
    private static func word(_ digits: UnsafeRawBufferPointer, _ start: Int) throws(JSONError) -> UInt256 {
        var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for byte in digits {
            let digit = HexDigit.value(byte)
            guard digit < 16 else { throw JSONError(.invalidHexDigit, at: start) }
            d = d << 4 | c >> 60
            c = c << 4 | b >> 60
            b = b << 4 | a >> 60
            a = a << 4 | UInt64(digit)
        }
        return UInt256(limbs: a, b, c, d)
    }

    /// Two digits a byte; false where one is no digit.
    private static func decode(_ digits: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer) -> Bool {
        var wrong: UInt8 = 0
        for index in 0..<out.count {
            let high = hexValues[Int(digits[2 &* index])]
            let low = hexValues[Int(digits[2 &* index &+ 1])]
            wrong |= high | low
            out[index] = high << 4 | low & 0xF
        }
        return wrong < 16
    }

    private static let hexValues: [UInt8] = (0...255).map { HexDigit.value($0) }
}
