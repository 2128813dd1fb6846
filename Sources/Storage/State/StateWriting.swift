import Primitives
import StateTransition

/// Writes what a version adds to the state, takes it back, and forgets what is older than the history that is kept.
struct StateWriting {
    let tables: ChainTables

    // MARK: Adding

    /// Writes the state after a diff as `version`, which is the newest.
    func write(
        _ next: StateTries.Next, _ transaction: borrowing WriteTransaction
    ) throws(StorageError) {
        let version = next.nodes.version
        let diff = next.diff
        var changed: [UInt8] = []
        var value: [UInt8] = []
        // Neighbours in the table are written one after another.
        let order = diff.accounts.indices.sorted { diff.accounts[$0].address < diff.accounts[$1].address }
        for index in order {
            let change = diff.accounts[index]
            var key = Key()
            key.append(change.address)
            key.append(~version)
            value.removeAll(keepingCapacity: true)
            next.accounts[index]?.encode(to: &value)
            try transaction.put(tables.accounts, key, value)
            var slots = change.record == nil ? [] : diff.slots[change.slots].sorted { $0.key < $1.key }
            if change.isStorageCleared || change.record == nil {
                slots = try clearing(change.address, except: slots, version, transaction)
            }
            for slot in slots {
                var key = Key()
                key.append(change.address)
                key.append(Hash256(slot.key))
                key.append(~version)
                try transaction.put(tables.slots, key, slot.value.minimalBytes)
            }
            ChangedKeys.append(change.address, slots.map { $0.key }, to: &changed)
        }
        for code in diff.codes {
            var key = Key()
            key.append(code.hash)
            if try transaction.transaction.get(tables.codes, key) == nil {
                try transaction.put(tables.codes, key, code.bytes)
            }
        }
        try next.nodes.write(transaction, tables)
        let key = Self.key(version)
        var root = next.root.bytes
        withUnsafeBytes(of: next.rootVersion.bigEndian) { root.append(contentsOf: $0) }
        try transaction.put(tables.roots, key, root, isLast: true)
        try transaction.put(tables.changes, key, changed, isLast: true)
        try transaction.put(tables.vacated, key, next.nodes.vacated, isLast: true)
    }

    /// The changes of an account whose old slots all went: what is set anew, and zero for each other slot it had.
    ///
    /// - Complexity: O(*n*) in the entries of the account's slots; only chains before Cancun have such accounts.
    private func clearing(
        _ address: Address, except set: [StateDiff.SlotChange], _ version: UInt32,
        _ transaction: borrowing WriteTransaction
    ) throws(StorageError) -> [StateDiff.SlotChange] {
        var slots = set
        var anew = HashTable<UInt256, Bool>()
        for slot in set { anew.set(slot.key, true) }
        let cursor = try transaction.transaction.cursor(tables.slots)
        var prefix = Key()
        prefix.append(address)
        var entry = try cursor.seek(prefix)
        var last: UInt256?
        while let found = entry, found.key.count == 56, prefix.isPrefix(of: found.key) {
            let slot = UInt256(found.key.hash(at: 20))
            // The newest entry of a slot comes first.
            if slot != last && !found.value.isEmpty && anew.index(of: slot) == nil {
                slots.append(StateDiff.SlotChange(key: slot, value: .zero))
            }
            last = slot
            entry = try cursor.next()
        }
        return slots
    }

    // MARK: Undoing

    /// Takes the newest version back.
    func undo(_ version: UInt32, _ transaction: borrowing WriteTransaction) throws(StorageError) {
        let key = Self.key(version)
        // The list is copied, as a value is valid until the next write only.
        let list = try transaction.transaction.get(tables.changes, key).map { Array($0) } ?? []
        try forEachChange(list) { (isSlot, prefix) throws(StorageError) in
            var entry = prefix
            entry.append(~version)
            try transaction.delete(isSlot ? tables.slots : tables.accounts, entry)
        }
        try transaction.delete(tables.accountNodes, prefix: key)
        try transaction.delete(tables.storageNodes, prefix: key)
        try transaction.delete(tables.roots, key)
        try transaction.delete(tables.changes, key)
        try transaction.delete(tables.vacated, key)
    }

    // MARK: Forgetting

    /// Makes `version` the oldest that can be read: what only the one before it needed goes.
    func forget(before version: UInt32, _ transaction: borrowing WriteTransaction) throws(StorageError) {
        let key = Self.key(version)
        let list = try transaction.transaction.get(tables.changes, key).map { Array($0) } ?? []
        let accounts = try transaction.transaction.cursor(tables.accounts)
        let slots = try transaction.transaction.cursor(tables.slots)
        try forEachChange(list) { (isSlot, prefix) throws(StorageError) in
            if isSlot {
                try forget(prefix, version, slots)
            } else {
                try forget(prefix, version, accounts)
            }
        }
        let places = try transaction.transaction.get(tables.vacated, key).map { Array($0) } ?? []
        try places.withUnsafeBufferPointer { (bytes) throws(StorageError) in
            var reader = VacatedNodes(UnsafeRawBufferPointer(bytes))
            while let place = reader.next() {
                try transaction.delete(place.isStorage ? tables.storageNodes : tables.accountNodes, place.key)
            }
        }
        try transaction.delete(tables.changes, key)
        try transaction.delete(tables.vacated, key)
    }

    /// Removes the entries of a key that are older than its entry of `version`, and that one too where it says no more
    /// than that there is nothing.
    private func forget(_ prefix: Key, _ version: UInt32, _ cursor: borrowing Cursor) throws(StorageError) {
        var older = prefix
        older.append(~version &+ 1)
        while let entry = try cursor.seek(older), entry.key.count == older.count, prefix.isPrefix(of: entry.key) {
            try cursor.delete()
        }
        var own = prefix
        own.append(~version)
        if let entry = try cursor.seek(own), entry.key.count == own.count, own.isPrefix(of: entry.key),
            entry.value.isEmpty
        {
            try cursor.delete()
        }
    }

    /// Calls `body` with every account and slot of a list of changes.
    private func forEachChange(
        _ list: [UInt8], _ body: (_ isSlot: Bool, _ key: Key) throws(StorageError) -> Void
    ) throws(StorageError) {
        try list.withUnsafeBufferPointer { (bytes) throws(StorageError) in
            var reader = ChangedKeys(UnsafeRawBufferPointer(bytes))
            while let change = reader.next() {
                var account = Key()
                account.append(change.address)
                try body(false, account)
                for offset in stride(from: 0, to: change.slots.count, by: 32) {
                    var slot = account
                    slot.append(change.slots.hash(at: offset))
                    try body(true, slot)
                }
            }
        }
    }

    static func key(_ version: UInt32) -> Key {
        var key = Key()
        key.append(version)
        return key
    }
}
