public import Cryptography
public import Primitives

/// A Merkle Patricia trie (yellow paper, appendix D) over a node source.
///
/// Nodes are loaded when a path first needs them and stay in memory until `prune`; changed nodes are encoded and hashed
/// once, when the root is asked for. A read or change that fails for a missing or malformed node leaves the trie as it
/// was.
public struct MerkleTrie: ~Copyable {
    let source: TrieNodeSource
    var arena = NodeArena()
    var root: NodeIndex = 0
    /// The number of nibbles of the key that is being set.
    var keyCount = 0
    /// The places of stored nodes that have none in their place since the last commit.
    var vacated: [(version: UInt32, path: [UInt8])] = []

    /// The trie with this root hash; no node is loaded yet.
    ///
    /// - Parameters:
    ///   - version: under which the root is stored, for a source that keeps nodes by place and version.
    public init(root hash: Hash256 = Keccak256.emptyTrie, version: UInt32 = 0, source: TrieNodeSource) {
        self.source = source
        if hash != Keccak256.emptyTrie { root = arena.appendStub(hash, version: version) }
    }

    /// The version under which the root is stored, as of the last commit; 0 for an empty trie.
    public var rootVersion: UInt32 { arena.nodes[Int(root)].version }

    /// The number of nodes, loaded or known by hash, in memory.
    public var residentCount: Int { arena.nodes.count - 1 }

    // MARK: Reading

    /// The value of `key`, or nil.
    ///
    /// - Throws: `StateError` where a node on the path is missing or malformed.
    public mutating func get(_ key: [UInt8]) throws(StateError) -> [UInt8]? {
        try key.withUnsafeBufferPointer { (bytes) throws(StateError) in try value(UnsafeRawBufferPointer(bytes)) }
    }

    /// The value of the key with these 32 bytes, or nil.
    public mutating func get(_ key: Hash256) throws(StateError) -> [UInt8]? {
        try withUnsafeBytes(of: key) { (bytes) throws(StateError) in try value(bytes) }
    }

    private mutating func value(_ key: UnsafeRawBufferPointer) throws(StateError) -> [UInt8]? {
        try withNibbles(of: key) { (path) throws(StateError) in
            guard let (index, _) = try find(path, visit: { _ in }) else { return nil }
            return arena.value(index)
        }
    }

    /// Walks down `path`, calling `visit` with every node met, and gives the node that holds the path's value.
    mutating func find(
        _ path: Nibbles, visit: (NodeIndex) -> Void
    ) throws(StateError) -> (index: NodeIndex, depth: Int)? {
        var index = root
        var depth = 0
        // Each turn takes at least one nibble of the path or ends.
        while index != 0 {
            try resolve(index, at: Nibbles(rebasing: path[..<depth]))
            visit(index)
            let node = arena.nodes[Int(index)]
            let rest = path.dropping(depth)
            switch node.kind {
            case .stub: return nil
            case .leaf:
                let matches = arena.withPath(index) {
                    $0.count == rest.count && $0.commonPrefixCount(rest) == rest.count
                }
                return matches ? (index, depth) : nil
            case .extension:
                let matches = arena.withPath(index) { $0.commonPrefixCount(rest) == $0.count }
                guard matches else { return nil }
                depth += Int(node.pathCount)
                index = node.child
            case .branch:
                if rest.isEmpty { return node.valueCount == 0 ? nil : (index, depth) }
                index = arena.children[Int(node.child) + Int(rest[0])]
                depth += 1
            }
        }
        return nil
    }

    /// Loads a node that is known by hash only.
    @inline(__always)
    mutating func resolve(_ index: NodeIndex, at path: Nibbles) throws(StateError) {
        guard arena.nodes[Int(index)].kind == .stub else { return }
        try load(index, at: path)
    }

    @inline(never)
    private mutating func load(_ index: NodeIndex, at path: Nibbles) throws(StateError) {
        let hash = arena.nodes[Int(index)].reference
        var childVersions: [UInt32] = []
        let place = TrieNodePlace(version: arena.nodes[Int(index)].version, path: path)
        let encoding = try source.node(hash, at: place, childVersions: &childVersions)
        guard encoding.count >= 32 || index == root else { throw .malformedNode(hash) }
        do {
            try arena.load(encoding, childVersions: childVersions, over: index)
        } catch {
            throw .malformedNode(hash)
        }
    }

    // MARK: Hashing

    /// The root hash, with everything changed since the last time encoded and hashed.
    public mutating func rootHash() -> Hash256 {
        root == 0 ? Keccak256.emptyTrie : encodeChanges(committing: nil, version: 0)
    }

    /// The root hash; `sink` gets the hash and encoding of every node made since the last commit, children first, ready
    /// to be stored. A root of fewer than 32 bytes is handed over too.
    public mutating func commit(_ sink: (Hash256, [UInt8]) -> Void) -> Hash256 {
        withoutActuallyEscaping(sink) { commit(version: 0, ClosureSink($0)) }
    }

    /// The root hash; `sink` gets every node made since the last commit, children first, with its place, and the places
    /// in which no node is any more.
    ///
    /// - Parameters:
    ///   - version: what the new nodes are stored under; 0 for a store that knows nodes by hash only.
    public mutating func commit(version: UInt32, _ sink: TrieNodeSink) -> Hash256 {
        for place in vacated {
            place.path.withUnsafeBufferPointer { sink.vacate(TrieNodePlace(version: place.version, path: $0)) }
        }
        vacated.removeAll()
        return root == 0 ? Keccak256.emptyTrie : encodeChanges(committing: sink, version: version)
    }

    private mutating func encodeChanges(committing sink: TrieNodeSink?, version: UInt32) -> Hash256 {
        let root = self.root
        let node = arena.nodes[Int(root)]
        let isNew = node.referenceCount == 0 || node.isPending
        return arena.withEncoder { encoder in
            encoder.version = version
            encoder.encode(root, committing: sink)
            if let hash = encoder.hash(root) { return hash }
            // A parent would embed the node; the root is referred to by hash always.
            encoder.write(root)
            let hash = Keccak256.hash(encoder.encoding)
            if isNew, let sink { encoder.handOver(root, hash, to: sink) }
            return hash
        }
    }

    /// Forgets every loaded node: the trie goes back to its root hash. Call it after `commit` has stored what is new.
    public mutating func prune() {
        let hash = rootHash()
        let version = rootVersion
        arena = NodeArena()
        root = hash == Keccak256.emptyTrie ? 0 : arena.appendStub(hash, version: version)
    }
}
