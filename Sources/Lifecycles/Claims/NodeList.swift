public import Primitives

/// Trie nodes one after another, as the contract Claims reads them (`docs/dissolution.md`, "Claims").
///
/// Each trie remembers the nodes of the last path in it at its first levels: a node that is the same as at that level of
/// the path before is not listed again. So walks in the order of their keys' hashes take the fewest bytes.
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

    /// Adds the nodes that a walk needs beside those of the walks before.
    ///
    /// - Parameters:
    ///   - path: the nodes from the root down, without those that stand inside their parent, as EIP-1186 has them.
    ///   - trie: the account whose storage it is; nil for the accounts.
    public mutating func append(_ path: [[UInt8]], of trie: Address?) {
        let place = paths.firstIndex { $0.trie == trie }
        let before = place.map { paths[$0].nodes } ?? []
        for (level, node) in path.enumerated()
        where level >= Self.levels || level >= before.count || before[level] != node {
            nodes += node
        }
        // What the path before had deeper counts still.
        let remembered = Array(path.prefix(Self.levels)) + before.dropFirst(path.count)
        if let place { paths[place].nodes = remembered } else { paths.append((trie, remembered)) }
    }
}
