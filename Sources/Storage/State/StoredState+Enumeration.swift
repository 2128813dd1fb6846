public import Primitives
public import StateTransition

extension StoredState {
    /// Calls `body` with every account, in the order of their addresses, until it gives false.
    ///
    /// - Complexity: O(*n* log *n*) in the accounts that there ever were.
    public func forEachAccount(_ body: (Address, AccountRecord) -> Bool) throws(StateError) {
        do throws(StorageError) {
            let cursor = try snapshot.transaction.cursor(snapshot.tables.accounts)
            var entry = try cursor.first()
            while let found = entry {
                guard found.key.count == 24 else { throw snapshot.damaged("an account's key") }
                let address = found.key.loadUnaligned(as: Address.self)
                if let account = try snapshot.account(address, version), !body(address, account.record) { return }
                // Past what other blocks left of it.
                var last = Key()
                last.append(address)
                last.append(UInt32.max)
                entry = try cursor.seek(last)
                if let same = entry, last.isPrefix(of: same.key) { entry = try cursor.next() }
            }
        } catch {
            throw StateError(error)
        }
    }

    /// Calls `body` with every slot of an account that is not zero, in their order, until it gives false.
    public func forEachSlot(of address: Address, _ body: (Hash256, UInt256) -> Bool) throws(StateError) {
        do throws(StorageError) {
            let cursor = try snapshot.transaction.cursor(snapshot.tables.slots)
            var prefix = Key()
            prefix.append(address)
            var entry = try cursor.seek(prefix)
            while let found = entry, prefix.isPrefix(of: found.key) {
                guard found.key.count == 56 else { throw snapshot.damaged("a slot's key") }
                let slot = found.key.hash(at: 20)
                let value = try snapshot.slot(address, UInt256(slot), version)
                if !value.isZero, !body(slot, value) { return }
                var last = prefix
                last.append(slot)
                last.append(UInt32.max)
                entry = try cursor.seek(last)
                if let same = entry, last.isPrefix(of: same.key) { entry = try cursor.next() }
            }
        } catch {
            throw StateError(error)
        }
    }
}
