import Cryptography
public import Primitives

/// The root of the trie that maps `rlp(0)`, `rlp(1)`, … to the items: transactions, receipts, withdrawals.
///
/// - Complexity: O(*n*) hashes.
public func orderedRoot(_ items: [[UInt8]]) -> Hash256 {
    var trie = MerkleTrie(source: TrieNodeSource())
    for (index, item) in items.enumerated() {
        var key = RLPWriter()
        key.append(UInt64(index))
        // A trie that began empty has nothing to load, so nothing can be missing.
        do { try trie.set(key.bytes, item) } catch { return Hash256() }
    }
    return trie.rootHash()
}
