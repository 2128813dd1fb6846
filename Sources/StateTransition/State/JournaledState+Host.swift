import Cryptography
public import EVM
public import Primitives

extension JournaledState: Host {
    // MARK: Finding, and warmth

    @inline(__always)
    public mutating func account(_ address: Address) -> AccountHandle {
        let mask = accountIndex.mask
        var index = Int(truncatingIfNeeded: address.tableHash(seed: seed)) & mask
        while true {
            let place = accountIndex.place(index)
            if place == 0 { break }
            if accounts[place &- 1].address == address {
                return AccountHandle(index: Int32(truncatingIfNeeded: place &- 1))
            }
            index = (index &+ 1) & mask
        }
        return insertAccount(address, at: index)
    }

    @inline(never)
    private mutating func insertAccount(_ address: Address, at index: Int) -> AccountHandle {
        let position = accounts.count
        accounts.append(AccountEntry(address: address, isPrecompile: precompiles.contains(address)))
        let (base, seed) = (accounts.base, seed)
        accountIndex.fill(index, position: position) { base[$0].address.tableHash(seed: seed) }
        return AccountHandle(index: Int32(truncatingIfNeeded: position))
    }

    @inline(__always)
    public func address(of account: AccountHandle) -> Address { accounts[Int(account.index)].address }

    @inline(__always)
    public mutating func slot(_ account: AccountHandle, _ key: UInt256) -> SlotHandle {
        let mask = slotIndex.mask
        var index = Int(truncatingIfNeeded: slotHash(account: account.index, key: key, seed: seed)) & mask
        while true {
            let place = slotIndex.place(index)
            if place == 0 { break }
            let entry = slots.base + (place &- 1)
            if entry.pointee.key == key && entry.pointee.account == account.index {
                return SlotHandle(index: Int32(truncatingIfNeeded: place &- 1))
            }
            index = (index &+ 1) & mask
        }
        return insertSlot(account, key, at: index)
    }

    @inline(never)
    private mutating func insertSlot(_ account: AccountHandle, _ key: UInt256, at index: Int) -> SlotHandle {
        let position = Int32(truncatingIfNeeded: slots.count)
        slots.append(SlotEntry(key: key, account: account.index))
        let entry = accounts.base + Int(account.index)
        if entry.pointee.lastSlot < 0 {
            entry.pointee.firstSlot = position
        } else {
            slots[Int(entry.pointee.lastSlot)].next = position
        }
        entry.pointee.lastSlot = position
        let (base, seed) = (slots.base, seed)
        slotIndex.fill(index, position: Int(position)) {
            slotHash(account: base[$0].account, key: base[$0].key, seed: seed)
        }
        return SlotHandle(index: position)
    }

    @inline(__always)
    public mutating func warm(_ account: AccountHandle) -> Bool {
        let entry = accounts.base + Int(account.index)
        if entry.pointee.warmEpoch == epoch || entry.pointee.isPrecompile { return false }
        entry.pointee.warmEpoch = epoch
        journal.append(JournalRecord(.accountWarmed, account.index))
        return true
    }

    @inline(__always)
    public mutating func warm(_ slot: SlotHandle) -> Bool {
        let entry = slots.base + Int(slot.index)
        if entry.pointee.warmEpoch == epoch { return false }
        entry.pointee.warmEpoch = epoch
        journal.append(JournalRecord(.slotWarmed, slot.index))
        return true
    }

    // MARK: Reading

    public mutating func exists(_ account: AccountHandle) throws(StateError) -> Bool {
        let entry = accounts.base + Int(account.index)
        try load(entry)
        return entry.pointee.exists
    }

    public mutating func isEmpty(_ account: AccountHandle) throws(StateError) -> Bool {
        let entry = accounts.base + Int(account.index)
        try load(entry)
        return entry.pointee.isEmpty
    }

    public mutating func balance(_ account: AccountHandle) throws(StateError) -> UInt256 {
        let entry = accounts.base + Int(account.index)
        try load(entry)
        return entry.pointee.balance
    }

    public mutating func nonce(_ account: AccountHandle) throws(StateError) -> UInt64 {
        let entry = accounts.base + Int(account.index)
        try load(entry)
        return entry.pointee.nonce
    }

    public mutating func codeHash(_ account: AccountHandle) throws(StateError) -> Hash256 {
        let entry = accounts.base + Int(account.index)
        try load(entry)
        guard entry.pointee.exists, !(clearsEmptyAccounts && entry.pointee.isEmpty) else { return Hash256() }
        return entry.pointee.codeHash
    }

    public mutating func code(_ account: AccountHandle) throws(StateError) -> Code {
        let entry = accounts.base + Int(account.index)
        if let code = entry.pointee.code { return code }
        try load(entry)
        let code = try code(hash: entry.pointee.codeHash)
        entry.pointee.code = code
        return code
    }

    private func code(hash: Hash256) throws(StateError) -> Code {
        if let code = codes.code(hash) { return code }
        if let code = deployedCodes[hash] { return code }
        let code = try source.code(hash).withUnsafeBytes { Code($0, hash: hash) }
        codes.insert(code)
        return code
    }

    public mutating func isOccupied(_ account: AccountHandle) throws(StateError) -> Bool {
        let entry = accounts.base + Int(account.index)
        try load(entry)
        if entry.pointee.nonce != 0 || entry.pointee.codeHash != EmptyHash.code { return true }
        if !entry.pointee.isStorageCleared && entry.pointee.original?.hasStorage == true { return true }
        var slot = entry.pointee.firstSlot
        while slot >= 0 {
            if !slots[Int(slot)].value.isZero { return true }
            slot = slots[Int(slot)].next
        }
        return false
    }

    @inline(__always)
    public mutating func storage(_ slot: SlotHandle) throws(StateError) -> UInt256 {
        let entry = slots.base + Int(slot.index)
        try load(entry)
        return entry.pointee.value
    }

    @inline(__always)
    public mutating func originalStorage(_ slot: SlotHandle) throws(StateError) -> UInt256 {
        let entry = slots.base + Int(slot.index)
        try load(entry)
        return entry.pointee.originalEpoch == epoch ? entry.pointee.transactionOriginal : entry.pointee.value
    }

    public mutating func transientStorage(_ account: AccountHandle, _ key: UInt256) -> UInt256 {
        transientStorage[TransientKey(account: account.index, key: key)] ?? .zero
    }

    public mutating func blockHash(_ number: UInt64) throws(StateError) -> Hash256 { try source.blockHash(number) }
}
