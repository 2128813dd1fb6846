import Primitives

/// Why bytes are not the encoding of a trie node.
struct MalformedNode: Error {}

extension NodeArena {
    /// Decodes a node and everything embedded in it, over the stub at `index`.
    ///
    /// Only what an honest trie holds is taken: no extension without a path or to nothing, no leaf without a value, no
    /// branch with fewer than two ways on, no embedded node of 32 bytes or more, no trailing bytes.
    ///
    /// - Parameters:
    ///   - childVersions: of the children known by hash, in their order; none where nodes are not stored by version.
    mutating func load(
        _ encoding: [UInt8], childVersions: [UInt32], over index: NodeIndex
    ) throws(MalformedNode) {
        let stub = nodes[Int(index)]
        var reader = RLPReader(encoding)
        var node = try decode(&reader, depth: 0)
        guard reader.isAtEnd else { throw MalformedNode() }
        if !childVersions.isEmpty { try setVersions(childVersions, below: node) }
        (node.reference, node.referenceCount, node.version) = (stub.reference, stub.referenceCount, stub.version)
        nodes[Int(index)] = node
    }

    private mutating func setVersions(_ versions: [UInt32], below node: Node) throws(MalformedNode) {
        var next = 0
        func version() throws(MalformedNode) -> UInt32 {
            guard next < versions.count else { throw MalformedNode() }
            next += 1
            return versions[next - 1]
        }
        switch node.kind {
        case .stub, .leaf: break
        case .extension:
            if nodes[Int(node.child)].kind == .stub { nodes[Int(node.child)].version = try version() }
        case .branch:
            for position in Int(node.child)..<Int(node.child) + 16 {
                let child = children[position]
                if nodes[Int(child)].kind == .stub && child != 0 { nodes[Int(child)].version = try version() }
            }
        }
        guard next == versions.count else { throw MalformedNode() }
    }

    private mutating func decode(_ reader: inout RLPReader, depth: Int) throws(MalformedNode) -> Node {
        guard var items = try? reader.readList() else { throw MalformedNode() }
        var count = 0
        var counter = items
        while !counter.isAtEnd {
            guard (try? counter.readItem()) != nil else { throw MalformedNode() }
            count += 1
        }
        switch count {
        case 2: return try decodeShort(&items, depth: depth)
        case 17: return try decodeBranch(&items, depth: depth)
        default: throw MalformedNode()
        }
    }

    private mutating func decodeShort(_ items: inout RLPReader, depth: Int) throws(MalformedNode) -> Node {
        guard let prefix = try? items.readBytes(), let (path, isLeaf) = HexPrefix.decode(prefix) else {
            throw MalformedNode()
        }
        var node = Node(kind: isLeaf ? .leaf : .extension)
        (node.pathStart, node.pathCount) = store(path)
        if isLeaf {
            guard let value = try? items.readBytes(), !value.isEmpty else { throw MalformedNode() }
            (node.valueStart, node.valueCount) = store(value)
        } else {
            node.child = try decodeChild(&items, depth: depth)
            guard !path.isEmpty, node.child != 0 else { throw MalformedNode() }
            // Two extensions, or an extension and a leaf, would have been one node.
            let child = nodes[Int(node.child)].kind
            guard child == .stub || child == .branch else { throw MalformedNode() }
        }
        return node
    }

    private mutating func decodeBranch(_ items: inout RLPReader, depth: Int) throws(MalformedNode) -> Node {
        var ways = 0
        let base = Int32(children.count)
        children.append(contentsOf: repeatElement(0, count: 16))
        for position in 0..<16 {
            let child = try decodeChild(&items, depth: depth)
            children[Int(base) + position] = child
            if child != 0 { ways += 1 }
        }
        var node = Node(kind: .branch)
        node.child = base
        guard let value = try? items.readBytes() else { throw MalformedNode() }
        if !value.isEmpty {
            (node.valueStart, node.valueCount) = store(value)
            ways += 1
        }
        guard ways >= 2 else { throw MalformedNode() }
        return node
    }

    private mutating func decodeChild(_ items: inout RLPReader, depth: Int) throws(MalformedNode) -> NodeIndex {
        if items.isAtList {
            guard depth < 16, let encoding = try? items.readItem(), encoding.count < 32 else { throw MalformedNode() }
            var reader = RLPReader(encoding)
            var node = try decode(&reader, depth: depth + 1)
            node.referenceCount = UInt8(encoding.count)
            node.reference = Hash256()
            withUnsafeMutableBytes(of: &node.reference) { $0.copyBytes(from: encoding) }
            return append(node)
        }
        guard let bytes = try? items.readBytes() else { throw MalformedNode() }
        if bytes.isEmpty { return 0 }
        guard bytes.count == 32 else { throw MalformedNode() }
        return appendStub(bytes.withUnsafeBytes { Hash256(copying: $0.baseAddress!) })
    }
}
