public import Primitives

extension StateDiff {
    /// An account's changed slots as its storage trie has them: hashed keys, and encoded values, empty for what goes.
    public func storageLeaves(of change: AccountChange) -> [(key: Hash256, value: [UInt8])] {
        slots[change.slots].map { (StorageLeaf.key(of: $0.key), StorageLeaf.value($0.value)) }
    }
}
