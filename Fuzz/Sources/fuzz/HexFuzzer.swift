import Primitives

/// Bytes come back from their digits in either case; other text is refused exactly where a digit is wrong.
let hexFuzzer = Fuzzer(name: "hex") { random in
    let bytes = random.bytes(random.below(70))
    let text = Hex.encode(bytes)
    guard try Hex.decode(text) == bytes, try Hex.decode(text.uppercased()) == bytes,
        try Hex.decode(String(text.dropFirst(2))) == bytes
    else { throw Finding("\(text) decodes to other bytes") }
    let changed = random.mutated(Array(text.utf8))
    let isWellFormed = isHexadecimal(changed)
    let decoded = try? Hex.decode(ascii: changed)
    guard (decoded != nil) == isWellFormed else {
        throw Finding("\(changed) is \(isWellFormed ? "" : "not ")hexadecimal")
    }
    _ = try? Hash256(hex: String(decoding: changed, as: UTF8.self))
    _ = try? Address(hex: String(decoding: changed, as: UTF8.self))
}

private func isHexadecimal(_ text: [UInt8]) -> Bool {
    let hasPrefix = text.starts(with: Array("0x".utf8)) || text.starts(with: Array("0X".utf8))
    let digits = text.dropFirst(hasPrefix ? 2 : 0)
    return digits.count % 2 == 0
        && digits.allSatisfy { Character(UnicodeScalar($0)).isASCII && Character(UnicodeScalar($0)).isHexDigit }
}
