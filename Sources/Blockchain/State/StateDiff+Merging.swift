import Primitives
public import StateTransition

extension StateDiff {
    /// The changes of this diff and then those of `later`, as one.
    ///
    /// - Complexity: O(*n*) in both.
    public func merging(_ later: StateDiff) -> StateDiff {
        if isEmpty && codes.isEmpty { return later }
        if later.isEmpty && later.codes.isEmpty { return self }
        var merging = DiffMerging()
        merging.add(self)
        merging.add(later)
        return merging.merged
    }
}

/// Diffs that come one after another being made into one.
struct DiffMerging {
    private struct Account {
        var change: StateDiff.AccountChange
        var slots: [StateDiff.SlotChange] = []
        var positions: [UInt256: Int] = [:]

        mutating func set(_ slot: StateDiff.SlotChange) {
            if let position = positions[slot.key] {
                slots[position].value = slot.value
            } else {
                positions[slot.key] = slots.count
                slots.append(slot)
            }
        }
    }

    private var accounts: [Account] = []
    private var positions: [Address: Int] = [:]
    private var codes: [StateDiff.NewCode] = []

    mutating func add(_ diff: StateDiff) {
        for change in diff.accounts { add(change, diff.slots[change.slots]) }
        codes += diff.codes
    }

    private mutating func add(_ change: StateDiff.AccountChange, _ slots: ArraySlice<StateDiff.SlotChange>) {
        guard let position = positions[change.address] else {
            positions[change.address] = accounts.count
            var account = Account(change: change)
            for slot in slots { account.set(slot) }
            accounts.append(account)
            return
        }
        // The record of a change is what the account is now, whether or not it is what changed.
        accounts[position].change.record = change.record
        if change.isRecordChanged { accounts[position].change.isRecordChanged = true }
        if change.isStorageCleared {
            accounts[position].change.isStorageCleared = true
            accounts[position].slots = []
            accounts[position].positions = [:]
        }
        for slot in slots { accounts[position].set(slot) }
    }

    var merged: StateDiff {
        var diff = StateDiff()
        diff.codes = codes
        for account in accounts {
            var change = account.change
            change.slots = diff.slots.count..<(diff.slots.count + account.slots.count)
            diff.slots += account.slots
            diff.accounts.append(change)
        }
        return diff
    }
}
