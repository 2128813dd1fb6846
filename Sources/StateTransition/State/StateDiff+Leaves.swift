import Cryptography
public import Primitives

extension StateDiff {
    /// An account's changed slots as its storage trie has them: hashed keys, and encoded values, empty for what goes.
    public func storageLeaves(of change: AccountChange) -> [(key: Hash256, value: [UInt8])] {
        slots[change.slots].map { slot in
            var writer = RLPWriter(minimumCapacity: 33)
            if !slot.value.isZero { writer.append(slot.value) }
            return (Keccak256.hash(Hash256(slot.key)), writer.bytes)
        }
    }
}
