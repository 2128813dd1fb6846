import JSONRPC
import Primitives

/// A value of a genesis file, in the forms in which tools write it: numbers in decimal or hexadecimal, as numbers or strings,
/// and hexadecimal with or without a prefix and leading zeros.
struct GenesisValue {
    let key: String
    /// The text of the value; nil where it is `null`.
    private let text: [UInt8]?

    init(_ key: String, _ reader: inout JSONReader) throws(GenesisError) {
        self.key = key
        do throws(JSONError) {
            if try reader.readNull() {
                text = nil
            } else if reader.peek() == .string {
                text = try reader.readString().unescaped
            } else if reader.peek() == .number {
                text = Array(try reader.readNumber())
            } else {
                text = Array((try reader.readBoolean() ? "true" : "false").utf8)
            }
        } catch {
            throw GenesisError(key, error)
        }
    }

    /// The number; nil where the value is `null` or no text at all.
    func number() throws(GenesisError) -> UInt256? {
        guard let text, !text.isEmpty else { return nil }
        let isHexadecimal = text.count > 1 && text[0] == UInt8(ascii: "0") && text[1] | 0x20 == UInt8(ascii: "x")
        let base: UInt64 = isHexadecimal ? 16 : 10
        var value = UInt256.zero
        for character in isHexadecimal ? text[2...] : text[...] {
            guard let digit = Self.digit(character), digit < base else {
                throw GenesisError(
                    key, "'\(string ?? "")' is no number: write it in decimal, or in hexadecimal after 0x")
            }
            guard let next = value.multiplying(UInt256(base))?.adding(UInt256(digit)) else {
                throw GenesisError(key, "the number is over 256 bits")
            }
            value = next
        }
        return value
    }

    /// The number where it fits 64 bits.
    func number64() throws(GenesisError) -> UInt64? {
        guard let number = try number() else { return nil }
        guard number <= UInt256(UInt64.max) else { throw GenesisError(key, "the number is over 64 bits") }
        return number.clampedToUInt64
    }

    /// Bytes from hexadecimal digits.
    func bytes() throws(GenesisError) -> [UInt8] {
        guard let text else { return [] }
        do throws(Hex.DecodingError) {
            return try Hex.decode(ascii: text)
        } catch {
            throw GenesisError(key, "no bytes in hexadecimal: \(error)")
        }
    }

    func address() throws(GenesisError) -> Address {
        guard let address = Address(try bytes()) else { throw GenesisError(key, "an address has 20 bytes") }
        return address
    }

    /// A word from at most 64 digits, which may be fewer.
    func word() throws(GenesisError) -> UInt256 {
        guard let text else { return .zero }
        let isPrefixed = text.count > 1 && text[0] == UInt8(ascii: "0") && text[1] | 0x20 == UInt8(ascii: "x")
        var value = UInt256.zero
        let digits = isPrefixed ? text[2...] : text[...]
        guard digits.count <= 64 else { throw GenesisError(key, "more than 32 bytes") }
        for character in digits {
            guard let digit = Self.digit(character) else { throw GenesisError(key, "no hexadecimal digit") }
            value = value << 4 | UInt256(digit)
        }
        return value
    }

    var isTrue: Bool { string == "true" }

    private var string: String? { text.map { String(decoding: $0, as: UTF8.self) } }

    private static func digit(_ character: UInt8) -> UInt64? {
        switch character {
        case 0x30...0x39: UInt64(character - 0x30)
        case 0x41...0x46: UInt64(character - 0x41 + 10)
        case 0x61...0x66: UInt64(character - 0x61 + 10)
        default: nil
        }
    }
}

extension JSONReader {
    /// Goes through the members of the object that comes next.
    mutating func members(
        of key: String, _ body: (String, inout JSONReader) throws(GenesisError) -> Void
    ) throws(GenesisError) {
        do throws(JSONError) {
            if try readNull() { return }
            try beginObject()
        } catch {
            throw GenesisError(key, error)
        }
        while let name = try memberName(of: key) { try body(name, &self) }
    }

    private mutating func memberName(of key: String) throws(GenesisError) -> String? {
        do throws(JSONError) {
            return try nextKey()?.string
        } catch {
            throw GenesisError(key, error)
        }
    }

    mutating func skip(_ key: String) throws(GenesisError) {
        do throws(JSONError) {
            try skipValue()
        } catch {
            throw GenesisError(key, error)
        }
    }
}
