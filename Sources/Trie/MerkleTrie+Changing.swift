public import Primitives

extension MerkleTrie {
    /// Sets the value of `key`; an empty value removes it.
    ///
    /// - Throws: `StateError` where a node on the path is missing or malformed.
    public mutating func set(_ key: [UInt8], _ value: [UInt8]) throws(StateError) {
        try key.withUnsafeBufferPointer { (bytes) throws(StateError) in try set(UnsafeRawBufferPointer(bytes), value) }
    }

    /// Sets the value of the key with these 32 bytes; an empty value removes it.
    public mutating func set(_ key: Hash256, _ value: [UInt8]) throws(StateError) {
        try withUnsafeBytes(of: key) { (bytes) throws(StateError) in try set(bytes, value) }
    }

    /// Removes the value of `key`, if there is one.
    public mutating func remove(_ key: [UInt8]) throws(StateError) { try set(key, []) }

    /// Removes the value of the key with these 32 bytes, if there is one.
    public mutating func remove(_ key: Hash256) throws(StateError) { try set(key, []) }

    /// Applies many changes; sorted keys touch each node while it is warm.
    public mutating func update(_ changes: [(key: Hash256, value: [UInt8])]) throws(StateError) {
        for change in changes { try set(change.key, change.value) }
    }

    private mutating func set(_ key: UnsafeRawBufferPointer, _ value: [UInt8]) throws(StateError) {
        keyCount = key.count * 2
        try withNibbles(of: key) { (path) throws(StateError) in
            if value.isEmpty {
                root = try removing(path, from: root)
            } else {
                root = try value.withUnsafeBufferPointer { (bytes) throws(StateError) in
                    try inserting(path, UnsafeRawBufferPointer(bytes), into: root)
                }
            }
        }
    }

    /// What was walked of the key to come to where `path` is left: both lie in the same memory.
    @inline(__always)
    private func walked(_ path: Nibbles) -> Nibbles {
        let depth = keyCount &- path.count
        return Nibbles(start: path.baseAddress.map { $0 - depth }, count: depth)
    }

    /// Notes that no node is in the place of the one at `index` any more, where it was stored.
    private mutating func vacate(_ index: NodeIndex, at path: Nibbles, _ further: [UInt8] = []) {
        let version = arena.nodes[Int(index)].version
        if version != 0 { vacated.append((version, Array(path) + further)) }
    }

    // MARK: Insertion

    /// The place of the subtree at `index` with the value inserted. Depth is bounded by the length of the path.
    private mutating func inserting(
        _ path: Nibbles, _ value: UnsafeRawBufferPointer, into index: NodeIndex
    ) throws(StateError) -> NodeIndex {
        guard index != 0 else { return arena.appendLeaf(path, value) }
        try resolve(index, at: walked(path))
        let node = arena.nodes[Int(index)]
        switch node.kind {
        case .stub: return index
        case .branch:
            if path.isEmpty {
                setValue(value, at: index)
            } else {
                let position = Int(node.child) + Int(path[0])
                let child = try inserting(path.dropping(1), value, into: arena.children[position])
                arena.children[position] = child
            }
            arena.nodes[Int(index)].referenceCount = 0
            return index
        case .leaf:
            let shared = arena.withPath(index) { $0.commonPrefixCount(path) }
            if shared == path.count && shared == Int(node.pathCount) {
                setValue(value, at: index)
                arena.nodes[Int(index)].referenceCount = 0
                return index
            }
            let branch = arena.appendBranch()
            hangBelow(branch, existing: index, skipping: shared)
            hangBelow(branch, path.dropping(shared), value)
            return withExtension(Nibbles(rebasing: path[..<shared]), branch, replacing: index)
        case .extension:
            let shared = arena.withPath(index) { $0.commonPrefixCount(path) }
            if shared == Int(node.pathCount) {
                let child = try inserting(path.dropping(shared), value, into: node.child)
                arena.nodes[Int(index)].child = child
                arena.nodes[Int(index)].referenceCount = 0
                return index
            }
            let branch = arena.appendBranch()
            hangBelow(branch, existing: index, skipping: shared)
            hangBelow(branch, path.dropping(shared), value)
            return withExtension(Nibbles(rebasing: path[..<shared]), branch, replacing: index)
        }
    }

