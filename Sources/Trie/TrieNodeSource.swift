import Cryptography
public import Primitives

/// Where a trie finds the nodes that it does not hold: a database, memory or a witness.
///
/// A class with an overridable method, because the core has no existentials and the call is paid only for a node that is
/// not in memory yet (ADR 2).
open class TrieNodeSource {
    public init() {}

    /// The encoding of the node with this hash.
    ///
    /// - Throws: `StateError.missingNode`, or what the store says.
    open func node(_ hash: Hash256) throws(StateError) -> [UInt8] { throw .missingNode(hash) }

    /// The encoding of the node with this hash, for a source that finds nodes by their place.
    ///
    /// - Parameters:
    ///   - childVersions: empty; such a source fills in the versions of the children that the node refers to by hash, in
    ///     their order, as they were when the node was committed.
    open func node(
        _ hash: Hash256, at place: TrieNodePlace, childVersions: inout [UInt32]
    ) throws(StateError) -> [UInt8] { try node(hash) }
}

/// Where a store keeps a node: no two nodes of one trie have the same place.
public struct TrieNodePlace {
    /// The version that the node was committed under; 0 where it was not committed by version.
    public var version: UInt32
    /// The nibbles from the root to the node, one a byte; valid during the call only.
    public var path: UnsafeBufferPointer<UInt8>

    public init(version: UInt32, path: UnsafeBufferPointer<UInt8>) {
        self.version = version
        self.path = path
    }
}

/// What takes the nodes that a commit hands over. What it is given is valid during the call only.
open class TrieNodeSink {
    public init() {}

    /// A node is new under the version of the commit.
    ///
    /// - Parameters:
    ///   - path: the nibbles from the root to the node, one a byte.
    ///   - childVersions: of the children that the node refers to by hash, in their order; none for version 0.
    open func store(
        _ hash: Hash256, _ encoding: UnsafeRawBufferPointer, path: UnsafeBufferPointer<UInt8>,
        childVersions: UnsafeBufferPointer<UInt32>
    ) {}

    /// The trie does not use the node any more that an earlier commit stored in this place.
    open func vacate(_ place: TrieNodePlace) {}
}

/// Hands over hashes and encodings to a closure.
final class ClosureSink: TrieNodeSink {
    private let body: (Hash256, [UInt8]) -> Void

    init(_ body: @escaping (Hash256, [UInt8]) -> Void) {
        self.body = body
        super.init()
    }

    override func store(
        _ hash: Hash256, _ encoding: UnsafeRawBufferPointer, path: UnsafeBufferPointer<UInt8>,
        childVersions: UnsafeBufferPointer<UInt32>
    ) { body(hash, Array(encoding)) }
}

/// Nodes in a table in memory.
public final class MemoryNodeSource: TrieNodeSource {
    private var nodes = HashTable<Hash256, [UInt8]>()

    /// The number of nodes held.
    public var count: Int { nodes.count }

    /// Holds a node under its hash, which the caller has just computed.
    public func insert(_ hash: Hash256, _ encoding: [UInt8]) { nodes.set(hash, encoding) }

    public override func node(_ hash: Hash256) throws(StateError) -> [UInt8] {
        guard let encoding = nodes[hash] else { throw .missingNode(hash) }
        return encoding
    }
}

/// Nodes and code from a stranger: each preimage is hashed when it is added, so none can pass for another.
public final class WitnessNodeSource: TrieNodeSource {
    private var preimages = HashTable<Hash256, [UInt8]>()

    /// Files every preimage under its Keccak-256 hash.
    public init(preimages list: [[UInt8]]) {
        preimages = HashTable(minimumCapacity: list.count)
        for preimage in list { preimages.set(Keccak256.hash(preimage), preimage) }
        super.init()
    }

    /// The preimage of `hash`, or nil.
    public func preimage(of hash: Hash256) -> [UInt8]? { preimages[hash] }

    public override func node(_ hash: Hash256) throws(StateError) -> [UInt8] {
        guard let encoding = preimages[hash] else { throw .missingNode(hash) }
        return encoding
    }
}
