/// Hexadecimal text, with or without a leading `0x`.
public enum Hex {
    /// Why a text is not hexadecimal.
    public enum DecodingError: Error, Equatable, Sendable {
        /// The number of digits is odd.
        case oddLength(Int)
        /// The character at this offset (in bytes, prefix included) is not a hexadecimal digit.
        case invalidDigit(offset: Int)
        /// The text spells another number of bytes than asked for.
        case wrongLength(expected: Int, actual: Int)
    }

    /// The value of one ASCII digit, or 255.
    @inlinable @inline(__always)
    static func digit(_ character: UInt8) -> UInt8 {
        switch character {
        case 0x30...0x39: character &- 0x30
        case 0x41...0x46: character &- 0x37
        case 0x61...0x66: character &- 0x57
        default: 255
        }
    }

    /// Decodes ASCII hexadecimal text.
    ///
    /// - Throws: `DecodingError.oddLength` or `.invalidDigit`.
    public static func decode(ascii text: some Collection<UInt8>) throws(DecodingError) -> [UInt8] {
        var digits = Array(text)[...]
        var offset = 0
        if digits.count >= 2, digits[0] == 0x30, digits[1] == 0x78 || digits[1] == 0x58 {
            digits = digits.dropFirst(2)
            offset = 2
        }
        guard digits.count % 2 == 0 else { throw .oddLength(digits.count) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        var index = digits.startIndex
        while index < digits.endIndex {
            let high = digit(digits[index])
            let low = digit(digits[index + 1])
            guard high < 16 else { throw .invalidDigit(offset: offset) }
            guard low < 16 else { throw .invalidDigit(offset: offset + 1) }
            bytes.append(high << 4 | low)
            index += 2
            offset += 2
        }
        return bytes
    }

    /// Decodes hexadecimal text.
    public static func decode(_ text: String) throws(DecodingError) -> [UInt8] { try decode(ascii: text.utf8) }

    /// Lower-case digits, two a byte, without a prefix.
    public static func ascii(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var digits: [UInt8] = []
        digits.reserveCapacity(bytes.underestimatedCount * 2)
        for byte in bytes {
            for nibble in [byte >> 4, byte & 15] { digits.append(nibble < 10 ? 0x30 + nibble : 0x57 + nibble) }
        }
        return digits
    }

    /// Lower-case digits with a leading `0x`.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: [0x30, 0x78] + ascii(bytes), as: UTF8.self)
    }
}

extension Hash256 {
    /// Reads exactly 64 hexadecimal digits.
    public init(hex text: String) throws(Hex.DecodingError) {
        let bytes = try Hex.decode(text)
        guard let value = Hash256(bytes) else { throw .wrongLength(expected: 32, actual: bytes.count) }
        self = value
    }
}

extension Address {
    /// Reads exactly 40 hexadecimal digits.
    public init(hex text: String) throws(Hex.DecodingError) {
        let bytes = try Hex.decode(text)
        guard let value = Address(bytes) else { throw .wrongLength(expected: 20, actual: bytes.count) }
        self = value
    }
}

#if !hasFeature(Embedded)
    extension Hash256: Hashable, CustomStringConvertible {
        public func hash(into hasher: inout Hasher) {
            hasher.combine(word0)
            hasher.combine(word1)
            hasher.combine(word2)
            hasher.combine(word3)
        }

        public var description: String { Hex.encode(bytes) }
    }

    extension Address: Hashable, CustomStringConvertible {
        public func hash(into hasher: inout Hasher) {
            hasher.combine(word0)
            hasher.combine(word1)
            hasher.combine(word2)
        }

        public var description: String { Hex.encode(bytes) }
    }

    extension UInt256: Hashable, CustomStringConvertible {
        public func hash(into hasher: inout Hasher) {
            hasher.combine(limb0)
            hasher.combine(limb1)
            hasher.combine(limb2)
            hasher.combine(limb3)
        }

        /// `0x` and the shortest hexadecimal digits, as JSON-RPC quantities are written.
        public var description: String {
            if isZero { return "0x0" }
            let digits = Hex.ascii(minimalBytes)
            return "0x" + String(decoding: digits.first == 0x30 ? digits.dropFirst() : digits[...], as: UTF8.self)
        }
    }
#endif
