import Cryptography
import Primitives
import Trie

/// A trie against a dictionary: what it holds, that its root depends on nothing else, and what its proofs prove.
let trieFuzzer = Fuzzer(name: "trie") { random in
    var entries: [[UInt8]: [UInt8]] = [:]
    let source = MemoryNodeSource()
    var trie = MerkleTrie(source: source)
    for _ in 0..<random.below(60) {
        let key = randomKey(&random)
        let value = random.oneIn(4) ? [] : random.bytes(1 + random.below(40))
        try trie.set(key, value)
        entries[key] = value.isEmpty ? nil : value
        switch random.below(12) {
        case 0: _ = trie.commit { source.insert($0, $1) }
        case 1:
            _ = trie.commit { source.insert($0, $1) }
            trie.prune()
        default: break
        }
    }
    let root = trie.rootHash()
    var sorted = MerkleTrie(source: TrieNodeSource())
    for (key, value) in entries.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) { try sorted.set(key, value) }
    guard sorted.rootHash() == root else { throw Finding("the root of \(entries) depends on its history") }
    for _ in 0..<6 {
        let key =
            random.oneIn(2) ? randomKey(&random) : entries.keys.sorted { $0.lexicographicallyPrecedes($1) }.first ?? []
        guard try trie.get(key) == entries[key] else { throw Finding("\(key) in \(entries) has another value") }
        let proof = try trie.proof(for: key)
        guard try verifyProof(root: root, key: key, proof: proof) == entries[key] else {
            throw Finding("the proof of \(key) in \(entries) proves another value")
        }
        try checkChanged(proof, root: root, key: key, value: entries[key], &random)
    }
}

/// A changed proof is refused or proves the same.
private func checkChanged(
    _ proof: [[UInt8]], root: Hash256, key: [UInt8], value: [UInt8]?, _ random: inout SplitMix
) throws {
    var changed = proof
    switch random.below(5) {
    case 0: changed.append(random.bytes(random.below(40)))
    case 1 where !changed.isEmpty: changed.remove(at: random.below(changed.count))
    case 2 where !changed.isEmpty: changed.append(random.pick(changed))
    case 3: changed.reverse()
    default:
        if changed.isEmpty { return }
        let index = random.below(changed.count)
        changed[index] = random.mutated(changed[index])
    }
    if let proved = try? verifyProof(root: root, key: key, proof: changed) {
        guard proved == value, changed == proof else { throw Finding("\(changed) passes for a proof of \(key)") }
    }
}

/// Keys with common beginnings, some of them the beginning of another.
private func randomKey(_ random: inout SplitMix) -> [UInt8] {
    (0..<random.pick([0, 1, 2, 2, 2, 3, 3, 32])).map { _ in random.pick([0x00, 0x01, 0x10, 0x11, 0xFF]) }
}

/// Nodes that a stranger made up: a trie over them answers or throws, whatever it is asked.
let hostileTrieFuzzer = Fuzzer(name: "hostile-trie") { random in
    let source = MemoryNodeSource()
    var references: [[UInt8]] = [[0x80]]
    var encodings: [[UInt8]] = []
    for _ in 0..<1 + random.below(12) {
        let encoding = randomNode(&random, references)
        let hash = Keccak256.hash(encoding)
        source.insert(hash, encoding)
        encodings.append(encoding)
        references.append(encoding.count < 32 && !random.oneIn(4) ? encoding : [0xA0] + hash.bytes)
    }
    guard let last = encodings.last else { return }
    let root = Keccak256.hash(last)
    var trie = MerkleTrie(root: root, source: source)
    for _ in 0..<1 + random.below(8) {
        let key =
            random.oneIn(2)
            ? random.bytes(random.below(4)) : [UInt8](repeating: 0x11 * UInt8(random.below(4)), count: 32)
        switch random.below(5) {
        case 0: _ = try? trie.get(key)
        case 1: try? trie.set(key, random.bytes(1 + random.below(40)))
        case 2: try? trie.remove(key)
        case 3: _ = try? trie.proof(for: key)
        default: _ = trie.rootHash()
        }
        _ = try? verifyProof(root: root, key: key, proof: encodings.reversed())
    }
    _ = trie.commit { _, _ in }
}

/// A node over some of `references`, with a path and values of any form, often with an error in it.
private func randomNode(_ random: inout SplitMix, _ references: [[UInt8]]) -> [UInt8] {
    var writer = RLPWriter()
    writer.appendList { list in
        if random.oneIn(3) {
            for _ in 0..<16 { list.appendEncoded(random.oneIn(3) ? random.pick(references) : [0x80]) }
            list.append(random.bytes(random.oneIn(2) ? 0 : random.below(40)))
        } else {
            let flag = UInt8(random.below(random.oneIn(8) ? 16 : 4)) << 4
            let isOdd = flag & 0x10 != 0
            let first = flag | (isOdd || random.oneIn(16) ? UInt8(random.below(4)) : 0)
            list.append([first] + (0..<random.below(3)).map { _ in random.pick([0x00, 0x11, 0x12, 0x33]) })
            if flag & 0x20 != 0 {
                list.append(random.bytes(random.below(40)))
            } else {
                list.appendEncoded(random.pick(references))
            }
        }
    }
    return random.oneIn(5) ? random.mutated(writer.bytes) : writer.bytes
}
