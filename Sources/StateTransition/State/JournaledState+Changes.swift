import Cryptography
public import EVM
public import Primitives

extension JournaledState {
    // MARK: Storage

    @inline(__always)
    public mutating func setStorage(_ slot: SlotHandle, _ value: UInt256) throws(StateError) {
        let entry = slots.base + Int(slot.index)
        try load(entry)
        if entry.pointee.value == value { return }
        journal.append(JournalRecord(.storage, slot.index, entry.pointee.value))
        if entry.pointee.originalEpoch != epoch {
            entry.pointee.originalEpoch = epoch
            entry.pointee.transactionOriginal = entry.pointee.value
            if changes != nil { changes?.slots.append(slot.index) }
        }
        entry.pointee.value = value
    }

    public mutating func setTransientStorage(_ account: AccountHandle, _ key: UInt256, _ value: UInt256) {
        let (index, _) = transientStorage.indexInserting(TransientKey(account: account.index, key: key)) { .zero }
        journal.append(
            JournalRecord(
                .transientStorage, Int32(truncatingIfNeeded: index), transientStorage[position: index]))
        transientStorage[position: index] = value
    }

    // MARK: Accounts

    /// Marks a loaded account as touched, and before EIP-161 as being in the state.
    @inline(__always)
    private mutating func touch(_ entry: UnsafeMutablePointer<AccountEntry>, _ index: Int32) {
        if entry.pointee.touchedEpoch != epoch {
            entry.pointee.touchedEpoch = epoch
            touched.append(index)
            journal.append(JournalRecord(.touched, index))
        }
        if !clearsEmptyAccounts { bringIntoBeing(entry, index) }
    }

    @inline(__always)
    private mutating func bringIntoBeing(_ entry: UnsafeMutablePointer<AccountEntry>, _ index: Int32) {
        if entry.pointee.exists { return }
        entry.pointee.exists = true
        journal.append(JournalRecord(.cameToBe, index))
    }

    public mutating func touch(_ account: AccountHandle) throws(StateError) {
        let entry = accounts.base + Int(account.index)
        try load(entry)
        touch(entry, account.index)
    }

    /// Gives the account a balance in wei and touches it.
    public mutating func setBalance(_ account: AccountHandle, _ balance: UInt256) throws(StateError) {
        let entry = accounts.base + Int(account.index)
        try load(entry)
        touch(entry, account.index)
        if entry.pointee.balance == balance { return }
        bringIntoBeing(entry, account.index)
        journal.append(JournalRecord(.balance, account.index, entry.pointee.balance))
        entry.pointee.balance = balance
    }

    /// Adds wei to the account and touches it, be it with nothing.
    ///
    /// There is far less ether than a balance can hold. Where a developer has made an account richer than that, the balance
    /// stays at the most that there can be.
    public mutating func credit(_ account: AccountHandle, _ value: UInt256) throws(StateError) {
        try setBalance(account, try balance(account).adding(value) ?? .max)
    }

    public mutating func transfer(
        _ value: UInt256, from: AccountHandle, to: AccountHandle
    ) throws(StateError) {
        // Who sends nothing is not looked at, as a witness may not hold it.
        if value.isZero { return try touch(to) }
        try setBalance(from, try balance(from) &- value)
        try credit(to, value)
    }

    public mutating func setNonce(_ account: AccountHandle, _ nonce: UInt64) throws(StateError) {
        let entry = accounts.base + Int(account.index)
        try load(entry)
        touch(entry, account.index)
        bringIntoBeing(entry, account.index)
        journal.append(JournalRecord(.nonce, account.index, UInt256(entry.pointee.nonce)))
        entry.pointee.nonce = nonce
    }

    public mutating func beginContract(_ account: AccountHandle, nonce: UInt64) throws(StateError) {
        let entry = accounts.base + Int(account.index)
        try load(entry)
        touch(entry, account.index)
        bringIntoBeing(entry, account.index)
        // There is no storage to lose: an account with storage counts as occupied.
        if entry.pointee.createdEpoch != epoch {
            entry.pointee.createdEpoch = epoch
            journal.append(JournalRecord(.created, account.index))
        }
        if entry.pointee.nonce != nonce { try setNonce(account, nonce) }
    }

    public mutating func setCode(_ account: AccountHandle, _ bytes: UnsafeRawBufferPointer) throws(StateError) {
        if bytes.isEmpty { return try install(codes.empty, in: account) }
        let hash = Keccak256.hash(bytes)
        if let known = codes.code(hash) { return try install(known, in: account) }
        let code = Code(bytes, hash: hash)
        codes.insert(code)
        try install(code, in: account)
    }

    /// Gives the account a code of a few bytes.
    mutating func setCode(_ account: AccountHandle, _ bytes: [UInt8]) throws(StateError) {
        try install(bytes.withUnsafeBytes { Code($0, hash: Keccak256.hash($0)) }, in: account)
    }

    private mutating func install(_ code: Code, in account: AccountHandle) throws(StateError) {
        let entry = accounts.base + Int(account.index)
        try load(entry)
        touch(entry, account.index)
        bringIntoBeing(entry, account.index)
        journal.append(JournalRecord(.code, account.index, UInt256(entry.pointee.codeHash)))
        if code.count > 0 { deployedCodes.set(code.hash, code) }
        entry.pointee.codeHash = code.hash
        entry.pointee.code = code
    }

    public mutating func wasCreatedInTransaction(_ account: AccountHandle) -> Bool {
        accounts[Int(account.index)].createdEpoch == epoch
    }

    public mutating func selfDestruct(_ account: AccountHandle) throws(StateError) -> Bool {
        try setBalance(account, .zero)
        let entry = accounts.base + Int(account.index)
        if entry.pointee.destroyedEpoch == epoch { return false }
        entry.pointee.destroyedEpoch = epoch
        destroyed.append(account.index)
        journal.append(JournalRecord(.destroyed, account.index))
        return true
    }

    public mutating func appendLog(_ address: Address, topics: [Hash256], data: UnsafeRawBufferPointer) {
        logs.append(Log(address: address, topics: topics, data: Array(data)))
    }

    // MARK: Undoing

    @inline(__always)
    public mutating func checkpoint() -> Checkpoint {
        Checkpoint(
            journalCount: Int32(truncatingIfNeeded: journal.count), logCount: Int32(truncatingIfNeeded: logs.count))
    }

    public mutating func revert(to checkpoint: Checkpoint) {
        while journal.count > Int(checkpoint.journalCount) { undo(journal.removeLast()) }
        if logs.count > Int(checkpoint.logCount) { logs.removeLast(logs.count - Int(checkpoint.logCount)) }
    }

    private mutating func undo(_ record: JournalRecord) {
        let index = Int(record.index)
        switch record.kind {
        case .accountWarmed: accounts[index].warmEpoch = 0
        case .slotWarmed: slots[index].warmEpoch = 0
        case .touched:
            // Block 2,675,119 touched this precompile in a call that ran out of gas, and every client kept the touch.
            if accounts[index].address != WarmPrecompiles.ripemd160 { accounts[index].touchedEpoch = 0 }
        case .cameToBe: accounts[index].exists = false
        case .created: accounts[index].createdEpoch = 0
        case .destroyed: accounts[index].destroyedEpoch = 0
        case .balance: accounts[index].balance = record.value
        case .nonce: accounts[index].nonce = record.value.limb0
        case .code:
            accounts[index].codeHash = Hash256(record.value)
            accounts[index].code = nil
        case .storage: slots[index].value = record.value
        case .transientStorage: transientStorage[position: index] = record.value
        }
    }
}
