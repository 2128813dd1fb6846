import Cryptography
import Primitives
import Testing
import Trie

/// The root by the recursive definition of the yellow paper, appendix D, straight from a list of pairs.
enum ReferenceTrie {
    static func root(_ pairs: [[UInt8]: [UInt8]]) -> Hash256 {
        if pairs.isEmpty { return Keccak256.emptyTrie }
        let items = pairs.map { (path: $0.key.flatMap { [$0 >> 4, $0 & 15] }, value: $0.value) }
        var writer = RLPWriter()
        node(items, 0).encode(to: &writer)
        return Keccak256.hash(writer.bytes)
    }

    private static func node(_ items: [(path: [UInt8], value: [UInt8])], _ depth: Int) -> RLPItem {
        if items.count == 1 {
            return .list([.bytes(prefix(Array(items[0].path[depth...]), true)), .bytes(items[0].value)])
        }
        var shared = items[0].path.count
        for item in items {
            var count = depth
            while count < min(shared, item.path.count) && item.path[count] == items[0].path[count] { count += 1 }
            shared = count
        }
        if shared > depth {
            return .list([.bytes(prefix(Array(items[0].path[depth..<shared]), false)), child(items, shared)])
        }
        var list: [RLPItem] = (0..<16).map { nibble in
            let below = items.filter { $0.path.count > depth && $0.path[depth] == UInt8(nibble) }
            return below.isEmpty ? .bytes([]) : child(below, depth + 1)
        }
        list.append(.bytes(items.first { $0.path.count == depth }?.value ?? []))
        return .list(list)
    }

    private static func child(_ items: [(path: [UInt8], value: [UInt8])], _ depth: Int) -> RLPItem {
        let item = node(items, depth)
        var writer = RLPWriter()
        item.encode(to: &writer)
        return writer.bytes.count < 32 ? item : .bytes(Keccak256.hash(writer.bytes).bytes)
    }

    private static func prefix(_ path: [UInt8], _ isLeaf: Bool) -> [UInt8] {
        let flag: UInt8 = isLeaf ? 2 : 0
        let nibbles = path.count % 2 == 1 ? [flag | 1] + path : [flag, 0] + path
        return stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
    }
}

struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    }
    mutating func below(_ bound: Int) -> Int { Int((next() >> 16) % UInt64(bound)) }
    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 20) } }
}

@Suite struct MerkleTrieTests {
    /// Short keys over few letters share prefixes and end inside each other; short values embed.
    private func randomPair(_ random: inout Random) -> (key: [UInt8], value: [UInt8]) {
        let key = (0..<1 + random.below(4)).map { _ in [0x00, 0x01, 0x10, 0x11, 0xFF][random.below(5)] as UInt8 }
        return (key, random.bytes([1, 1, 2, 31, 32, 33, 60][random.below(7)]).map { $0 | 1 })
    }

    @Test(arguments: 0..<60) func agreesWithTheDefinition(seed: Int) throws {
        var random = Random(state: UInt64(seed))
        let source = MemoryNodeSource()
        var trie = MerkleTrie(source: source)
        var pairs: [[UInt8]: [UInt8]] = [:]
        for step in 0..<200 {
            let (key, value) = randomPair(&random)
            if random.below(3) == 0 {
                try trie.remove(key)
                pairs[key] = nil
            } else {
                try trie.set(key, value)
                pairs[key] = value
            }
            if step % 7 == 0 {
                let root = trie.commit { source.insert($0, $1) }
                #expect(root == ReferenceTrie.root(pairs))
                if random.below(2) == 0 { trie.prune() }
            }
        }
        for (key, value) in pairs { #expect(try trie.get(key) == value) }
        #expect(try trie.get([0x77]) == nil)
        for key in pairs.keys { try trie.remove(key) }
        let emptyRoot = trie.rootHash()
        #expect(emptyRoot == Keccak256.emptyTrie)
    }

    @Test(arguments: 0..<20) func proofsProveAndMutationsDoNot(seed: Int) throws {
        var random = Random(state: UInt64(seed) + 1000)
        var trie = MerkleTrie(source: TrieNodeSource())
        var pairs: [[UInt8]: [UInt8]] = [:]
        for _ in 0..<1 + random.below(60) {
            let (key, value) = randomPair(&random)
            try trie.set(key, value)
            pairs[key] = value
        }
        let root = trie.rootHash()
        for _ in 0..<20 {
            let (key, _) = randomPair(&random)
            let proof = try trie.proof(for: key)
            #expect(try verifyProof(root: root, key: key, proof: proof) == pairs[key])
            var flipped = proof
            let node = random.below(proof.count)
            flipped[node][random.below(proof[node].count)] ^= UInt8(1 << random.below(8))
            #expect(throws: ProofError.self) { try verifyProof(root: root, key: key, proof: flipped) }
            #expect(throws: ProofError.self) { try verifyProof(root: root, key: key, proof: proof + [proof[node]]) }
            #expect(throws: ProofError.self) { try verifyProof(root: root, key: key, proof: proof.dropLast()) }
        }
        #expect(throws: ProofError.superfluousNode) {
            try verifyProof(root: Keccak256.emptyTrie, key: [1], proof: [[0x80]])
        }
    }

