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
