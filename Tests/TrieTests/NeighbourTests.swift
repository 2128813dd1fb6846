import Primitives
import Testing
import Trie

struct NeighbourTests {
    /// Keys of different lengths, some of them prefixes of others, so that branches hold values.
    @Test(arguments: 0..<20 as Range<UInt64>) func agreesWithASortedList(seed: UInt64) throws {
        var random = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next(_ bound: UInt64) -> UInt64 {
            random ^= random << 13
            random ^= random >> 7
            random ^= random << 17
            return random % bound
        }
        func key() -> [UInt8] { (0..<next(4)).map { _ in [0x00, 0x01, 0x10, 0x12, 0xFF][Int(next(5))] } }
        var keys: [[UInt8]] = []
        var trie = MerkleTrie(source: MemoryNodeSource())
        for _ in 0..<next(40) {
            let key = key()
            try trie.set(key, [1])
            if !keys.contains(key) { keys.append(key) }
        }
        keys.sort { $0.lexicographicallyPrecedes($1) }
        for target in keys + (0..<50).map({ _ in key() }) {
            let after = try trie.key(after: target)
            let before = try trie.key(before: target)
            #expect(after == keys.first { target.lexicographicallyPrecedes($0) })
            #expect(before == keys.last { $0.lexicographicallyPrecedes(target) })
        }
    }

    @Test func namesTheMissingNode() throws {
        let source = MemoryNodeSource()
        var trie = MerkleTrie(source: source)
        for byte in 0..<64 as Range<UInt8> { try trie.set([byte], Array(repeating: byte, count: 40)) }
        let root = trie.rootHash()
        var stub = MerkleTrie(root: root, source: source)
        do throws(StateError) {
            _ = try stub.key(after: [3])
            Issue.record("there is no node to read")
        } catch {
            #expect(error == .missingNode(root))
        }
    }
}
