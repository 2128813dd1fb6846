import Cryptography
import Primitives
import StateTransition
import Trie

/// Goes through every node of a stored trie, each checked against the hash that its parent names, with memory for one
/// path.
struct TrieWalk {
    private let source: StoredNodeSource
    private(set) var nodeCount = 0
    private(set) var leafCount = 0

    init(_ source: StoredNodeSource) { self.source = source }

    mutating func walk(root: Hash256, version: UInt32) throws(StateError) {
        if root == EmptyHash.trieRoot { return }
        var path: [UInt8] = []
        try visit(root, version, &path)
    }

    /// The depth is bounded by the length of a path, 64.
    private mutating func visit(_ hash: Hash256, _ version: UInt32, _ path: inout [UInt8]) throws(StateError) {
        guard path.count <= 64 else { throw .malformedNode(hash) }
        var versions: [UInt32] = []
        let encoding = try path.withUnsafeBufferPointer { (path) throws(StateError) in
            try source.node(hash, at: TrieNodePlace(version: version, path: path), childVersions: &versions)
        }
        nodeCount += 1
        do {
            try visit(RLPReader(encoding), hash, versions[...], &path)
        } catch let error as StateError {
            throw error
        } catch {
            throw .malformedNode(hash)
        }
    }

    private mutating func visit(
        _ encoding: RLPReader, _ hash: Hash256, _ childVersions: ArraySlice<UInt32>, _ path: inout [UInt8]
    ) throws {
        guard path.count <= 64 else { throw StateError.malformedNode(hash) }
        var reader = encoding
        var versions = childVersions
        var items = try reader.readList()
        var counter = items
        var count = 0
        while !counter.isAtEnd {
            _ = try counter.readItem()
            count += 1
        }
        let depth = path.count
        if count == 2 {
            let prefix = try items.readBytes()
            guard let flags = prefix.first else { throw StateError.malformedNode(hash) }
            if flags & 0x10 != 0 { path.append(flags & 15) }
            for byte in prefix.dropFirst() { path += [byte >> 4, byte & 15] }
            if flags & 0x20 != 0 {
                guard path.count == 64 else { throw StateError.malformedNode(hash) }
                leafCount += 1
            } else {
                try descend(&items, hash, &versions, &path)
            }
        } else {
            guard count == 17 else { throw StateError.malformedNode(hash) }
            for step in 0..<16 as Range<UInt8> {
                path.append(step)
                try descend(&items, hash, &versions, &path)
                path.removeLast()
            }
        }
        path.removeLast(path.count - depth)
    }

    private mutating func descend(
        _ items: inout RLPReader, _ hash: Hash256, _ versions: inout ArraySlice<UInt32>, _ path: inout [UInt8]
    ) throws {
        if items.isAtList {
            return try visit(RLPReader(try items.readItem()), hash, [], &path)
        }
        let child = try items.readBytes()
        if child.isEmpty { return }
        guard let childHash = Hash256(Array(child)), let version = versions.popFirst() else {
            throw StateError.malformedNode(hash)
        }
        try visit(childHash, version, &path)
    }
}
