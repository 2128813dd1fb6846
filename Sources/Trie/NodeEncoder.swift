import Cryptography
import Primitives

/// Brings the references of changed nodes up to date: one walk over an arena that does not grow meanwhile.
///
/// Nodes, children and bytes are read where they lie, and a node costs no allocation.
struct NodeEncoder: ~Copyable {
    private let nodes: UnsafeMutableBufferPointer<Node>
    private let children: UnsafeBufferPointer<NodeIndex>
    private let bytes: UnsafeBufferPointer<UInt8>
    private var writer = NodeWriter()
    /// What a commit stores nodes under.
    var version: UInt32 = 0
    /// The path to the node that a commit is at.
    private var path: [UInt8] = []
    private var childVersions: [UInt32] = []

    /// An encoder of the arena that these are the parts of.
    init(
        nodes: UnsafeMutableBufferPointer<Node>, children: UnsafeBufferPointer<NodeIndex>,
        bytes: UnsafeBufferPointer<UInt8>
    ) {
        self.nodes = nodes
        self.children = children
        self.bytes = bytes
    }

    /// The encoding that was written last.
    var encoding: UnsafeRawBufferPointer { writer.encoding }

    /// The hash that refers to a node; nil where its parent would embed it.
    func hash(_ index: NodeIndex) -> Hash256? {
        nodes[Int(index)].referenceCount == 32 ? nodes[Int(index)].reference : nil
    }

    /// Brings the reference of a node and of everything changed below it up to date.
    ///
    /// A commit hands each encoding that is referred to by hash to its sink, children before parents, those included
    /// that were encoded since the last commit. Depth is bounded by the length of the keys.
    mutating func encode(_ index: NodeIndex, committing sink: TrieNodeSink?) {
        let place = Int(index)
        guard nodes[place].referenceCount == 0 || (nodes[place].isPending && sink != nil) else { return }
        encodeChildren(of: nodes[place], committing: sink)
        write(index)
        let reference = NodeReference(to: encoding)
        nodes[place].reference = reference.content
        nodes[place].referenceCount = reference.count
        nodes[place].isPending = sink == nil
        guard let sink else { return }
        if nodes[place].version != 0 {
            path.withUnsafeBufferPointer { sink.vacate(TrieNodePlace(version: nodes[place].version, path: $0)) }
            nodes[place].version = 0
        }
        if reference.count == 32 { handOver(index, reference.content, to: sink) }
    }

    private mutating func encodeChildren(of node: Node, committing sink: TrieNodeSink?) {
        let first = Int(node.child)
        switch node.kind {
        case .stub, .leaf: break
        case .extension:
            let depth = path.count
            if sink != nil {
                path.append(contentsOf: bytes[Int(node.pathStart)..<Int(node.pathStart &+ node.pathCount)])
            }
            encode(node.child, committing: sink)
            path.removeLast(path.count &- depth)
        case .branch:
            for way in first..<first &+ 16 where children[way] != 0 {
                guard sink != nil else {
                    encode(children[way], committing: nil)
                    continue
                }
                path.append(UInt8(truncatingIfNeeded: way &- first))
                encode(children[way], committing: sink)
                path.removeLast()
            }
        }
    }

    /// Gives the node that was written last to the sink.
    mutating func handOver(_ index: NodeIndex, _ hash: Hash256, to sink: TrieNodeSink) {
        nodes[Int(index)].version = version
        childVersions.removeAll(keepingCapacity: true)
        if version != 0 {
            let node = nodes[Int(index)]
            switch node.kind {
            case .stub, .leaf: break
            case .extension: appendVersion(of: node.child)
            case .branch: for way in Int(node.child)..<Int(node.child) &+ 16 { appendVersion(of: children[way]) }
            }
        }
        path.withUnsafeBufferPointer { path in
            childVersions.withUnsafeBufferPointer { versions in
                sink.store(hash, encoding, path: path, childVersions: versions)
            }
        }
    }

    private mutating func appendVersion(of child: NodeIndex) {
        if nodes[Int(child)].referenceCount == 32 { childVersions.append(nodes[Int(child)].version) }
    }

    /// Writes the encoding of a node whose children have references.
    mutating func write(_ index: NodeIndex) {
        let node = nodes[Int(index)]
        let path = Nibbles(rebasing: bytes[Int(node.pathStart)..<Int(node.pathStart &+ node.pathCount)])
        let value = UnsafeBufferPointer(
            rebasing: bytes[Int(node.valueStart)..<Int(node.valueStart &+ node.valueCount)])
        switch node.kind {
        case .stub: writer.clear()
        case .leaf:
            writer.begin(payload: NodeWriter.pathWidth(path.count) &+ NodeWriter.valueWidth(value))
            writer.write(path: path, isLeaf: true)
            writer.write(value: value)
        case .extension:
            let child = reference(node.child)
            writer.begin(payload: NodeWriter.pathWidth(path.count) &+ child.width)
            writer.write(path: path, isLeaf: false)
            writer.write(child)
        case .branch:
            let ways = Int(node.child)..<Int(node.child) &+ 16
            var payload = NodeWriter.valueWidth(value)
            for way in ways { payload &+= reference(children[way]).width }
            writer.begin(payload: payload)
            for way in ways { writer.write(reference(children[way])) }
            writer.write(value: value)
        }
    }

    /// The empty node's reference is in the arena's first node.
    @inline(__always)
    private func reference(_ child: NodeIndex) -> NodeReference {
        NodeReference(count: nodes[Int(child)].referenceCount, content: nodes[Int(child)].reference)
    }
}

extension NodeReference {
    /// The reference to the node with this encoding, hashed where it has 32 bytes or more.
    @inline(__always)
    init(to encoding: UnsafeRawBufferPointer) {
        if encoding.count < 32 {
            count = UInt8(truncatingIfNeeded: encoding.count)
            withUnsafeMutableBytes(of: &content) { $0.copyMemory(from: encoding) }
        } else {
            count = 32
            content = Keccak256.hash(encoding)
        }
    }
}

extension NodeArena {
    /// Calls `body` with an encoder of this arena.
    mutating func withEncoder<Result>(_ body: (inout NodeEncoder) -> Result) -> Result {
        nodes.withUnsafeMutableBufferPointer { nodes in
            children.withUnsafeBufferPointer { children in
                bytes.withUnsafeBufferPointer { bytes in
                    var encoder = NodeEncoder(nodes: nodes, children: children, bytes: bytes)
                    return body(&encoder)
                }
            }
        }
    }
}
