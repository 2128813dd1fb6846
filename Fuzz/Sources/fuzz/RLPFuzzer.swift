import Primitives

/// Whatever decodes must encode to the same bytes: there is one encoding of an item.
let rlpFuzzer = Fuzzer(name: "rlp") { random in
    let bytes = randomRLP(&random)
    guard let item = try? RLPItem(decoding: bytes) else { return }
    var writer = RLPWriter()
    item.encode(to: &writer)
    guard writer.bytes == bytes else {
        throw Finding("\(Hex.encode(bytes)) decodes but encodes to \(Hex.encode(writer.bytes))")
    }
}

/// Mostly RLP: a nested item, then a mutation now and then.
func randomRLP(_ random: inout SplitMix) -> [UInt8] {
    var writer = RLPWriter()
    randomItem(&random, depth: 0).encode(to: &writer)
    return random.below(3) == 0 ? writer.bytes : random.mutated(writer.bytes)
}

private func randomItem(_ random: inout SplitMix, depth: Int) -> RLPItem {
    if depth < 5 && random.below(3) == 0 {
        var items: [RLPItem] = []
        for _ in 0..<random.below(6) { items.append(randomItem(&random, depth: depth + 1)) }
        return .list(items)
    }
    return .bytes(random.bytes([0, 1, 1, 2, 20, 32, 55, 56, 57, 255, 256, 300][random.below(12)]))
}
