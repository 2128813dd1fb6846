import Cryptography
import Primitives
import Testing
import Trie

@Suite struct VersionedCommitTests {
    /// A store by place and version, given what commits hand over and rid of what they leave, holds just the nodes of the
    /// newest trie, wherever the trie forgets what it has in memory.
    @Test(arguments: 0..<60) func placesAreExact(seed: Int) throws {
        var random = Random(state: UInt64(seed) + 1_700)
        let store = PlacedNodes()
        var trie = MerkleTrie(source: store)
        var pairs: [[UInt8]: [UInt8]] = [:]
        for version in 1...20 as ClosedRange<UInt32> {
            for _ in 0..<1 + random.below(8) {
                let key = (0..<3).map { _ in [0x00, 0x01, 0x10, 0x11, 0xFF][random.below(5)] as UInt8 }
                if random.below(3) == 0 {
                    pairs[key] = nil
                    try trie.remove(key)
                } else {
                    pairs[key] = random.bytes([1, 5, 40][random.below(3)])
                    try trie.set(key, pairs[key] ?? [])
                }
                if random.below(6) == 0 { _ = trie.rootHash() }
            }
            let root = trie.commit(version: version, PlacedNodesSink(store, version: version))
            #expect(root == ReferenceTrie.root(pairs))
            switch random.below(4) {
            case 0: trie.prune()
            case 1: trie.prune(below: random.below(4))
            case 2: trie = MerkleTrie(root: root, version: trie.rootVersion, source: store)
            default: break
            }
            store.reads = []
            var stored = MerkleTrie(root: root, version: trie.rootVersion, source: store)
            // Every key of the alphabet, so that every node is on some path.
            for first in [0x00, 0x01, 0x10, 0x11, 0xFF] as [UInt8] {
                for second in [0x00, 0x01, 0x10, 0x11, 0xFF] as [UInt8] {
                    for third in [0x00, 0x01, 0x10, 0x11, 0xFF] as [UInt8] {
                        let found = try stored.get([first, second, third])
                        #expect(found == pairs[[first, second, third]])
                    }
                }
            }
            #expect(store.reads == Set(store.nodes.keys))
        }
    }
}

/// Nodes under their version and path.
private final class PlacedNodes: TrieNodeSource {
    struct Place: Hashable {
        var version: UInt32
        var path: [UInt8]
    }

    var nodes: [Place: (hash: Hash256, encoding: [UInt8], childVersions: [UInt32])] = [:]
    var reads: Set<Place> = []

    override func node(
        _ hash: Hash256, at place: TrieNodePlace, childVersions: inout [UInt32]
    ) throws(StateError) -> [UInt8] {
        let place = Place(version: place.version, path: Array(place.path))
        guard let node = nodes[place], node.hash == hash else { throw .missingNode(hash) }
        reads.insert(place)
        childVersions = node.childVersions
        return node.encoding
    }
}

/// Files what a commit hands over.
private final class PlacedNodesSink: TrieNodeSink {
    private let store: PlacedNodes
    private let version: UInt32

    init(_ store: PlacedNodes, version: UInt32) {
        self.store = store
        self.version = version
        super.init()
    }

    override func store(
        _ hash: Hash256, _ encoding: UnsafeRawBufferPointer, path: UnsafeBufferPointer<UInt8>,
        childVersions: UnsafeBufferPointer<UInt32>
    ) {
        store.nodes[PlacedNodes.Place(version: version, path: Array(path))] = (
            hash, Array(encoding), Array(childVersions)
        )
    }

    override func vacate(_ place: TrieNodePlace) {
        let place = PlacedNodes.Place(version: place.version, path: Array(place.path))
        #expect(store.nodes.removeValue(forKey: place) != nil)
    }
}
