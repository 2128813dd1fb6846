import Cryptography
import Primitives
import Testing
import Trie

@Suite struct SortedTrieTests {
    private func root(_ pairs: [[UInt8]: [UInt8]]) -> Hash256? {
        var trie = SortedTrie()
        for key in pairs.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard let value = pairs[key], trie.append(key, value) else { return nil }
        }
        return trie.rootHash()
    }

    /// Keys of one length over few letters share long beginnings; short values embed.
    @Test(arguments: 0..<80) func agreesWithTheDefinition(seed: Int) {
        var random = Random(state: UInt64(seed) + 77)
        let length = 1 + random.below(5)
        let letters: [UInt8] = [0x00, 0x01, 0x0F, 0x10, 0x11, 0xFF]
        var pairs: [[UInt8]: [UInt8]] = [:]
        #expect(root(pairs) == Keccak256.emptyTrie)
        for _ in 0..<1 + random.below(60) {
            let key = (0..<length).map { _ in letters[random.below(letters.count)] }
            pairs[key] = random.bytes([1, 2, 27, 31, 32, 33, 60, 1_500][random.below(8)])
            #expect(root(pairs) == ReferenceTrie.root(pairs))
        }
    }

    @Test func refusesWhatIsOutOfOrder() {
        var trie = SortedTrie()
        let calls: [(key: [UInt8], value: [UInt8], isTaken: Bool)] = [
            ([2, 3], [1], true),
            ([2, 3], [1], false),
            ([2, 2], [1], false),
            ([2], [1], false),
            ([2, 3, 4], [1], false),
            ([], [1], false),
            ([2, 4], [], false),
            ([2, 4], [1], true),
            ([2, 3], [1], false),
            ([3], [1], true),
        ]
        for call in calls {
            let isTaken = trie.append(call.key, call.value)
            #expect(isTaken == call.isTaken)
        }
        let root = trie.rootHash()
        #expect(root == ReferenceTrie.root([[2, 3]: [1], [2, 4]: [1], [3]: [1]]))
    }
}
