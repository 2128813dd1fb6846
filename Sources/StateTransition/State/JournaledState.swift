public import EVM
public import Primitives

/// The state that a block's transactions run on: what was read from a `StateSource`, what changed since, and how to
/// undo it.
///
/// Accounts and slots are looked up once by hash and from then on by handle; they keep their place until the block ends,
/// whatever is reverted. Nothing is read from the source before it is asked for. After a few transactions the buffers
/// are large enough, and a transaction allocates only for its logs and new codes.
///
/// A transaction runs between `beginTransaction` and `endTransaction`; so does every other thing that changes state (a
/// system call, a reward). When all is done, `diff()` says what changed.
public struct JournaledState: ~Copyable {
    let source: StateSource
    let codes: CodeCache
    let precompiles: WarmPrecompiles
    /// Whether touched empty accounts go at the end of a transaction (EIP-161).
    let clearsEmptyAccounts: Bool
    let seed: UInt64

    var accounts = GrowingBuffer<AccountEntry>(capacity: 256)
    var accountIndex = PositionIndex(size: 512)
    var slots = GrowingBuffer<SlotEntry>(capacity: 256)
    var slotIndex = PositionIndex(size: 512)
    var journal = GrowingBuffer<JournalRecord>(capacity: 256)
    var transientStorage: HashTable<TransientKey, UInt256>
    /// The codes that this block deployed, some of them perhaps undone.
    var deployedCodes = HashTable<Hash256, Code>()
    /// The accounts that the running transaction touched or destroyed; with repetitions, and some perhaps undone.
    var touched: [Int32] = []
    var destroyed: [Int32] = []
    /// What changed lately, where that is followed.
    var changes: ChangeRecord?
    /// The number of the running transaction, from 1.
    var epoch: UInt32 = 1

    /// The logs of the running transaction.
    public internal(set) var logs: [Log] = []

    /// The state of `source` with nothing changed.
    ///
    /// - Parameters:
    ///   - source: the state before the block.
    ///   - codes: a cache that may outlive the block.
    ///   - rules: decide about empty accounts and which precompiles are warm.
    ///   - seed: lays out the tables; the result never depends on it. One that nobody can know who picks the addresses and
    ///     slots of a transaction, or they can make every look-up slow.
    public init(source: StateSource, codes: CodeCache, rules: Rules, seed: UInt64 = 0) {
        self.seed = seed
        transientStorage = HashTable(seed: seed)
        self.source = source
        self.codes = codes
        precompiles = WarmPrecompiles(rules)
        clearsEmptyAccounts = rules.revision >= .spuriousDragon
    }

    // MARK: Transactions

    /// Begins a transaction: nothing is warm, touched or created, and there are no logs.
    public mutating func beginTransaction() {
        epoch &+= 1
        journal.removeAll()
        touched.removeAll(keepingCapacity: true)
        destroyed.removeAll(keepingCapacity: true)
        if !logs.isEmpty { logs = [] }
        if transientStorage.count > 1024 {
            transientStorage = HashTable(seed: seed)
        } else if !transientStorage.isEmpty {
            transientStorage.removeAll()
        }
    }

    /// Ends the transaction: destroyed accounts go, and so do touched ones that are empty (EIP-161).
    ///
    /// - Returns: the logs.
    @discardableResult
    public mutating func endTransaction() throws(StateError) -> [Log] {
        for index in destroyed where accounts[Int(index)].destroyedEpoch == epoch {
            remove(index)
            // It may be there often: destroyed and reverted again and again.
            accounts[Int(index)].destroyedEpoch = 0
        }
        if clearsEmptyAccounts {
            for index in touched {
                let entry = accounts.base + Int(index)
                guard entry.pointee.touchedEpoch == epoch else { continue }
                try load(entry)
                if entry.pointee.exists && entry.pointee.isEmpty { remove(index) }
            }
        }
        // Whatever changes an account touches it, and so does whatever runs code that changes its storage.
        if changes != nil { changes?.accounts.append(contentsOf: touched) }
        journal.removeAll()
        touched.removeAll(keepingCapacity: true)
        destroyed.removeAll(keepingCapacity: true)
        epoch &+= 1
        defer { logs = [] }
        return logs
    }

