/// The rule of RFC 8259, or the expectation of a reader, that a text breaks, and where.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: UInt8, Sendable {
        case unexpectedEnd, unexpectedByte, invalidNumber, invalidEscape, loneSurrogate, invalidUTF8, controlCharacter
        case tooDeep, duplicateKey, trailingBytes
        case expectedString, expectedNumber, expectedBoolean, expectedArray, expectedObject
        case missingHexPrefix, invalidHexDigit, oddHexDigits, emptyHexNumber, leadingHexZero, hexTooLong, wrongHexLength
        case numberTooLarge, expectedOneBlock, missingMember
    }

    /// What is wrong.
    public let reason: Reason
    /// The offset in bytes from the start of what the reader was given.
    public let offset: Int

    @inline(never)
    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// The rule in words, in those of the common clients where they have some.
    public var message: String {
        switch reason {
        case .unexpectedEnd: "unexpected end of JSON input"
        case .unexpectedByte: "unexpected character"
        case .invalidNumber: "invalid number"
        case .invalidEscape: "invalid escape in string"
        case .loneSurrogate: "lone surrogate in string"
        case .invalidUTF8: "invalid UTF-8 in string"
        case .controlCharacter: "control character in string"
        case .tooDeep: "nested too deeply"
        case .duplicateKey: "duplicate key in object"
        case .trailingBytes: "data after the value"
        case .expectedString: "expected a string"
        case .expectedNumber: "expected a number"
        case .expectedBoolean: "expected a boolean"
        case .expectedArray: "expected an array"
        case .expectedObject: "expected an object"
        case .missingHexPrefix: "hex string without 0x prefix"
        case .invalidHexDigit: "invalid hex string"
        case .oddHexDigits: "hex string of odd length"
        case .emptyHexNumber: "hex string \"0x\""
        case .leadingHexZero: "hex number with leading zero digits"
        case .hexTooLong: "hex number too large"
        case .wrongHexLength: "hex string has wrong length"
        case .numberTooLarge: "number too large"
        case .missingMember: "a member is missing in the object"
        case .expectedOneBlock: "expected either blockNumber or blockHash"
        }
    }

    public var description: String { "\(message) at byte \(offset)" }
}
