public import Primitives

/// The root of the trie that maps `rlp(0)`, `rlp(1)`, … to the items, none of them empty: transactions, receipts,
/// withdrawals.
///
/// - Complexity: O(*n*) hashes; memory for one path.
public func orderedRoot(_ items: [[UInt8]]) -> Hash256 {
    var trie = SortedTrie()
    // RLP writes 1...127 as themselves, and everything else, 0 too, as more than that.
    let small = min(items.count, 128)
    for index in 1..<max(small, 1) { _ = append(items, index, to: &trie) }
    for index in 0..<min(items.count, 1) { _ = append(items, index, to: &trie) }
    for index in small..<items.count { _ = append(items, index, to: &trie) }
    return trie.rootHash()
}

private func append(_ items: [[UInt8]], _ index: Int, to trie: inout SortedTrie) -> Bool {
    var key = RLPWriter()
    key.append(UInt64(index))
    return trie.append(key.bytes, items[index])
}
