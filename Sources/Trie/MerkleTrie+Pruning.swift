extension MerkleTrie {
    /// Forgets the loaded nodes more than `depth` nibbles below the root, and whatever memory replaced nodes took. Call
    /// it after `commit` has stored what is new: the upper nodes, which most paths go through, stay loaded.
    ///
    /// - Complexity: O(*n*) in the nodes that stay.
    public mutating func prune(below depth: Int) {
        _ = rootHash()
        var kept = NodeArena()
        root = arena.copy(root, depth: 0, limit: depth, to: &kept)
        arena = kept
    }
}

extension NodeArena {
    /// The place in another arena of the copy of a node, with what is loaded below it down to the limit. Nothing has
    /// changed since it was encoded.
    fileprivate func copy(_ index: NodeIndex, depth: Int, limit: Int, to kept: inout NodeArena) -> NodeIndex {
        guard index != 0 else { return 0 }
        var node = nodes[Int(index)]
        if node.kind == .stub || (depth > limit && node.referenceCount == 32 && !node.isPending) {
            return kept.appendStub(node.reference, version: node.version)
        }
        (node.pathStart, node.pathCount) = kept.store(
            bytes[Int(node.pathStart)..<Int(node.pathStart &+ node.pathCount)])
        (node.valueStart, node.valueCount) = kept.store(
            bytes[Int(node.valueStart)..<Int(node.valueStart &+ node.valueCount)])
        switch node.kind {
        case .stub, .leaf: break
        case .extension:
            node.child = copy(node.child, depth: depth &+ Int(node.pathCount), limit: limit, to: &kept)
        case .branch:
            let first = Int(node.child)
            node.child = Int32(kept.children.count)
            kept.children.append(contentsOf: repeatElement(0, count: 16))
            for way in 0..<16 where children[first &+ way] != 0 {
                let child = copy(children[first &+ way], depth: depth &+ 1, limit: limit, to: &kept)
                kept.children[Int(node.child) &+ way] = child
            }
        }
        return kept.append(node)
    }
}
