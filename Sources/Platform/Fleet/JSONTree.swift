import Foundation

/// A JSON value to be sent to a fleet's interface, built as it is read.
public indirect enum JSONTree: Equatable, Sendable {
    case string(String)
    case integer(Int64)
    case bool(Bool)
    case array([JSONTree])
    case object([String: JSONTree])

    /// Its text, the same for the same value.
    public var text: String { JSONText.write(self) }

    /// A member of an object, or an element of an array.
    subscript(path: String...) -> JSONTree? {
        path.reduce(Optional(self)) { value, key in
            switch value {
            case .object(let members): members[key]
            case .array(let elements): Int(key).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
            default: nil
            }
        }
    }

    static func strings(_ texts: [String]) -> JSONTree { .array(texts.map { .string($0) }) }
}

extension JSONTree: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .string(let text): try container.encode(text)
        case .integer(let number): try container.encode(number)
        case .bool(let value): try container.encode(value)
        case .array(let elements): try container.encode(elements)
        case .object(let members): try container.encode(members)
        }
    }
}

extension JSONTree: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    public init(stringLiteral text: String) { self = .string(text) }
    public init(integerLiteral number: Int64) { self = .integer(number) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONTree: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    public init(arrayLiteral elements: JSONTree...) { self = .array(elements) }

    public init(dictionaryLiteral members: (String, JSONTree)...) {
        self = .object(Dictionary(members) { _, last in last })
    }
}
