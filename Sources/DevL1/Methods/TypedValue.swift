import JSONRPC
import Primitives

/// Why typed data cannot be signed.
struct TypedDataError: Error, Equatable {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// A JSON value as it is written, for data whose types come with it.
indirect enum TypedValue {
    case null
    case boolean(Bool)
    /// A number or a string, as its text.
    case number(String)
    case string(String)
    case array([TypedValue])
    case object([String: TypedValue])

    /// Deeper data is refused.
    private static let depthLimit = 64

    /// Reads exactly one value.
    init(json text: [UInt8]) throws(TypedDataError) {
        let result = text.withUnsafeBytes { bytes in
            Result { () throws(TypedDataError) in
                var reader = JSONReader(bytes)
                let value = try Self.read(&reader, depth: 0)
                try Self.json { () throws(JSONError) in try reader.finish() }
                return value
            }
        }
        self = try result.get()
    }

    private static func json<Result>(_ body: () throws(JSONError) -> Result) throws(TypedDataError) -> Result {
        do throws(JSONError) { return try body() } catch { throw TypedDataError(error.description) }
    }

    private static func read(_ reader: inout JSONReader, depth: Int) throws(TypedDataError) -> TypedValue {
        guard depth < depthLimit else { throw TypedDataError("it is nested more than \(depthLimit) deep") }
        switch reader.peek() {
        case .null:
            _ = try json { () throws(JSONError) in try reader.readNull() }
            return .null
        case .boolean: return .boolean(try json { () throws(JSONError) in try reader.readBoolean() })
        case .number:
            return .number(
                try json { () throws(JSONError) in String(decoding: try reader.readNumber(), as: UTF8.self) })
        case .string: return .string(try json { () throws(JSONError) in try reader.readString().string })
        case .array:
            var elements: [TypedValue] = []
            try json { () throws(JSONError) in try reader.beginArray() }
            while try json({ () throws(JSONError) in try reader.nextElement() }) {
                elements.append(try read(&reader, depth: depth + 1))
            }
            return .array(elements)
        case .object:
            var members: [String: TypedValue] = [:]
            try json { () throws(JSONError) in try reader.beginObject() }
            while let key = try json({ () throws(JSONError) in try reader.nextKey()?.string }) {
                members[key] = try read(&reader, depth: depth + 1)
            }
            return .object(members)
        case nil: throw TypedDataError("it is no JSON")
        }
    }

    subscript(key: String) -> TypedValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The bytes of `0x…`.
    var bytes: [UInt8]? {
        guard let text, text.hasPrefix("0x") || text.hasPrefix("0X") else { return nil }
        return try? Hex.decode(text)
    }

    /// Magnitude and sign of a whole number: in JSON, or in a text in decimal or hexadecimal digits.
    var integer: (magnitude: UInt256, isNegative: Bool)? {
        var digits: Substring
        switch self {
        case .number(let text), .string(let text): digits = text[...]
        default: return nil
        }
        let isNegative = digits.hasPrefix("-")
        if isNegative { digits = digits.dropFirst() }
        guard digits.hasPrefix("0x") || digits.hasPrefix("0X") else {
            return UInt256(decimal: String(digits)).map { ($0, isNegative) }
        }
        digits = digits.dropFirst(2)
        while digits.hasPrefix("0") { digits = digits.dropFirst() }
        guard digits.utf8.count <= 64 else { return nil }
        let padded = String(repeating: "0", count: 64 - digits.utf8.count) + digits
        return (try? Hash256(hex: padded)).map { (UInt256($0), isNegative) }
    }
}
