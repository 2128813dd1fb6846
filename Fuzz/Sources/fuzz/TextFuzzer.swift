import Conformance
import Primitives

/// The readers of fixture texts on changed texts: they answer or throw. What is read of JSON can be written, and reads the
/// same again.
let textFuzzer = Fuzzer(name: "text") { random in
    let text = random.mutated(randomJSON(&random, depth: 0))
    if let document = try? JSONDocument(text) {
        let written = written(document.root)
        guard let again = try? JSONDocument(written), fuzz.written(again.root) == written else {
            throw Finding("\(Hex.encode(text)) does not survive being written")
        }
        _ = try? document.root.bytes()
        _ = try? document.root.integer()
    }
    let yaml = random.mutated(randomLines(&random, ["a: ", "- ", "  ", "'x'", "\"", "[", "]", "1", "null", ", ", "#"]))
    _ = yaml.withUnsafeBytes { try? YAMLReader.read($0) }
    let toml = random.mutated(randomLines(&random, ["[", "]", "a", ".", " = ", "\"b\"", "'", "#", "17", ","]))
    _ = try? TOMLTable(String(decoding: toml, as: UTF8.self))
    let words = ["to ", "caller ", "gas ", "value ", "input ", "code ", "store ", "0x", "1234", "ff", " ", "#"]
    let call = random.mutated(randomLines(&random, words))
    _ = try? MessageCase(String(decoding: call, as: UTF8.self))
}

/// Lines made of `pieces`.
private func randomLines(_ random: inout SplitMix, _ pieces: [String]) -> [UInt8] {
    var text = ""
    for _ in 0..<random.below(40) { text += random.oneIn(4) ? "\n" : random.pick(pieces) }
    return Array(text.utf8)
}

/// JSON, the deeper the rarer; strings have escapes in them and numbers every form.
func randomJSON(_ random: inout SplitMix, depth: Int) -> [UInt8] {
    switch random.below(depth < 6 ? 9 : 6) {
    case 0: Array(random.pick(["true", "false", "null", "0", "-1.5e+300", "17", "1e999", "1.0"]).utf8)
    case 1: Array("\"\(Hex.encode(random.bytes(random.below(40))))\"".utf8)
    case 2, 3:
        Array(random.pick([#""\u0041\n""#, #""\ud83d\ude00""#, #""\ud83d""#, #""""#, #""\\\"/\/""#, "\"ü\""]).utf8)
    case 4, 5: Array("\(random.number())".utf8)
    case 6, 7:
        [0x7B]
            + Array(
                (0..<random.below(4)).map { _ in
                    Array("\"k\(random.below(5))\" :".utf8) + randomJSON(&random, depth: depth + 1)
                }.joined(separator: [0x2C])) + [0x7D]
    default:
        [0x5B]
            + Array(
                (0..<random.below(4)).map { _ in randomJSON(&random, depth: depth + 1) }.joined(separator: [0x2C, 0x20])
            )
            + [0x5D]
    }
}

/// The value as JSON again.
private func written(_ value: JSONValue) -> [UInt8] {
    if value.isObject {
        let members = value.members.map { quoted($0.key) + [0x3A] + written($0.value) }
        return [0x7B] + members.joined(separator: [0x2C]) + [0x7D]
    }
    if value.isArray { return [0x5B] + value.elements.map { written($0) }.joined(separator: [0x2C]) + [0x5D] }
    if value.isNull { return Array("null".utf8) }
    if let boolean = value.boolean { return Array((boolean ? "true" : "false").utf8) }
    if value.isNumber { return Array(value.plainText ?? UnsafeRawBufferPointer(start: nil, count: 0)) }
    return quoted(value)
}

private func quoted(_ value: JSONValue) -> [UInt8] {
    let escaped = (value.stringBytes ?? []).flatMap { byte -> [UInt8] in
        byte < 0x20 || byte == 0x22 || byte == 0x5C
            ? Array("\\u00".utf8) + Hex.ascii([byte]) : [byte]
    }
    return [0x22] + escaped + [0x22]
}
