public import Primitives

/// What changes have come to: for each account its last record and its changed slots. A value: copies share their memory
/// until one of them goes on.
public struct ChangeTable: @unchecked Sendable {
    struct Account {
        var change: StateDiff.AccountChange
        var slots: HashTable<UInt256, UInt256>

        mutating func apply(_ later: StateDiff.AccountChange, seed: UInt64) {
            // The record of a change is what the account is now, whether or not it is what changed.
            change.record = later.record
            if later.isRecordChanged { change.isRecordChanged = true }
            if later.isStorageCleared {
                change.isStorageCleared = true
                slots = HashTable(seed: seed)
            }
        }
    }

    private let seed: UInt64
    private(set) var accounts: HashTable<Address, Account>
    private(set) var codes = HashTable<Hash256, [UInt8]>()

    /// No changes; `seed` is as for `JournaledState`.
    public init(minimumCapacity: Int = 0, seed: UInt64 = 0) {
        accounts = HashTable(minimumCapacity: minimumCapacity, seed: seed)
        self.seed = seed
    }

    /// Adds a diff that comes after those before.
    ///
    /// - Complexity: O(*n*) in the changes.
    public mutating func apply(_ diff: StateDiff) {
        for change in diff.accounts {
            let (index, isNew) = accounts.indexInserting(change.address) {
                Account(change: change, slots: HashTable(seed: seed))
            }
            if !isNew { accounts[position: index].apply(change, seed: seed) }
            for slot in diff.slots[change.slots] { accounts[position: index].slots.set(slot.key, slot.value) }
        }
        for code in diff.codes { codes.set(code.hash, code.bytes) }
    }
}

/// The state that changes lead to, on top of the state before them, which stays as it is: the state in the middle of a
/// block, or after a block not yet stored.
///
/// - Complexity: O(*n*) in the changes to make; then O(1) a read besides that of the state below.
public final class ChangedState: StateSource {
    private let base: StateSource
    private var table: ChangeTable
    private var accounts: HashTable<Address, ChangeTable.Account> { table.accounts }

    /// The state of `base` after `diff`; `seed` is as for `JournaledState`.
    public init(_ base: StateSource, after diff: StateDiff, seed: UInt64 = 0) {
        self.base = base
        table = ChangeTable(minimumCapacity: diff.accounts.count, seed: seed)
        super.init()
        table.apply(diff)
    }

    /// The state of `base` after the changes of a table.
    ///
    /// - Complexity: O(1).
    public init(_ base: StateSource, after table: ChangeTable) {
        self.base = base
        self.table = table
        super.init()
    }

    /// Goes on to the state after another diff, which is of changes to this one.
    ///
    /// - Complexity: O(*n*) in the changes.
    public func apply(_ diff: StateDiff) { table.apply(diff) }

    public override func account(_ address: Address) throws(StateError) -> AccountRecord? {
        guard let index = accounts.index(of: address) else { return try base.account(address) }
        let before = try base.account(address)
        let account = accounts.entries[index].value
        var record = account.change.isRecordChanged ? account.change.record : before
        let isStorageKept = before?.hasStorage == true && !account.change.isStorageCleared
        // Whether the last old slot went can't be seen from here; to say that some are left is the safe side.
        record?.hasStorage = isStorageKept || account.slots.entries.contains { !$0.value.isZero }
        return record
    }

    public override func storage(_ address: Address, _ slot: UInt256) throws(StateError) -> UInt256 {
        guard let index = accounts.index(of: address) else { return try base.storage(address, slot) }
        let account = accounts.entries[index].value
        if account.change.isRecordChanged && account.change.record == nil { return .zero }
        if let value = account.slots[slot] { return value }
        return account.change.isStorageCleared ? .zero : try base.storage(address, slot)
    }

    public override func code(_ hash: Hash256) throws(StateError) -> [UInt8] {
        if let code = table.codes[hash] { return code }
        return try base.code(hash)
    }

    public override func blockHash(_ number: UInt64) throws(StateError) -> Hash256 { try base.blockHash(number) }
}