    private mutating func setValue(_ value: UnsafeRawBufferPointer, at index: NodeIndex) {
        let node = arena.nodes[Int(index)]
        if node.valueCount >= value.count {
            // The new value fits where the old one was.
            arena.bytes.withUnsafeMutableBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: bytes[Int(node.valueStart)...]).copyMemory(from: value)
            }
            arena.nodes[Int(index)].valueCount = Int32(value.count)
        } else {
            let stored = arena.store(value)
            arena.nodes[Int(index)].valueStart = stored.start
            arena.nodes[Int(index)].valueCount = stored.count
        }
    }

    /// Hangs a new value below a branch, as its own value where no path is left.
    private mutating func hangBelow(_ branch: NodeIndex, _ path: Nibbles, _ value: UnsafeRawBufferPointer) {
        if path.isEmpty {
            setValue(value, at: branch)
        } else {
            let leaf = arena.appendLeaf(path.dropping(1), value)
            arena.children[Int(arena.nodes[Int(branch)].child) + Int(path[0])] = leaf
        }
    }

    /// Hangs a leaf or extension below a branch, without the first `count` nibbles of its path and the one that the
    /// branch takes.
    private mutating func hangBelow(_ branch: NodeIndex, existing index: NodeIndex, skipping count: Int) {
        let node = arena.nodes[Int(index)]
        if Int(node.pathCount) == count {
            // Only a leaf can end here: its value becomes the branch's.
            arena.nodes[Int(branch)].valueStart = node.valueStart
            arena.nodes[Int(branch)].valueCount = node.valueCount
            return
        }
        let step = arena.bytes[Int(node.pathStart) + count]
        let position = Int(arena.nodes[Int(branch)].child) + Int(step)
        if node.kind == .extension && Int(node.pathCount) == count + 1 {
            arena.children[position] = node.child
        } else {
            var shortened = node
            shortened.pathStart += Int32(count) + 1
            shortened.pathCount -= Int32(count) + 1
            shortened.referenceCount = 0
            shortened.version = 0
            arena.children[position] = arena.append(shortened)
        }
    }

    private mutating func withExtension(
        _ path: Nibbles, _ child: NodeIndex, replacing index: NodeIndex
    ) -> NodeIndex {
        let outer = path.isEmpty ? child : arena.appendExtension(path, child)
        arena.nodes[Int(outer)].version = arena.nodes[Int(index)].version
        return outer
    }

    // MARK: Removal

    /// The place of the subtree at `index` without the path's value; 0 where nothing is left.
    ///
    /// Every node that the change needs is loaded before anything changes: a branch that is left with one child merges
    /// with it and has to know it.
    private mutating func removing(_ path: Nibbles, from index: NodeIndex) throws(StateError) -> NodeIndex {
        guard index != 0 else { return 0 }
        try resolve(index, at: walked(path))
        let node = arena.nodes[Int(index)]
        switch node.kind {
        case .stub: return index
        case .leaf:
            let matches = arena.withPath(index) { $0.count == path.count && $0.commonPrefixCount(path) == path.count }
            guard matches else { return index }
            vacate(index, at: walked(path))
            return 0
        case .extension:
            let matches = arena.withPath(index) { $0.commonPrefixCount(path) == $0.count }
            guard matches else { return index }
            let child = try removing(path.dropping(Int(node.pathCount)), from: node.child)
            if child == node.child && arena.nodes[Int(child)].referenceCount != 0 { return index }
            return joined(index, child, at: walked(path))
        case .branch:
            if path.isEmpty {
                guard node.valueCount != 0 else { return index }
                try resolveSurvivor(of: index, at: walked(path), without: nil)
                arena.nodes[Int(index)].valueCount = 0
            } else {
                let position = Int(node.child) + Int(path[0])
                let child = arena.children[position]
                guard child != 0 else { return index }
                if try isOnly(path.dropping(1), in: child) {
                    try resolveSurvivor(of: index, at: walked(path), without: Int(path[0]))
                }
                let left = try removing(path.dropping(1), from: child)
                if left == child && arena.nodes[Int(child)].referenceCount != 0 { return index }
                arena.children[position] = left
            }
            arena.nodes[Int(index)].referenceCount = 0
            return try collapsed(index, at: walked(path))
        }
    }

    /// Whether removing `path` from the subtree at `index` leaves nothing: it is a leaf with this path.
    private mutating func isOnly(_ path: Nibbles, in index: NodeIndex) throws(StateError) -> Bool {
        try resolve(index, at: walked(path))
        guard arena.nodes[Int(index)].kind == .leaf else { return false }
        return arena.withPath(index) { $0.count == path.count && $0.commonPrefixCount(path) == path.count }
    }

    /// Loads the child that a branch would be left with alone, where it would be.
    private mutating func resolveSurvivor(
        of index: NodeIndex, at path: Nibbles, without removed: Int?
    ) throws(StateError) {
        let node = arena.nodes[Int(index)]
        var survivor: NodeIndex = 0
        var step = 0
        for position in 0..<16 where position != removed {
            let child = arena.children[Int(node.child) + position]
            guard child != 0 else { continue }
            if survivor != 0 { return }
            survivor = child
            step = position
        }
        if survivor != 0 && (removed == nil || node.valueCount == 0) { try resolve(survivor, at: path, step) }
    }

    /// Loads a child of the branch at `path`.
    private mutating func resolve(_ child: NodeIndex, at path: Nibbles, _ step: Int) throws(StateError) {
        guard arena.nodes[Int(child)].kind == .stub else { return }
        try (Array(path) + [UInt8(truncatingIfNeeded: step)]).withUnsafeBufferPointer {
            (path) throws(StateError) in try resolve(child, at: path)
        }
    }

    /// A branch after a removal: itself, or what takes its place where only one way on is left.
    private mutating func collapsed(_ index: NodeIndex, at path: Nibbles) throws(StateError) -> NodeIndex {
        let node = arena.nodes[Int(index)]
        var onlyStep: Int?
        for step in 0..<16 where arena.children[Int(node.child) + step] != 0 {
            if onlyStep != nil { return index }
            onlyStep = step
        }
        guard let step = onlyStep else {
            // The value alone is left (a branch always had two ways on).
            guard node.valueCount != 0 else {
                vacate(index, at: path)
                return 0
            }
            var leaf = Node(kind: .leaf, version: node.version)
            (leaf.valueStart, leaf.valueCount) = (node.valueStart, node.valueCount)
            arena.freeBranches.append(node.child)
            arena.nodes[Int(index)] = leaf
            return index
        }
        guard node.valueCount == 0 else { return index }
        let child = arena.children[Int(node.child) + step]
        try resolve(child, at: path, step)
        arena.freeBranches.append(node.child)
        var single = Node(kind: .extension, version: node.version)
        (single.pathStart, single.pathCount) = arena.store([UInt8(step)])
        single.child = child
        arena.nodes[Int(index)] = single
        return joined(index, child, at: path)
    }

    /// An extension over a child that may have changed its kind: merged with it where both are paths.
    private mutating func joined(_ index: NodeIndex, _ child: NodeIndex, at path: Nibbles) -> NodeIndex {
        guard child != 0 else {
            vacate(index, at: path)
            return 0
        }
        let below = arena.nodes[Int(child)]
        guard below.kind == .leaf || below.kind == .extension else {
            arena.nodes[Int(index)].child = child
            arena.nodes[Int(index)].referenceCount = 0
            return index
        }
        vacate(child, at: path, arena.path(index))
        var merged = below
        merged.version = arena.nodes[Int(index)].version
        (merged.pathStart, merged.pathCount) = arena.store(arena.path(index) + arena.path(child))
        merged.referenceCount = 0
        return arena.append(merged)
    }
}
