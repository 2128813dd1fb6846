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
    mutating func encode(_ index: NodeIndex, committing sink: ((Hash256, UnsafeRawBufferPointer) -> Void)?) {
        let place = Int(index)
        guard nodes[place].referenceCount == 0 || (nodes[place].isPending && sink != nil) else { return }
        let first = Int(nodes[place].child)
        switch nodes[place].kind {
        case .stub, .leaf: break
        case .extension: encode(nodes[place].child, committing: sink)
        case .branch:
            for way in first..<first &+ 16 where children[way] != 0 { encode(children[way], committing: sink) }
        }
        write(index)
        let reference = NodeReference(to: encoding)
        nodes[place].reference = reference.content
        nodes[place].referenceCount = reference.count
        nodes[place].isPending = sink == nil
        if let sink, reference.count == 32 { sink(reference.content, encoding) }
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
