public import Primitives

extension MerkleTrie {
    /// Puts leaves in their places, and takes out those whose value is empty.
    ///
    /// What goes is taken out last: a branch then never shrinks to a child that it is about to get company for, and a
    /// witness need not hold that child.
    ///
    /// - Parameter changes: in any order, each key once.
    /// - Throws: `StateError` where a node on the way is missing or malformed.
    /// - Complexity: O(*n* log *m*) in the changes and the size of the trie.
    public mutating func apply(_ changes: consuming [(key: Hash256, value: [UInt8])]) throws(StateError) {
        var leaves = changes
        leaves.sort { $0.key < $1.key }
        for leaf in leaves where !leaf.value.isEmpty { try set(leaf.key, leaf.value) }
        for leaf in leaves where leaf.value.isEmpty { try remove(leaf.key) }
    }
}
