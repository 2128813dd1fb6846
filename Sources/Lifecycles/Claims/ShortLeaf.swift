import Primitives
import StateTransition
import Trie

/// A key's own leaf as it is listed without its path, which follows from the key: a byte with the number of bytes behind
/// it, and these, which are its value with RLP's header (`docs/dissolution.md`, "Claims").
///
/// Where the value is an account without code and storage, its end is left out too, and 128 is added to the byte.
enum ShortLeaf {
    /// Nodes of so many bytes are listed whole, but for accounts without code and storage.
    private static let nodeLimit = 57
    /// A path that is the whole key does not fit into a word of the contract, and one of a nibble has no header in RLP.
    private static let pathCounts = 2..<64
    /// What the contract reads of a value at most.
    private static let valueLimit = 64

    /// What an account without code and storage ends with: two hashes with their headers.
    private static let plainEnd: [UInt8] = {
        var writer = RLPWriter()
        writer.append(EmptyHash.trieRoot)
        writer.append(EmptyHash.code)
        return writer.bytes
    }()

    /// - Parameters:
    ///   - node: a node's RLP.
    ///   - key: the hash that the walk goes by.
    /// - Returns: nil where the node has to be listed whole: another node, another key's, or one of the wrong size.
    static func bytes(of node: [UInt8], to key: Hash256) -> [UInt8]? {
        var reader = RLPReader(node)
        guard var items = try? reader.readList(), let prefix = try? items.readBytes(),
            let (path, isLeaf) = HexPrefix.decode(prefix), isLeaf, let value = try? items.readItem(), items.isAtEnd,
            pathCounts.contains(path.count), isEnd(path, of: key)
        else { return nil }
        if value.reversed().starts(with: plainEnd.reversed()) {
            let rest = value.dropLast(plainEnd.count)
            return rest.count <= valueLimit ? [128 + UInt8(rest.count)] + rest : nil
        }
        return node.count < nodeLimit ? [UInt8(value.count)] + value : nil
    }

    private static func isEnd(_ path: [UInt8], of key: Hash256) -> Bool {
        path == key.bytes.flatMap { [$0 >> 4, $0 & 15] }.suffix(path.count)
    }
}