    @Test func witnessNeedsTheSiblingOfARemoval() throws {
        let source = MemoryNodeSource()
        var trie = MerkleTrie(source: source)
        let long = [UInt8](repeating: 7, count: 40)
        for key: [UInt8] in [[0x10, 1], [0x20, 2], [0x20, 3]] { try trie.set(key, long) }
        let root = trie.commit { source.insert($0, $1) }
        var whole = MerkleTrie(root: root, source: source)
        try whole.remove([0x10, 1])
        let after = whole.rootHash()
        // The path of the removed key alone is not enough: its branch merges with the sibling, which must be known.
        let path = try trie.proof(for: [0x10, 1])
        var partial = MerkleTrie(root: root, source: WitnessNodeSource(preimages: path))
        #expect(throws: StateError.self) { try partial.remove([0x10, 1]) }
        #expect(partial.rootHash() == root)
        let both = try path + trie.proof(for: [0x20, 2])
        var enough = MerkleTrie(root: root, source: WitnessNodeSource(preimages: both))
        try enough.remove([0x10, 1])
        #expect(enough.rootHash() == after)
    }

    @Test func hostileNodesAreRefused() throws {
        var random = Random(state: 5)
        let source = MemoryNodeSource()
        var trie = MerkleTrie(source: source)
        for index in 0..<300 {
            try trie.set(Keccak256.hash([UInt8(index & 255), UInt8(index >> 8)]), random.bytes(40))
        }
        var nodes: [[UInt8]] = []
        _ = trie.commit { nodes.append($1) }
        for _ in 0..<100_000 {
            var node = nodes[random.below(nodes.count)]
            for _ in 0...random.below(3) {
                let position = random.below(node.count)
                switch random.below(4) {
                case 0: node[position] = UInt8(truncatingIfNeeded: random.next() >> 9)
                case 1: node.remove(at: position)
                case 2: node.insert(UInt8(truncatingIfNeeded: random.next() >> 9), at: position)
                default: node.removeLast(node.count - position - 1)
                }
                if node.isEmpty { break }
            }
            let root = Keccak256.hash(node)
            var forged = MerkleTrie(root: root, source: WitnessNodeSource(preimages: [node]))
            // Whatever it holds, it reads as a value, as nothing, or as an error.
            _ = try? forged.get(Hash256(UInt256(limbs: 0, 0, 0, random.next())))
        }
    }

    @Test func orderedRootIsTheTrieOfIndices() {
        for count in [0, 1, 2, 16, 17, 127, 128, 129, 300] {
            let items = (0..<count).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0) | 1, count: 1 + $0 % 70) }
            var pairs: [[UInt8]: [UInt8]] = [:]
            for (index, item) in items.enumerated() {
                var key = RLPWriter()
                key.append(UInt64(index))
                pairs[key.bytes] = item
            }
            #expect(orderedRoot(items) == ReferenceTrie.root(pairs))
        }
    }
}
