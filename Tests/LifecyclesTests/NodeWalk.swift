import Cryptography
import Primitives
import Trie

/// Reads lists of nodes as the contract Claims does, written from its documentation alone.
struct NodeWalk {
    enum Failure: Error { case missing, wrongHash, malformed }

    private var rest: ArraySlice<UInt8>
    /// The nodes of the last path of each trie, by trie and level.
    private var remembered: [Address?: [[UInt8]]] = [:]
    /// How many leaves were listed without their path.
    private(set) var shortLeaves = 0

    init(_ nodes: [UInt8]) { rest = nodes[...] }

    /// Whether all that is left is the zeros that follow.
    var isAtEnd: Bool { rest.allSatisfy { $0 == 0 } }

    /// The value of a key under a root; nil where it is absent.
    mutating func find(_ key: Hash256, under root: Hash256, of trie: Address?) throws -> [UInt8]? {
        if root == Keccak256.emptyTrie { return nil }
        var nibbles = key.bytes.flatMap { [$0 >> 4, $0 & 15] }[...]
        var node = try take(root, level: 0, of: trie, left: nibbles)
        var level = 0
        while true {
            var reader = RLPReader(node)
            var list = try reader.readList()
            var items: [ArraySlice<UInt8>] = []
            while !list.isAtEnd { items.append(try list.readItem()) }
            let child: ArraySlice<UInt8>
            if items.count == 2 {
                let path = try string(items[0])
                guard let flag = path.first else { throw Failure.malformed }
                var part = path.dropFirst().flatMap { [$0 >> 4, $0 & 15] }
                if flag & 16 != 0 { part.insert(flag & 15, at: 0) }
                let isSame = nibbles.starts(with: part)
                if flag & 32 != 0 { return isSame && part.count == nibbles.count ? try string(items[1]) : nil }
                guard isSame else { return nil }
                nibbles = nibbles.dropFirst(part.count)
                child = items[1]
            } else {
                guard items.count == 17, let nibble = nibbles.popFirst() else { throw Failure.malformed }
                child = items[Int(nibble)]
            }
            level += 1
            if let first = child.first, first >= 0xC0 {
                node = Array(child)
            } else {
                let reference = try string(child)
                if reference.isEmpty { return nil }
                guard reference.count == 32, let word = reference.withUnsafeBytes({ UInt256(bigEndianBytes: $0) })
                else { throw Failure.malformed }
                node = try take(Hash256(word), level: level, of: trie, left: nibbles)
            }
        }
    }

    /// - Parameter nibbles: what is left of the key.
    private mutating func take(
        _ hash: Hash256, level: Int, of trie: Address?, left nibbles: ArraySlice<UInt8>
    ) throws -> [UInt8] {
        var path = remembered[trie] ?? []
        if level < 8, level < path.count, Keccak256.hash(path[level]) == hash { return path[level] }
        if let first = rest.first, first < 0xC0 { return try takeShortLeaf(hash, left: nibbles) }
        var reader = RLPReader(rest)
        guard let item = try? reader.readItem() else { throw Failure.missing }
        let node = Array(item)
        guard Keccak256.hash(node) == hash else { throw Failure.wrongHash }
        rest = reader.rest
        if level < 8 {
            if level < path.count { path[level] = node } else { path.append(node) }
            remembered[trie] = path
        }
        return node
    }

    /// The node of a leaf without its path.
    private mutating func takeShortLeaf(_ hash: Hash256, left nibbles: ArraySlice<UInt8>) throws -> [UInt8] {
        guard let first = rest.popFirst(), nibbles.count >= 2, nibbles.count < 64 else { throw Failure.malformed }
        let (isPlain, count) = (first >= 128, Int(first % 128))
        guard count <= 64, count <= rest.count else { throw Failure.malformed }
        var item = Array(rest.prefix(count))
        rest = rest.dropFirst(count)
        if isPlain {
            // The last 66 bytes of an account that has nothing but a nonce and a balance.
            item += TrieAccount().encoded.suffix(66)
        }
        let isOdd = nibbles.count % 2 == 1
        let digits = (isOdd ? [3] : [2, 0]) + nibbles
        let prefix = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        var writer = RLPWriter()
        writer.appendList {
            $0.append(prefix)
            $0.appendEncoded(item)
        }
        guard isPlain || writer.bytes.count < 57 else { throw Failure.malformed }
        guard Keccak256.hash(writer.bytes) == hash else { throw Failure.wrongHash }
        shortLeaves += 1
        return writer.bytes
    }

    private func string(_ item: ArraySlice<UInt8>) throws -> [UInt8] {
        var reader = RLPReader(item)
        return Array(try reader.readBytes())
    }
}
