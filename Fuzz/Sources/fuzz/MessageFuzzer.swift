import JSONRPC
import Primitives

/// The reader of JSON-RPC messages on changed texts: it answers or throws. A text that is valid can be walked to its end,
/// and its strings survive being written.
let messageFuzzer = Fuzzer(name: "message") { random in
    let text = random.oneIn(4) ? randomJSON(&random, depth: 0) : random.mutated(randomJSON(&random, depth: 0))
    try text.withUnsafeBytes { bytes in
        var validator = JSONReader(bytes)
        let isValid = (try? validator.validateText()) != nil
        var walker = JSONReader(bytes)
        let isWalkable = (try? walk(&walker, depth: 0)) != nil && walker.isAtEnd()
        guard isWalkable || !isValid else { throw Finding("\(Hex.encode(text)) is valid but cannot be walked") }
    }
}

/// Reads every value there is, in every way that might fit.
private func walk(_ reader: inout JSONReader, depth: Int) throws {
    guard depth < 70 else { throw Finding("deeper than the validator allows") }
    switch reader.peek() {
    case .array:
        try reader.beginArray()
        while try reader.nextElement() { try walk(&reader, depth: depth + 1) }
    case .object:
        try reader.beginObject()
        while let key = try reader.nextKey() {
            try checkRewriting(key)
            try walk(&reader, depth: depth + 1)
        }
    case .string:
        var other = reader
        _ = try? other.readQuantity()
        other = reader
        _ = try? other.readUInt256()
        other = reader
        _ = try? other.readData()
        try checkRewriting(try reader.readString())
    case .number:
        var other = reader
        _ = try? other.readUInt64()
        _ = try reader.readNumber()
    case .boolean: _ = try reader.readBoolean()
    default:
        guard try reader.readNull() else { throw Finding("no value") }
    }
}

/// A string that was read and is written reads the same again.
private func checkRewriting(_ text: JSONText) throws {
    var writer = JSONWriter()
    writer.string(text.string)
    let again = try writer.withBytes { bytes in
        var reader = JSONReader(bytes)
        return try reader.readString().unescaped
    }
    guard again == text.unescaped else { throw Finding("\(Hex.encode(text.unescaped)) is rewritten differently") }
}
