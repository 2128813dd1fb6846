import Cryptography
public import Primitives

extension MerkleTrie {
    /// The encodings of the nodes on the path of `key`, from the root down: they prove its value or its absence.
    ///
    /// Embedded nodes are inside their parents and are not listed. The proof of anything in an empty trie is empty.
    public mutating func proof(for key: [UInt8]) throws(StateError) -> [[UInt8]] {
        _ = rootHash()
        return try key.withUnsafeBufferPointer { (bytes) throws(StateError) in
            try withNibbles(of: UnsafeRawBufferPointer(bytes)) { (path) throws(StateError) in
                var visited: [NodeIndex] = []
                _ = try find(path) { visited.append($0) }
                var proof: [[UInt8]] = []
                for index in visited where index == root || arena.nodes[Int(index)].referenceCount == 32 {
                    proof.append(
                        arena.withEncoder {
                            $0.write(index)
                            return Array($0.encoding)
                        })
                }
                return proof
            }
        }
    }
}

/// Why a proof proves nothing.
public enum ProofError: Error, Equatable, Sendable {
    /// A node on the path is not among the nodes of the proof.
    case incomplete
    /// A node of the proof is not on the path, or comes twice or out of order.
    case superfluousNode
    /// A node on the path is not the canonical encoding of a trie node.
    case malformedNode
}

/// The value that `key` has in the trie with this root, or nil where the proof shows that it has none.
///
/// - Throws: `ProofError`: anything but exactly the nodes from the root down the path is refused.
public func verifyProof(root: Hash256, key: [UInt8], proof: [[UInt8]]) throws(ProofError) -> [UInt8]? {
    if root == Keccak256.emptyTrie {
        guard proof.isEmpty else { throw .superfluousNode }
        return nil
    }
    let source = ProofNodeSource(proof)
    var trie = MerkleTrie(root: root, source: source)
    let value: [UInt8]?
    do {
        value = try trie.get(key)
    } catch {
        switch error {
        case .missingNode: throw source.isOutOfOrder ? .superfluousNode : .incomplete
        default: throw .malformedNode
        }
    }
    guard source.isUsedUp else { throw .superfluousNode }
    return value
}

/// Hands out the nodes of a proof in their order only.
private final class ProofNodeSource: TrieNodeSource {
    private let nodes: [[UInt8]]
    private var next = 0
    private(set) var isOutOfOrder = false

    init(_ nodes: [[UInt8]]) {
        self.nodes = nodes
        super.init()
    }

    var isUsedUp: Bool { next == nodes.count }

    override func node(_ hash: Hash256) throws(StateError) -> [UInt8] {
        guard next < nodes.count else { throw .missingNode(hash) }
        guard Keccak256.hash(nodes[next]) == hash else {
            isOutOfOrder = true
            throw .missingNode(hash)
        }
        next += 1
        return nodes[next - 1]
    }
}
