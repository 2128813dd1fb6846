import Cryptography
import Primitives

/// The root of a Merkle Patricia trie that is built once from all its leaves (yellow paper, appendix D).
///
/// It shares no code with the `Trie` target on purpose: the fixtures' roots are then computed in two ways, here and by
/// the node's own trie in the trie, witness and block suites.
enum SortedTrieRoot {
    /// The root of the trie with these leaves, whose keys are distinct; sorts them on the way.
    ///
    /// - Complexity: O(*n* log *n*); depth is 64 nibbles at most.
    static func root(of leaves: inout [(key: Hash256, value: [UInt8])]) -> Hash256 {
        guard !leaves.isEmpty else { return Keccak256.emptyTrie }
        leaves.sort { $0.key < $1.key }
        var writer = RLPWriter(minimumCapacity: 544)
        encode(leaves[...], depth: 0, to: &writer)
        return Keccak256.hash(writer.bytes)
    }

    /// Appends the node over leaves that share the first `depth` nibbles.
    private static func encode(
        _ leaves: ArraySlice<(key: Hash256, value: [UInt8])>, depth: Int, to writer: inout RLPWriter
    ) {
        let first = leaves[leaves.startIndex]
        let last = leaves[leaves.endIndex - 1]
        if leaves.count == 1 {
            writer.appendList { list in
                list.append(compactPath(first.key, depth..<64, isLeaf: true))
                list.append(first.value)
            }
            return
        }
        var shared = depth
        while nibble(first.key, shared) == nibble(last.key, shared) { shared += 1 }
        if shared > depth {
            writer.appendList { list in
                list.append(compactPath(first.key, depth..<shared, isLeaf: false))
                appendReference(leaves, depth: shared, to: &list)
            }
            return
        }
        writer.appendList { list in
            var rest = leaves
            for branch in 0..<16 {
                let end = rest.firstIndex { nibble($0.key, depth) != branch } ?? rest.endIndex
                if end == rest.startIndex {
                    list.append([])
                } else {
                    appendReference(rest[..<end], depth: depth + 1, to: &list)
                }
                rest = rest[end...]
            }
            list.append([])
        }
    }

    /// Appends the hash of a node, or the node itself where it is shorter.
    private static func appendReference(
        _ leaves: ArraySlice<(key: Hash256, value: [UInt8])>, depth: Int, to writer: inout RLPWriter
    ) {
        var node = RLPWriter(minimumCapacity: 544)
        encode(leaves, depth: depth, to: &node)
        if node.bytes.count < 32 { writer.appendEncoded(node.bytes) } else { writer.append(Keccak256.hash(node.bytes)) }
    }

    @inline(__always)
    private static func nibble(_ key: Hash256, _ index: Int) -> Int {
        let word = index < 32 ? (index < 16 ? key.word0 : key.word1) : (index < 48 ? key.word2 : key.word3)
        return Int(truncatingIfNeeded: word.bigEndian >> UInt64(60 - 4 * (index % 16))) & 15
    }

    private static func compactPath(_ key: Hash256, _ range: Range<Int>, isLeaf: Bool) -> [UInt8] {
        let isOdd = range.count % 2 == 1
        var bytes: [UInt8] = [(isLeaf ? 0x20 : 0) | (isOdd ? 0x10 | UInt8(nibble(key, range.lowerBound)) : 0)]
        var index = range.lowerBound + (isOdd ? 1 : 0)
        while index < range.upperBound {
            bytes.append(UInt8(nibble(key, index) << 4 | nibble(key, index + 1)))
            index += 2
        }
        return bytes
    }
}
