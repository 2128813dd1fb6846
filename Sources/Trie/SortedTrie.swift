import Cryptography
public import Primitives

/// The root of a trie whose keys come in ascending order: what lies left of the newest key is hashed at once, so that
/// only the branches on that key's path are in memory.
///
/// No key may be the beginning of another, as is so for keys of one length and for RLP.
public struct SortedTrie: ~Copyable {
    /// The depths, in nibbles, of the branches on the newest key's path that are still open, from the root down.
    private var open: [Int] = []
    /// Sixteen for each open branch: its children left of the newest key.
    private var references: [NodeReference] = []
    /// The newest key, which has no node yet, and its value.
    private var path: [UInt8] = []
    private var value: [UInt8] = []
    private var isEmpty = true
    private var writer = NodeWriter()

    /// A trie without keys.
    public init() {}

    /// Adds a key that comes after all before it, with a value that is not empty.
    ///
    /// - Returns: whether it was added: false, and nothing has changed, where the order, the key or the value breaks the
    ///   rules.
    public mutating func append(_ key: [UInt8], _ value: [UInt8]) -> Bool {
        if value.isEmpty { return false }
        if !isEmpty {
            let shared = sharedCount(key)
            guard shared < path.count, shared < key.count * 2, path[shared] < Self.nibble(key, shared) else {
                return false
            }
            close(at: shared)
        }
        path.removeAll(keepingCapacity: true)
        for byte in key {
            path.append(byte &>> 4)
            path.append(byte & 15)
        }
        self.value = value
        isEmpty = false
        return true
    }

    /// The root hash; the trie is spent.
    public consuming func rootHash() -> Hash256 {
        if isEmpty { return Keccak256.emptyTrie }
        let depth = closeBranches(below: -1)
        writeNode(from: 0, to: depth)
        return Keccak256.hash(writer.encoding)
    }

    // MARK: Keys

    private static func nibble(_ key: [UInt8], _ index: Int) -> UInt8 {
        index & 1 == 0 ? key[index &>> 1] &>> 4 : key[index &>> 1] & 15
    }

    /// The number of nibbles that a key has in common with the newest one.
    private func sharedCount(_ key: [UInt8]) -> Int {
        let limit = min(path.count, key.count * 2)
        var index = 0
        while index < limit && path[index] == Self.nibble(key, index) { index &+= 1 }
        return index
    }

    // MARK: Nodes

    /// Puts the newest key into a branch after `shared` nibbles, where the next key leaves its path.
    private mutating func close(at shared: Int) {
        let depth = closeBranches(below: shared)
        writeNode(from: shared &+ 1, to: depth)
        if open.last != shared {
            open.append(shared)
            references.append(contentsOf: repeatElement(NodeReference(), count: 16))
        }
        setLastChild(at: shared)
    }

    /// Writes every open branch deeper than `limit`, with what the newest key adds to it.
    ///
    /// - Returns: the depth of the one written last, which the writer still holds; that of the newest key's end where
    ///   there was none.
    private mutating func closeBranches(below limit: Int) -> Int {
        var depth = path.count
        while let deepest = open.last, deepest > limit {
            writeNode(from: deepest &+ 1, to: depth)
            setLastChild(at: deepest)
            writeBranch()
            open.removeLast()
            depth = deepest
        }
        return depth
    }

    /// The node that was written last becomes the newest child of the deepest open branch.
    private mutating func setLastChild(at depth: Int) {
        references[(open.count &- 1) &* 16 &+ Int(path[depth])] = NodeReference(to: writer.encoding)
    }

    /// Writes what the newest key's path has between two depths: a leaf to its end, or an extension over the branch that
    /// was written last, or nothing more than that branch.
    private mutating func writeNode(from start: Int, to depth: Int) {
        if depth < path.count && start == depth { return }
        let child = depth < path.count ? NodeReference(to: writer.encoding) : NodeReference()
        path.withUnsafeBufferPointer { path in
            let part = Nibbles(rebasing: path[start..<depth])
            if depth < path.count {
                writer.begin(payload: NodeWriter.pathWidth(part.count) &+ child.width)
                writer.write(path: part, isLeaf: false)
                writer.write(child)
            } else {
                value.withUnsafeBufferPointer { value in
                    writer.begin(payload: NodeWriter.pathWidth(part.count) &+ NodeWriter.valueWidth(value))
                    writer.write(path: part, isLeaf: true)
                    writer.write(value: value)
                }
            }
        }
    }

    /// Writes the deepest open branch and forgets its children.
    private mutating func writeBranch() {
        let first = references.count &- 16
        var payload = 1
        for index in first..<references.count { payload &+= references[index].width }
        writer.begin(payload: payload)
        for index in first..<references.count { writer.write(references[index]) }
        // No value: no key ends inside another.
        writer.write(NodeReference())
        references.removeLast(16)
    }
}