    /// Takes an account and its storage out of the state, for good.
    private mutating func remove(_ index: Int32) {
        let entry = accounts.base + Int(index)
        entry.pointee.exists = false
        entry.pointee.nonce = 0
        entry.pointee.balance = 0
        entry.pointee.codeHash = EmptyHash.code
        entry.pointee.code = nil
        clearStorage(of: AccountHandle(index: index))
    }

    /// Takes all that an account stores out of the state, for good.
    mutating func clearStorage(of account: AccountHandle) {
        let entry = accounts.base + Int(account.index)
        entry.pointee.isStorageCleared = true
        var slot = entry.pointee.firstSlot
        while slot >= 0 {
            let slotEntry = slots.base + Int(slot)
            // A slot never read belongs to a storage that is gone: it is zero without asking.
            slotEntry.pointee.value = 0
            slotEntry.pointee.isLoaded = true
            slot = slotEntry.pointee.next
        }
    }

    // MARK: Loading

    /// Fills the entry from the source where that has not happened.
    @inline(__always)
    func load(_ entry: UnsafeMutablePointer<AccountEntry>) throws(StateError) {
        if !entry.pointee.isLoaded { try loadFromSource(entry) }
    }

    @inline(never)
    private func loadFromSource(_ entry: UnsafeMutablePointer<AccountEntry>) throws(StateError) {
        let record = try source.account(entry.pointee.address)
        entry.pointee.isLoaded = true
        entry.pointee.original = record
        guard let record else { return }
        entry.pointee.exists = true
        entry.pointee.nonce = record.nonce
        entry.pointee.balance = record.balance
        entry.pointee.codeHash = record.codeHash
    }

    @inline(__always)
    func load(_ entry: UnsafeMutablePointer<SlotEntry>) throws(StateError) {
        if !entry.pointee.isLoaded { try loadFromSource(entry) }
    }

    @inline(never)
    private func loadFromSource(_ entry: UnsafeMutablePointer<SlotEntry>) throws(StateError) {
        let account = accounts.base + Int(entry.pointee.account)
        try load(account)
        if !account.pointee.isStorageCleared, account.pointee.original?.hasStorage == true {
            entry.pointee.value = try source.storage(account.pointee.address, entry.pointee.key)
            entry.pointee.blockOriginal = entry.pointee.value
        }
        entry.pointee.isLoaded = true
    }

    // MARK: The result

    /// What changed since the beginning of the block; between transactions only.
    public func diff() -> StateDiff {
        var diff = StateDiff()
        var codesTaken = HashTable<Hash256, Bool>()
        for position in 0..<accounts.count {
            let entry = accounts.base + position
            guard entry.pointee.isLoaded else { continue }
            let firstSlot = diff.slots.count
            var slot = entry.pointee.firstSlot
            while slot >= 0 {
                let slotEntry = slots.base + Int(slot)
                let before = entry.pointee.isStorageCleared ? .zero : slotEntry.pointee.blockOriginal
                if slotEntry.pointee.isLoaded && slotEntry.pointee.value != before {
                    diff.slots.append(.init(key: slotEntry.pointee.key, value: slotEntry.pointee.value))
                }
                slot = slotEntry.pointee.next
            }
            let record: AccountRecord? =
                entry.pointee.exists
                ? AccountRecord(
                    nonce: entry.pointee.nonce, balance: entry.pointee.balance, codeHash: entry.pointee.codeHash)
                : nil
            var original = entry.pointee.original
            let wasStorageCleared = entry.pointee.isStorageCleared && original?.hasStorage == true
            original?.hasStorage = false
            let isRecordChanged = record != original
            guard isRecordChanged || wasStorageCleared || diff.slots.count > firstSlot else { continue }
            diff.accounts.append(
                .init(
                    address: entry.pointee.address, record: record, isRecordChanged: isRecordChanged,
                    isStorageCleared: wasStorageCleared, slots: firstSlot..<diff.slots.count))
            if let record, record.codeHash != original?.codeHash, let code = deployedCodes[record.codeHash] {
                if codesTaken.indexInserting(record.codeHash, { true }).isNew {
                    let bytes = Array(UnsafeBufferPointer(start: code.bytes, count: code.count))
                    diff.codes.append(.init(hash: record.codeHash, bytes: bytes))
                }
            }
        }
        return diff
    }
}
