public import Primitives

extension MerkleTrie {
    /// The least key that is greater than `key`, in the order of bytes, or nil; `key` itself need not be in the trie.
    ///
    /// - Throws: `StateError` where a node on the way is missing or malformed.
    /// - Complexity: O(*d*) nodes, *d* the depth of the trie.
    public mutating func key(after key: [UInt8]) throws(StateError) -> [UInt8]? {
        try neighbour(of: key, .after)
    }

    /// The greatest key that is less than `key`, in the order of bytes, or nil; `key` itself need not be in the trie.
    ///
    /// - Throws: `StateError` where a node on the way is missing or malformed.
    /// - Complexity: O(*d*) nodes, *d* the depth of the trie.
    public mutating func key(before key: [UInt8]) throws(StateError) -> [UInt8]? {
        try neighbour(of: key, .before)
    }

    private enum Direction {
        case before
        case after
    }

    /// A subtree with the path to it, all of whose keys are on the wanted side.
    private struct Subtree {
        var index: NodeIndex
        var path: [UInt8]
        /// Only the value of this branch itself is meant.
        var isValueOnly = false
    }

    private mutating func neighbour(_ direction: Direction, of target: [UInt8]) throws(StateError) -> Subtree? {
        var nearest: Subtree?
        var index = root
        var path: [UInt8] = []
        // Each turn takes at least one nibble of the target or ends.
        while index != 0 {
            try path.withUnsafeBufferPointer { (path) throws(StateError) in try resolve(index, at: path) }
            let node = arena.nodes[Int(index)]
            switch node.kind {
            case .stub: return nearest
            case .leaf, .extension:
                let end = path + arena.path(index)
                if node.kind == .extension && target.starts(with: end) {
                    path = end
                    index = node.child
                    continue
                }
                let isAfter = target.lexicographicallyPrecedes(end)
                let isWanted = direction == .after ? isAfter : !isAfter && end != target
                return isWanted ? Subtree(index: index, path: path) : nearest
            case .branch:
                if path.count == target.count {
                    guard direction == .after, let first = child(index, nearest: -1, .after) else { return nearest }
                    return Subtree(index: first.index, path: path + [first.nibble])
                }
                let nibble = target[path.count]
                if let sibling = child(index, nearest: Int(nibble), direction) {
                    nearest = Subtree(index: sibling.index, path: path + [sibling.nibble])
                } else if direction == .before && node.valueCount > 0 {
                    nearest = Subtree(index: index, path: path, isValueOnly: true)
                }
                path.append(nibble)
                index = arena.children[Int(node.child) + Int(nibble)]
            }
        }
        return nearest
    }

    /// The child of a branch that comes next to `nibble` in a direction, `nibble` itself left out.
    private func child(
        _ branch: NodeIndex, nearest nibble: Int, _ direction: Direction
    ) -> (index: NodeIndex, nibble: UInt8)? {
        let first = Int(arena.nodes[Int(branch)].child)
        let step = direction == .after ? 1 : -1
        var candidate = nibble + step
        while candidate >= 0 && candidate < 16 {
            let index = arena.children[first + candidate]
            if index != 0 { return (index, UInt8(candidate)) }
            candidate += step
        }
        return nil
    }

    private mutating func neighbour(of key: [UInt8], _ direction: Direction) throws(StateError) -> [UInt8]? {
        let target = key.flatMap { [$0 >> 4, $0 & 15] }
        guard var place = try neighbour(direction, of: target) else { return nil }
        // Down the near edge of the subtree: nodes are finite and cannot contain themselves.
        while !place.isValueOnly {
            try place.path.withUnsafeBufferPointer { (path) throws(StateError) in try resolve(place.index, at: path) }
            let node = arena.nodes[Int(place.index)]
            if node.kind == .leaf || node.kind == .extension { place.path += arena.path(place.index) }
            if node.kind == .leaf || node.kind == .branch && direction == .after && node.valueCount > 0 { break }
            if node.kind == .extension {
                place.index = node.child
                continue
            }
            let next = child(place.index, nearest: direction == .after ? -1 : 16, direction)
            guard let next else { throw .malformedNode(node.reference) }
            place.index = next.index
            place.path.append(next.nibble)
        }
        guard place.path.count.isMultiple(of: 2) else { throw .malformedNode(arena.nodes[Int(place.index)].reference) }
        return (0..<place.path.count / 2).map { place.path[2 * $0] << 4 | place.path[2 * $0 + 1] }
    }
}
