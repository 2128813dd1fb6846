import Cryptography
public import Primitives
import Trie

extension MemoryState {
    /// The root of the state as it is.
    ///
    /// - Complexity: O(*n*) hashes in everything that the state holds; so is `root(after:)`.
    public var root: Hash256 {
        // A trie that began empty has nothing to load, so nothing can be missing.
        (try? root(after: StateDiff())) ?? EmptyHash.trieRoot
    }

    /// The root over the accounts, those of `diff` in place of what was there.
    func stateRoot(after diff: StateDiff) throws(StateError) -> Hash256 {
        var trie = MerkleTrie(source: TrieNodeSource())
        var changed = HashTable<Address, Bool>(minimumCapacity: diff.accounts.count)
        for change in diff.accounts {
            changed.set(change.address, true)
            guard let record = change.record else { continue }
            let root = try storageRoot(of: change.address, change, diff)
            try trie.set(Keccak256.hash(change.address), Self.leaf(record, root))
        }
        for entry in accounts.entries where changed.index(of: entry.key) == nil {
            guard let record = entry.value.record else { continue }
            try trie.set(Keccak256.hash(entry.key), Self.leaf(record, try Self.storageRoot(entry.value.storage)))
        }
        return trie.rootHash()
    }

    /// The storage root of an account, with its change in `diff`.
    func storageRoot(
        of address: Address, _ change: StateDiff.AccountChange?, _ diff: StateDiff
    ) throws(StateError) -> Hash256 {
        var storage = accounts[address]?.storage
        if let change {
            if change.isStorageCleared || change.record == nil { storage = nil }
            if change.record != nil && !change.slots.isEmpty {
                var merged = storage ?? HashTable()
                for slot in diff.slots[change.slots] { merged.set(slot.key, slot.value) }
                storage = merged
            }
        }
        return try Self.storageRoot(storage)
    }

    private static func leaf(_ record: AccountRecord, _ storageRoot: Hash256) -> [UInt8] {
        TrieAccount(
            nonce: record.nonce, balance: record.balance, storageRoot: storageRoot, codeHash: record.codeHash
        ).encoded
    }

    private static func storageRoot(_ storage: HashTable<UInt256, UInt256>?) throws(StateError) -> Hash256 {
        guard let storage else { return EmptyHash.trieRoot }
        var trie = MerkleTrie(source: TrieNodeSource())
        for slot in storage.entries where !slot.value.isZero {
            try trie.set(StorageLeaf.key(of: slot.key), StorageLeaf.value(slot.value))
        }
        return trie.rootHash()
    }
}
