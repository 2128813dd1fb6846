import Primitives

/// The place of a node in its arena; 0 is the empty node.
typealias NodeIndex = Int32

/// One node in memory, or the stub of one that has not been loaded.
struct Node {
    enum Kind: UInt8 {
        /// Known by its hash only.
        case stub
        case leaf
        case `extension`
        case branch
    }

    var kind: Kind
    /// How a parent refers to the node: the number of bytes in `reference`, 32 for a hash, fewer for an embedded
    /// encoding, 0 where the node has changed since it was encoded.
    var referenceCount: UInt8 = 0
    /// Whether it was encoded for a root or proof, but no commit has handed it over since. Then so was whatever is above
    /// it, or it has changed.
    var isPending = false
    /// Under which version the node's place is stored; 0 where nothing is stored there, or not by version. A node that
    /// takes another's place takes over its version until the next commit.
    var version: UInt32 = 0
    var reference = Hash256()
    /// The place and number of the path's nibbles in the arena's bytes (leaf, extension).
    var pathStart: Int32 = 0
    var pathCount: Int32 = 0
    /// The place and number of the value's bytes (leaf, branch); a count of 0 is no value.
    var valueStart: Int32 = 0
    var valueCount: Int32 = 0
    /// The child of an extension, or the place of a branch's sixteen children.
    var child: Int32 = 0
}

/// Nodes, children, paths and values of one trie in flat arrays. What is replaced stays until the trie is pruned.
struct NodeArena {
    var nodes: [Node]
    var children: [NodeIndex] = []
    var bytes: [UInt8] = []
    /// Branch blocks that are free to use again.
    var freeBranches: [Int32] = []

    init() {
        // Index 0 stands for the empty node.
        nodes = [Node(kind: .stub)]
    }

    mutating func append(_ node: Node) -> NodeIndex {
        nodes.append(node)
        return NodeIndex(nodes.count - 1)
    }

    mutating func appendStub(_ hash: Hash256, version: UInt32 = 0) -> NodeIndex {
        append(Node(kind: .stub, referenceCount: 32, version: version, reference: hash))
    }

    mutating func store(_ content: some Collection<UInt8>) -> (start: Int32, count: Int32) {
        let start = Int32(bytes.count)
        bytes.append(contentsOf: content)
        return (start, Int32(content.count))
    }

    mutating func appendLeaf(_ path: Nibbles, _ value: UnsafeRawBufferPointer) -> NodeIndex {
        var node = Node(kind: .leaf)
        (node.pathStart, node.pathCount) = store(path)
        (node.valueStart, node.valueCount) = store(value)
        return append(node)
    }

    mutating func appendExtension(_ path: Nibbles, _ child: NodeIndex) -> NodeIndex {
        var node = Node(kind: .extension)
        (node.pathStart, node.pathCount) = store(path)
        node.child = child
        return append(node)
    }

    mutating func appendBranch() -> NodeIndex {
        var node = Node(kind: .branch)
        if let free = freeBranches.popLast() {
            node.child = free
            for index in 0..<16 { children[Int(free) + index] = 0 }
        } else {
            node.child = Int32(children.count)
            children.append(contentsOf: repeatElement(0, count: 16))
        }
        return append(node)
    }

    /// A path may be read while the arena does not change.
    @inline(__always)
    func withPath<Result>(_ index: NodeIndex, _ body: (Nibbles) -> Result) -> Result {
        let node = nodes[Int(index)]
        return bytes.withUnsafeBufferPointer {
            body(Nibbles(rebasing: $0[Int(node.pathStart)..<Int(node.pathStart + node.pathCount)]))
        }
    }

    func path(_ index: NodeIndex) -> [UInt8] { withPath(index) { Array($0) } }

    func value(_ index: NodeIndex) -> [UInt8] {
        let node = nodes[Int(index)]
        return Array(bytes[Int(node.valueStart)..<Int(node.valueStart + node.valueCount)])
    }
}
