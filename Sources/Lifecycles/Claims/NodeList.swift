import Cryptography
public import Primitives
public import Trie

/// Trie nodes one after another, as the contract Claims reads them (`docs/dissolution.md`, "Claims").
///
/// Each trie remembers the nodes of the last path in it at its first levels: a node that is the same as at that level of
/// the path before is not listed again. So walks in the order of their keys' hashes take the fewest bytes. A key's own
/// leaf is listed without its path where that can be, and then not remembered.
public struct NodeList: Sendable {
    /// Levels of a path that are remembered.
    private static let levels = 8
    /// What the contract can read at once: shorter lists are followed by zeros.
    private static let window = 596

    private var nodes: [UInt8] = []
    /// Of each trie that was walked in, the last path.
    private var paths: [(trie: Address?, nodes: [[UInt8]])] = []

    /// A list without nodes.
    public init() {}

    /// The bytes of the nodes, without the zeros that may have to follow.
    public var byteCount: Int { nodes.count }

    /// What the contract is given.
    public var bytes: [UInt8] {
        nodes + [UInt8](repeating: 0, count: max(0, Self.window - nodes.count))
    }

    /// A list as it was, to take back what was added since.
    struct Mark {
        fileprivate var byteCount: Int
        fileprivate var paths: [(trie: Address?, nodes: [[UInt8]])]
    }

    var mark: Mark { Mark(byteCount: nodes.count, paths: paths) }

    mutating func takeBack(to mark: Mark) {
        nodes.removeLast(nodes.count - mark.byteCount)
        paths = mark.paths
    }

    /// Adds a walk to an account, and one to each of the slots that its proof has.
    public mutating func append(_ proof: AccountProof) {
        append(proof.nodes, to: Keccak256.hash(proof.address), of: nil)
        for slot in proof.slots { append(slot, of: proof.address) }
    }

    /// Adds a walk to a slot of a contract.
    public mutating func append(_ slot: AccountProof.Slot, of contract: Address) {
        append(slot.nodes, to: Keccak256.hash(Hash256(slot.key)), of: contract)
    }

    /// Adds the nodes that a walk needs beside those of the walks before.
    ///
    /// - Parameters:
    ///   - path: the nodes from the root down, without those that stand inside their parent, as EIP-1186 has them.
    ///   - key: where it leads: the hash of an address or of a slot.
    ///   - trie: the account whose storage it is; nil for the accounts.
    mutating func append(_ path: [[UInt8]], to key: Hash256, of trie: Address?) {
        let place = paths.firstIndex { $0.trie == trie }
        let before = place.map { paths[$0].nodes } ?? []
        var remembered = path.prefix(Self.levels)
        for (level, node) in path.enumerated()
        where level >= Self.levels || level >= before.count || before[level] != node {
            if let leaf = ShortLeaf.bytes(of: node, to: key) {
                nodes += leaf
                remembered = remembered.prefix(level)
            } else {
                nodes += node
            }
        }
        // What the path before had deeper counts still.
        remembered += before.dropFirst(remembered.count)
        if let place { paths[place].nodes = Array(remembered) } else { paths.append((trie, Array(remembered))) }
    }
}
