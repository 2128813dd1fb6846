import NIOCore
import Primitives
import Testing

import JSONRPC

/// The whole text validated, as a message is.
private func validate(_ text: [UInt8]) throws {
    try text.withUnsafeBytes { bytes in
        var reader = JSONReader(bytes)
        try reader.validateText()
    }
}

private func read<Value>(_ text: String, _ body: (inout JSONReader) throws -> Value) throws -> Value {
    try Array(text.utf8).withUnsafeBytes { bytes in
        var reader = JSONReader(bytes)
        let value = try body(&reader)
        try reader.finish()
        return value
    }
}

private func reason(_ text: [UInt8]) -> JSONError.Reason? {
    do {
        try validate(text)
        return nil
    } catch { return (error as? JSONError)?.reason }
}

@Test(arguments: [
    "null", "true", "false", "0", "-0", "12", "-1.5e+10", "1E5", "0.0", "\"\"", "\"a\\u00e9\\n\"", "\"\\ud83d\\ude00\"",
    "[]", "{}", " [ 1 , [ ] , { \"a\" : [ { } ] } ] ", "{\"a\":1,\"b\":{\"a\":2}}", "\"é€😀 longer than eight bytes\"",
    "[[],[[]],{\"x\":{}}]", "\"\\\\\\\"\\/\\b\\f\\n\\r\\t\"", "\t\r\n1\n",
])
func acceptsWhatIsWellFormed(text: String) throws { try validate(Array(text.utf8)) }

@Test(arguments: [
    ("", JSONError.Reason.unexpectedEnd), (" ", .unexpectedEnd), ("[", .unexpectedEnd), ("{", .unexpectedEnd),
    ("[1,]", .unexpectedByte), ("[,1]", .unexpectedByte), ("[1 2]", .unexpectedByte), ("{,}", .unexpectedByte),
    ("{\"a\":1,}", .unexpectedByte), ("{\"a\"}", .unexpectedByte), ("{\"a\" 1}", .unexpectedByte),
    ("{a:1}", .unexpectedByte), ("{1:2}", .unexpectedByte), ("{\"a\":}", .unexpectedByte), ("[1}", .unexpectedByte),
    ("{\"a\":1]", .unexpectedByte), ("]", .unexpectedByte), ("nul", .unexpectedEnd), ("nulL", .unexpectedByte),
    ("True", .unexpectedByte), ("NaN", .unexpectedByte), ("+1", .unexpectedByte), ("01", .invalidNumber),
    ("-01", .invalidNumber), ("-", .invalidNumber), ("1.", .invalidNumber), (".5", .unexpectedByte),
    ("1e", .invalidNumber), ("1e+", .invalidNumber), ("0x10", .trailingBytes), ("1 1", .trailingBytes),
    ("{}{}", .trailingBytes), ("\"abc", .unexpectedEnd), ("\"\\", .unexpectedEnd), ("\"\\x\"", .invalidEscape),
    ("\"\\u12g4\"", .invalidEscape), ("\"\\u12", .invalidEscape), ("\"\\ud800\"", .loneSurrogate),
    ("\"\\udc00\"", .loneSurrogate), ("\"\\ud800\\u0041\"", .loneSurrogate), ("\"a\nb\"", .controlCharacter),
    ("'a'", .unexpectedByte), ("// x\n1", .unexpectedByte), ("{\"a\":1,\"a\":2}", .duplicateKey),
    ("{\"a\":1,\"\\u0061\":2}", .duplicateKey), ("[{\"k\":{\"a\":1,\"b\":2,\"a\":3}}]", .duplicateKey),
    ("\u{FEFF}1", .unexpectedByte),
])
func refusesWhatIsMalformed(text: String, expected: JSONError.Reason) {
    #expect(reason(Array(text.utf8)) == expected)
}

@Test(
    arguments: [
        [0x80], [0xC0, 0xAF], [0xC1, 0x81], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0xAF],
        [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82], [0xC3], [0xE2, 0x28, 0xA1],
    ] as [[UInt8]])
func refusesInvalidUTF8(bytes: [UInt8]) {
    #expect(reason([0x22] + bytes + [0x22]) == .invalidUTF8)
    #expect(reason([0x22] + Array("twelve bytes".utf8) + bytes + [0x22]) == .invalidUTF8)
}

