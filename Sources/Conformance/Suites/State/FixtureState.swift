import Cryptography
import Primitives
import StateTransition

/// A state that a fixture lists in full, the roots of what it may become, and what became of it.
///
/// The hashes of addresses, slots and codes and the roots of storages are computed once; a changed state's root then
/// costs only its changes and one pass over the accounts.
final class FixtureState: StateSource {
    /// One account with what its leaf in the state trie needs; without a record where it is gone.
    private struct Entry {
        let addressHash: Hash256
        var record: AccountRecord?
        var storage = HashTable<UInt256, UInt256>()
        var storageRoot = EmptyHash.trieRoot
    }

    private var entries = HashTable<Address, Entry>()
    private var codes = HashTable<Hash256, [UInt8]>()
    /// Answers for the hashes of ancestor blocks.
    var ancestorHash: (UInt64) -> Hash256?

    init(_ accounts: [FixtureAccount], ancestorHash: @escaping (UInt64) -> Hash256?) {
        self.ancestorHash = ancestorHash
        super.init()
        for account in accounts {
            let codeHash = account.code.isEmpty ? EmptyHash.code : Keccak256.hash(account.code)
            if !account.code.isEmpty { codes.set(codeHash, account.code) }
            var entry = Entry(addressHash: Keccak256.hash(account.address))
            for (slot, value) in account.storage { entry.storage.set(slot, value) }
            entry.storageRoot = Self.root(of: entry.storage)
            entry.record = AccountRecord(
                nonce: account.nonce, balance: account.balance, codeHash: codeHash,
                hasStorage: !account.storage.isEmpty)
            entries.set(account.address, entry)
        }
    }

    // MARK: Reading

    override func account(_ address: Address) throws(StateError) -> AccountRecord? {
        entries.index(of: address).flatMap { entries.entries[$0].value.record }
    }

    override func storage(_ address: Address, _ slot: UInt256) throws(StateError) -> UInt256 {
        entries.index(of: address).flatMap { entries.entries[$0].value.storage[slot] } ?? .zero
    }

    override func code(_ hash: Hash256) throws(StateError) -> [UInt8] {
        guard let code = codes[hash] else { throw .missingCode(hash) }
        return code
    }

    override func blockHash(_ number: UInt64) throws(StateError) -> Hash256 {
        guard let hash = ancestorHash(number) else { throw .missingBlockHash(number: number) }
        return hash
    }

    /// Every account that there is, in the order of their first appearance.
    var addresses: [Address] { entries.entries.lazy.filter { $0.value.record != nil }.map(\.key) }

    /// The slots of an account that are not zero.
    func slots(_ address: Address) -> [(slot: UInt256, value: UInt256)] {
        guard let storage = entries[address]?.storage else { return [] }
        return storage.entries.lazy.filter { !$0.value.isZero }.map { ($0.key, $0.value) }
    }

    // MARK: Changing

    /// Brings the state to what it is after `diff`.
    func apply(_ diff: StateDiff) {
        for code in diff.codes { codes.set(code.hash, code.bytes) }
        for change in diff.accounts {
            let (index, _) = entries.indexInserting(change.address) {
                Entry(addressHash: Keccak256.hash(change.address))
            }
            entries[position: index].record = change.record
            if change.isStorageCleared || change.record == nil {
                entries[position: index].storage = HashTable()
                entries[position: index].storageRoot = EmptyHash.trieRoot
            }
            if change.record != nil && !change.slots.isEmpty {
                for slot in diff.slots[change.slots] { entries[position: index].storage.set(slot.key, slot.value) }
                entries[position: index].storageRoot = Self.root(of: entries[position: index].storage)
            }
            let hasStorage = entries[position: index].storageRoot != EmptyHash.trieRoot
            entries[position: index].record?.hasStorage = hasStorage
        }
    }

    // MARK: Roots

    /// The root of the state as it is.
    var root: Hash256 { root(ofStateAfter: StateDiff()) }

    override func root(after diff: StateDiff) throws(StateError) -> Hash256 { root(ofStateAfter: diff) }

    override func storageRoot(_ address: Address, after diff: StateDiff) throws(StateError) -> Hash256 {
        let entry = entries[address]
        if let change = diff.accounts.first(where: { $0.address == address }) {
            return storageRoot(of: entry, after: change, in: diff)
        }
        return entry?.storageRoot ?? EmptyHash.trieRoot
    }

    private func root(ofStateAfter diff: StateDiff) -> Hash256 {
        var leaves: [(key: Hash256, value: [UInt8])] = []
        leaves.reserveCapacity(entries.count + diff.accounts.count)
        var changed = HashTable<Address, Bool>(minimumCapacity: diff.accounts.count)
        for change in diff.accounts {
            changed.set(change.address, true)
            guard let record = change.record else { continue }
            let entry = entries[change.address]
            let key = entry?.addressHash ?? Keccak256.hash(change.address)
            leaves.append((key, Self.leaf(record, storageRoot(of: entry, after: change, in: diff))))
        }
        for entry in entries.entries where changed.index(of: entry.key) == nil {
            guard let record = entry.value.record else { continue }
            leaves.append((entry.value.addressHash, Self.leaf(record, entry.value.storageRoot)))
        }
        return SortedTrieRoot.root(of: &leaves)
    }

    private func storageRoot(of entry: Entry?, after change: StateDiff.AccountChange, in diff: StateDiff) -> Hash256 {
        let isCleared = change.isStorageCleared || change.record == nil
        if change.slots.isEmpty { return isCleared ? EmptyHash.trieRoot : entry?.storageRoot ?? EmptyHash.trieRoot }
        var storage = isCleared ? HashTable() : entry?.storage ?? HashTable()
        for slot in diff.slots[change.slots] { storage.set(slot.key, slot.value) }
        return Self.root(of: storage)
    }

    private static func leaf(_ record: AccountRecord, _ storageRoot: Hash256) -> [UInt8] {
        var writer = RLPWriter(minimumCapacity: 112)
        writer.appendList { list in
            list.append(record.nonce)
            list.append(record.balance)
            list.append(storageRoot)
            list.append(record.codeHash)
        }
        return writer.bytes
    }

    private static func root(of storage: HashTable<UInt256, UInt256>) -> Hash256 {
        var leaves: [(key: Hash256, value: [UInt8])] = []
        leaves.reserveCapacity(storage.count)
        for entry in storage.entries where !entry.value.isZero {
            leaves.append((StorageLeaf.key(of: entry.key), StorageLeaf.value(entry.value)))
        }
        return SortedTrieRoot.root(of: &leaves)
    }
}
