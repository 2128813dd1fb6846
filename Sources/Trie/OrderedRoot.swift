public import Primitives

/// The root of the trie that maps `rlp(0)`, `rlp(1)`, … to the items, none of them empty: transactions, receipts,
/// withdrawals.
///
/// - Complexity: O(*n*) hashes; memory for one path.
public func orderedRoot(_ items: [[UInt8]]) -> Hash256 {
    orderedRoot(count: items.count) { items[$0] }
}

/// The same for items that are made one at a time, each asked for once, in the order of their keys.
public func orderedRoot(count: Int, _ item: (Int) -> [UInt8]) -> Hash256 {
    var trie = SortedTrie()
    // RLP writes 1...127 as themselves, and everything else, 0 too, as more than that.
    let small = min(count, 128)
    for index in 1..<max(small, 1) { append(item(index), index, to: &trie) }
    for index in 0..<min(count, 1) { append(item(index), index, to: &trie) }
    for index in small..<count { append(item(index), index, to: &trie) }
    return trie.rootHash()
}

private func append(_ item: [UInt8], _ index: Int, to trie: inout SortedTrie) {
    var key = RLPWriter()
    key.append(UInt64(index))
    _ = trie.append(key.bytes, item)
}
