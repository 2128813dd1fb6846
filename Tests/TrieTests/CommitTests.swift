import Cryptography
import Primitives
import Testing
import Trie

@Suite struct CommitTests {
    /// Whatever comes between commits (roots, proofs, further changes), what was committed is a whole trie.
    @Test(arguments: 0..<60) func handsOverEveryNode(seed: Int) throws {
        var random = Random(state: UInt64(seed) + 900)
        let nodes = MemoryNodeSource()
        var trie = MerkleTrie(source: nodes)
        var pairs: [[UInt8]: [UInt8]] = [:]
        for _ in 0..<12 {
            for _ in 0..<1 + random.below(12) {
                let key = (0..<3).map { _ in [0x00, 0x01, 0x10, 0x11, 0xFF][random.below(5)] as UInt8 }
                if random.below(4) == 0 {
                    pairs[key] = nil
                    try trie.remove(key)
                } else {
                    pairs[key] = random.bytes([1, 5, 40][random.below(3)])
                    try trie.set(key, pairs[key] ?? [])
                }
                if random.below(3) == 0 {
                    let root = trie.rootHash()
                    #expect(root == ReferenceTrie.root(pairs))
                }
                if random.below(5) == 0 { _ = try trie.proof(for: key) }
            }
            let root = trie.commit { nodes.insert($0, $1) }
            #expect(root == ReferenceTrie.root(pairs))
            var stored = MerkleTrie(root: root, source: nodes)
            for (key, value) in pairs {
                let found = try stored.get(key)
                #expect(found == value)
            }
            if random.below(2) == 0 { trie.prune() }
        }
    }
}
