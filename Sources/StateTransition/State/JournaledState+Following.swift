import EVM
import Primitives

/// Where in a block changes are taken off bit by bit: which accounts and slots may have changed since the last time.
struct ChangeRecord {
    /// With repetitions, and some perhaps changed back.
    var accounts: [Int32] = []
    /// Likewise.
    var slots: [Int32] = []
    /// The codes that were handed out.
    var codes = HashTable<Hash256, Bool>()
}

extension JournaledState {
    /// Has `takeChanges` say what changes from now on; to be called between transactions.
    mutating func followChanges() { changes = ChangeRecord() }

    /// What changed since the last time or since `followChanges`; between transactions only. All of these diffs one after
    /// another come to the state that `diff()` comes to; an account or slot that was changed back may be in one.
    ///
    /// - Complexity: O(*n* log *n*) in what was touched since the last time.
    mutating func takeChanges() -> StateDiff {
        guard var record = changes else { return StateDiff() }
        changes = nil
        defer { changes = record }
        var diff = StateDiff()
        let base = slots.base
        record.slots.sort { left, right in
            let (leftAccount, rightAccount) = (base[Int(left)].account, base[Int(right)].account)
            return leftAccount == rightAccount ? left < right : leftAccount < rightAccount
        }
        for slot in record.slots { record.accounts.append(slots[Int(slot)].account) }
        record.accounts.sort()
        var next = 0
        var last: Int32 = -1
        for index in record.accounts where index != last {
            last = index
            let firstSlot = diff.slots.count
            let entry = accounts.base + Int(index)
            let isCleared = entry.pointee.isStorageCleared
            var lastSlot: Int32 = -1
            while next < record.slots.count, slots[Int(record.slots[next])].account == index {
                let slot = record.slots[next]
                if slot != lastSlot && !isCleared { append(slot, to: &diff) }
                lastSlot = slot
                next += 1
            }
            guard entry.pointee.isLoaded else { continue }
            if isCleared { appendSlots(of: entry, to: &diff) }
            let change = self.change(of: entry, slots: firstSlot..<diff.slots.count)
            diff.accounts.append(change)
            if let hash = change.record?.codeHash, hash != entry.pointee.original?.codeHash,
                let code = deployedCodes[hash], record.codes.indexInserting(hash, { true }).isNew
            {
                let bytes = Array(UnsafeBufferPointer(start: code.bytes, count: code.count))
                diff.codes.append(.init(hash: hash, bytes: bytes))
            }
        }
        record.accounts.removeAll(keepingCapacity: true)
        record.slots.removeAll(keepingCapacity: true)
        return diff
    }

    private func change(
        of entry: UnsafeMutablePointer<AccountEntry>, slots: Range<Int>
    ) -> StateDiff.AccountChange {
        let record: AccountRecord? =
            entry.pointee.exists
            ? AccountRecord(
                nonce: entry.pointee.nonce, balance: entry.pointee.balance, codeHash: entry.pointee.codeHash)
            : nil
        return StateDiff.AccountChange(
            address: entry.pointee.address, record: record, isRecordChanged: true,
            isStorageCleared: entry.pointee.isStorageCleared, slots: slots)
    }

    private func append(_ slot: Int32, to diff: inout StateDiff) {
        let entry = slots.base + Int(slot)
        guard entry.pointee.isLoaded else { return }
        diff.slots.append(.init(key: entry.pointee.key, value: entry.pointee.value))
    }

    /// Appends all that the account stores now, as far as it is known.
    private func appendSlots(of account: UnsafeMutablePointer<AccountEntry>, to diff: inout StateDiff) {
        var slot = account.pointee.firstSlot
        while slot >= 0 {
            append(slot, to: &diff)
            slot = slots[Int(slot)].next
        }
    }
}

extension BlockExecution {
    /// Has `takeChanges` say what transactions change from now on.
    public mutating func followChanges() { state.followChanges() }

    /// What changed since the last time: the diffs one after another come to the state after the transactions so far.
    ///
    /// - Complexity: O(*n* log *n*) in what was touched since the last time.
    public mutating func takeChanges() -> StateDiff { state.takeChanges() }
}
