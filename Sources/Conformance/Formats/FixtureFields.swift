public import Primitives

/// Why a fixture cannot be read: what is wrong, and where in its file.
public struct FixtureError: Error, Equatable, CustomStringConvertible {
    /// A JSON pointer, a line, or empty for the whole file.
    public let place: String
    public let problem: String

    public init(place: String, problem: String) {
        self.place = place
        self.problem = problem
    }

    public var description: String { place.isEmpty ? problem : "at \(place): \(problem)" }
}

/// Reading the values of fixtures: hexadecimal text with or without `0x`, integers in any of the forms that the suites
/// use. Every error names the place in the file.
extension JSONValue {
    /// The error that says what was expected here.
    public func error(expected: String) -> FixtureError {
        FixtureError(place: pointer, problem: "expected \(expected), found \(kindName)\(excerpt)")
    }

    private var excerpt: String {
        guard let text, isString || isNumber else { return "" }
        return text.count <= 80 ? " \"\(text)\"" : " \"\(text.prefix(40))...\" of \(text.utf8.count) characters"
    }

    /// The member called `name`.
    public func required(_ name: String) throws(FixtureError) -> JSONValue {
        guard isObject else { throw error(expected: "an object with \"\(name)\"") }
        guard let value = self[name] else {
            throw FixtureError(place: pointer, problem: "\"\(name)\" is missing")
        }
        return value
    }

    /// The member called `name`, unless it is missing or null.
    public func optional(_ name: String) -> JSONValue? {
        guard let value = self[name], !value.isNull else { return nil }
        return value
    }

    /// A string.
    public func string() throws(FixtureError) -> String {
        guard isString, let text else { throw error(expected: "a string") }
        return text
    }

    /// The bytes that hexadecimal text spells; the prefix `0x` may be missing.
    public func bytes() throws(FixtureError) -> [UInt8] {
        guard isString, let text = plainText, let bytes = HexText.bytes(text) else {
            throw error(expected: "an even number of hexadecimal digits")
        }
        return bytes
    }

    /// Exactly 32 bytes of hexadecimal text.
    public func hash() throws(FixtureError) -> Hash256 {
        guard isString, let text = plainText, let bytes = HexText.bytes(text), let hash = Hash256(bytes) else {
            throw error(expected: "64 hexadecimal digits")
        }
        return hash
    }

    /// Exactly 20 bytes of hexadecimal text.
    public func address() throws(FixtureError) -> Address {
        guard let address = addressIfWellFormed else { throw error(expected: "40 hexadecimal digits") }
        return address
    }

    /// Exactly 20 bytes of hexadecimal text, or nil.
    public var addressIfWellFormed: Address? {
        guard isString, let text = plainText, let bytes = HexText.bytes(text) else { return nil }
        return Address(bytes)
    }

    /// An integer of at most 256 bits: `0x` digits with or without leading zeros, decimal digits, or a JSON number; the
    /// prefix `0x:bigint ` that marks integers meant to be too large is taken off.
    public func integer() throws(FixtureError) -> UInt256 {
        guard let value = try integerIfInRange() else { throw error(expected: "an integer of at most 256 bits") }
        return value
    }

    /// As `integer()`, but nil for an integer of more than 256 bits.
    public func integerIfInRange() throws(FixtureError) -> UInt256? {
        guard let text = plainText, let value = IntegerText(text) else {
            throw error(expected: "an integer")
        }
        switch value {
        case .inRange(let value): return value
        case .over256Bits: return nil
        }
    }

    /// An integer of at most 64 bits.
    public func integer64() throws(FixtureError) -> UInt64 {
        guard let value = try integerIfInRange(), value.fitsUInt64 else {
            throw error(expected: "an integer of at most 64 bits")
        }
        return value.limb0
    }
}

/// An integer as the fixtures write it.
public enum IntegerText: Equatable {
    case inRange(UInt256)
    /// Well-formed, but too large for a word: such fixtures test that it is refused.
    case over256Bits

    private static let bigIntegerMark = "0x:bigint "

    /// Reads `0x`-prefixed hexadecimal or plain decimal digits; nil where it is neither.
    public init?(_ text: UnsafeRawBufferPointer) {
        var digits = text[...]
        if digits.starts(with: Self.bigIntegerMark.utf8) { digits = digits.dropFirst(Self.bigIntegerMark.utf8.count) }
        if digits.starts(with: "0x".utf8) || digits.starts(with: "0X".utf8) {
            guard let value = Self.hexadecimal(digits.dropFirst(2)) else { return nil }
            self = value
        } else {
            guard let value = Self.decimal(digits) else { return nil }
            self = value
        }
    }

    private static func hexadecimal(_ digits: Slice<UnsafeRawBufferPointer>) -> IntegerText? {
        var value = UInt256.zero
        var isOver = false
        for character in digits {
            let digit = HexDigit.value(character)
            guard digit < 16 else { return nil }
            if value.limb3 >> 60 != 0 { isOver = true }
            value = value << 4 | UInt256(UInt64(digit))
        }
        return isOver ? .over256Bits : .inRange(value)
    }

    private static func decimal(_ digits: Slice<UnsafeRawBufferPointer>) -> IntegerText? {
        guard !digits.isEmpty else { return nil }
        let ceiling = UInt256.max / 10
        var value = UInt256.zero
        var isOver = false
        for character in digits {
            guard (0x30...0x39).contains(character) else { return nil }
            if value > ceiling { isOver = true }
            let next = value &* 10 &+ UInt256(UInt64(character - 0x30))
            if value == ceiling && next < value { isOver = true }
            value = next
        }
        return isOver ? .over256Bits : .inRange(value)
    }
}

/// Hexadecimal text of fixtures, in bulk.
public enum HexText {
    /// The value of every ASCII digit, 255 for other bytes.
    private static let values: [UInt8] = (0...255).map { HexDigit.value(UInt8($0)) }

    /// The bytes that `text`, with or without `0x`, spells; nil for an odd number of digits or another character.
    public static func bytes(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        var digits = text[...]
        if digits.starts(with: "0x".utf8) || digits.starts(with: "0X".utf8) { digits = digits.dropFirst(2) }
        guard digits.count % 2 == 0 else { return nil }
        let source = UnsafeRawBufferPointer(rebasing: digits)
        var invalid: UInt8 = 0
        let bytes = values.withUnsafeBufferPointer { values in
            [UInt8](unsafeUninitializedCapacity: source.count / 2) { target, count in
                for index in 0..<source.count / 2 {
                    let high = values[Int(source[2 * index])]
                    let low = values[Int(source[2 * index + 1])]
                    invalid |= high | low
                    target[index] = high << 4 | low & 15
                }
                count = source.count / 2
            }
        }
        return invalid < 16 ? bytes : nil
    }

    /// The bytes that a string spells.
    public static func bytes(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8 { bytes(UnsafeRawBufferPointer($0)) }
    }
}