@Test func boundsDepthAndFindsLateDuplicates() throws {
    let allowed = [UInt8](repeating: 0x5B, count: 64) + [UInt8](repeating: 0x5D, count: 64)
    try validate(allowed)
    #expect(reason([0x5B] + allowed + [0x5D]) == .tooDeep)
    #expect(reason([UInt8](repeating: 0x5B, count: 1_000_000)) == .tooDeep)
    let members = (0..<5000).map { "\"key\($0)\":\($0)" }
    try validate(Array("{\(members.joined(separator: ","))}".utf8))
    #expect(reason(Array("{\((members + ["\"key17\":0"]).joined(separator: ","))}".utf8)) == .duplicateKey)
}

@Test func readsValues() throws {
    #expect(try read("\"a\\u00e9\\ud83d\\ude00\\n\"") { try $0.readString().string } == "aé😀\n")
    #expect(try read(" 18446744073709551615") { try $0.readUInt64() } == .max)
    #expect(throws: JSONError(.numberTooLarge, at: 0)) { try read("18446744073709551616") { try $0.readUInt64() } }
    #expect(
        try read("[true,false]") { reader in
            var values: [Bool] = []
            try reader.beginArray()
            while try reader.nextElement() { values.append(try reader.readBoolean()) }
            return values
        } == [true, false])
    #expect(
        try read("{\"a\":{\"b\":1},\"c\":[]}") { reader in
            var keys: [String] = []
            try reader.beginObject()
            while let key = try reader.nextKey() {
                keys.append(key.string)
                try reader.skipValue()
            }
            return keys
        } == ["a", "c"])
}

@Test(arguments: [
    ("\"0x0\"", 0), ("\"0x1F\"", 31), ("\"0xffffffffffffffff\"", UInt64.max),
])
func readsQuantities(text: String, value: UInt64) throws {
    #expect(try read(text) { try $0.readQuantity() } == value)
    #expect(try read(text) { try $0.readUInt256() } == UInt256(value))
}

@Test(arguments: [
    ("\"0x\"", JSONError.Reason.emptyHexNumber), ("\"0x01\"", .leadingHexZero), ("\"1\"", .missingHexPrefix),
    ("\"\"", .missingHexPrefix), ("\"0xg\"", .invalidHexDigit), ("\"0x10000000000000000\"", .hexTooLong),
    ("1", .expectedString), ("null", .expectedString),
])
func refusesQuantities(text: String, reason: JSONError.Reason) {
    #expect(throws: JSONError(reason, at: 0)) { try read(text) { try $0.readQuantity() } }
}

@Test func readsData() throws {
    #expect(try read("\"0x\"") { try $0.readData() } == [])
    #expect(try read("\"0xC0fFee\"") { try $0.readData() } == [0xC0, 0xFF, 0xEE])
    #expect(throws: JSONError(.oddHexDigits, at: 0)) { try read("\"0xabc\"") { try $0.readData() } }
    #expect(throws: JSONError(.invalidHexDigit, at: 0)) { try read("\"0xé\"") { try $0.readData() } }
    let address = [UInt8](1...20)
    let hash = [UInt8](1...32)
    func quoted(_ bytes: [UInt8]) -> String { "\"\(Hex.encode(bytes))\"" }
    #expect(try read(quoted(address)) { try $0.readAddress().bytes } == address)
    #expect(try read(quoted(hash)) { try $0.readHash().bytes } == hash)
    #expect(throws: JSONError(.wrongHexLength, at: 0)) { try read(quoted(address)) { try $0.readHash() } }
}

@Test func writes() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("a")
    writer.beginArray()
    writer.quantity(0)
    writer.quantity(0x1F00)
    writer.quantity(UInt256.max)
    writer.data([])
    writer.data([0, 0xAB])
    writer.data(Address([UInt8](1...20)) ?? Address())
    writer.endArray()
    writer.key("b\n")
    writer.string("\"\\\u{1}\u{1F}\t é")
    writer.key("c")
    writer.null()
    writer.key("d")
    writer.boolean(true)
    writer.key("e")
    writer.number(-5)
    writer.endObject()
    #expect(
        String(buffer: writer.buffer)
            == #"{"a":["0x0","0x1f00","0x\#(String(repeating: "f", count: 64))","0x","0x00ab","#
            + #""0x0102030405060708090a0b0c0d0e0f1011121314"],"b\n":"\"\\\u0001\u001f\t é","c":null,"d":true,"e":-5}"#)
}
