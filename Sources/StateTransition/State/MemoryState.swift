public import Primitives

/// A state held in memory, in full: for fixtures, tests and small chains.
public final class MemoryState: StateSource {
    /// One account; it stays in the table when it is removed.
    struct Account {
        var record: AccountRecord?
        /// Slots that are zero are as good as absent.
        var storage: HashTable<UInt256, UInt256>?
    }

    private(set) var accounts = HashTable<Address, Account>()
    private var codes = HashTable<Hash256, [UInt8]>()
    private var blockHashes = HashTable<UInt64, Hash256>()

    /// An empty state.
    public override init() { super.init() }

    // MARK: Reading

    public override func account(_ address: Address) throws(StateError) -> AccountRecord? {
        guard let index = accounts.index(of: address) else { return nil }
        return accounts.entries[index].value.record
    }

    public override func storage(_ address: Address, _ slot: UInt256) throws(StateError) -> UInt256 {
        guard let index = accounts.index(of: address) else { return .zero }
        return accounts.entries[index].value.storage?[slot] ?? .zero
    }

    public override func code(_ hash: Hash256) throws(StateError) -> [UInt8] {
        guard let code = codes[hash] else { throw .missingCode(hash) }
        return code
    }

    public override func blockHash(_ number: UInt64) throws(StateError) -> Hash256 {
        guard let hash = blockHashes[number] else { throw .missingBlockHash(number: number) }
        return hash
    }

    public override func root(after diff: StateDiff) throws(StateError) -> Hash256 { try stateRoot(after: diff) }

    public override func storageRoot(
        _ address: Address, after diff: StateDiff
    ) throws(StateError) -> Hash256 {
        var change: StateDiff.AccountChange?
        for candidate in diff.accounts where candidate.address == address { change = candidate }
        return try storageRoot(of: address, change, diff)
    }

    // MARK: Changing

    /// Puts an account in place of what was there, keeping its storage.
    public func setAccount(_ address: Address, _ record: AccountRecord?) {
        let (index, _) = accounts.indexInserting(address) { Account() }
        let hasStorage = accounts.entries[index].value.record?.hasStorage ?? false
        accounts[position: index].record = record
        accounts[position: index].record?.hasStorage = hasStorage
        if record == nil { accounts[position: index].storage = nil }
    }

    /// Puts a value into a slot of an account that is there.
    public func setStorage(_ address: Address, _ slot: UInt256, _ value: UInt256) {
        let (index, _) = accounts.indexInserting(address) { Account(record: AccountRecord()) }
        var storage = accounts.entries[index].value.storage ?? HashTable()
        accounts[position: index].storage = nil
        storage.set(slot, value)
        accounts[position: index].storage = storage
        accounts[position: index].record?.hasStorage = true
    }

    /// Makes a code known.
    public func setCode(_ hash: Hash256, _ bytes: [UInt8]) { codes.set(hash, bytes) }

    /// Makes the hash of an ancestor block known.
    public func setBlockHash(_ number: UInt64, _ hash: Hash256) { blockHashes.set(number, hash) }

    /// Brings the state to what it is after a block.
    ///
    /// - Complexity: O(*n*) in the changes; for an account with changed storage also in its slots.
    public func apply(_ diff: StateDiff) {
        for code in diff.codes { setCode(code.hash, code.bytes) }
        for change in diff.accounts {
            if change.isStorageCleared, let index = accounts.index(of: change.address) {
                accounts[position: index].storage = nil
                accounts[position: index].record?.hasStorage = false
            }
            if change.isRecordChanged { setAccount(change.address, change.record) }
            guard !change.slots.isEmpty, change.record != nil, let index = accounts.index(of: change.address) else {
                continue
            }
            for slot in diff.slots[change.slots] { setStorage(change.address, slot.key, slot.value) }
            let storage = accounts.entries[index].value.storage
            accounts[position: index].record?.hasStorage = storage?.entries.contains { !$0.value.isZero } ?? false
        }
    }
}
