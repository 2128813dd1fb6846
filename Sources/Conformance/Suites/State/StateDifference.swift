import Cryptography
import Primitives
import StateTransition

/// Compares a state with the accounts that a fixture lists, naming the first difference.
enum StateDifference {
    /// Throws unless `state` is exactly `expected`.
    static func check(expected: [FixtureAccount], got state: FixtureState) throws {
        if let difference = try first(expected: expected, got: state) { throw difference }
    }

    /// Throws unless the accounts and slots listed are in `state` as they are in `expected`.
    static func check(expected: [FixtureAccount], in state: StateSource) throws {
        for account in expected {
            guard let record = try state.account(account.address) else {
                throw Mismatch("account \(account.address)", expected: "in the state", got: "missing")
            }
            if let difference = try difference(account, record, listedIn: state) { throw difference }
        }
    }

    /// The first difference, or nil where there is none.
    static func first(expected: [FixtureAccount], got state: FixtureState) throws(StateError) -> Mismatch? {
        var known = HashTable<Address, Bool>(minimumCapacity: expected.count)
        for account in expected {
            known.set(account.address, true)
            guard let record = try state.account(account.address) else {
                return Mismatch("account \(account.address)", expected: "in the state", got: "missing")
            }
            if let difference = try difference(account, record, state) { return difference }
        }
        for address in state.addresses where known.index(of: address) == nil {
            return Mismatch("account \(address)", expected: "not in the state", got: "there")
        }
        return nil
    }

    private static func difference(
        _ account: FixtureAccount, _ record: AccountRecord, listedIn state: StateSource
    ) throws(StateError) -> Mismatch? {
        let place = "of account \(account.address)"
        if record.balance != account.balance {
            return Mismatch(
                "balance \(place)", expected: account.balance.description, got: record.balance.description)
        }
        if record.nonce != account.nonce {
            return Mismatch("nonce \(place)", expected: "\(account.nonce)", got: "\(record.nonce)")
        }
        let codeHash = account.code.isEmpty ? EmptyHash.code : Keccak256.hash(account.code)
        if record.codeHash != codeHash {
            return Mismatch("code hash \(place)", expected: codeHash.description, got: record.codeHash.description)
        }
        for (slot, value) in account.storage {
            let found = try state.storage(account.address, slot)
            if found != value {
                return Mismatch("slot \(slot) \(place)", expected: value.description, got: found.description)
            }
        }
        return nil
    }

    private static func difference(
        _ account: FixtureAccount, _ record: AccountRecord, _ state: FixtureState
    ) throws(StateError) -> Mismatch? {
        if let difference = try difference(account, record, listedIn: state) { return difference }
        let place = "of account \(account.address)"
        let slots = state.slots(account.address)
        if slots.count != account.storage.count {
            let known = Set(account.storage.map(\.slot))
            let other = slots.first { !known.contains($0.slot) }
            return Mismatch(
                "slot \(other?.slot.description ?? "?") \(place)", expected: "0x0",
                got: other?.value.description ?? "another value")
        }
        return nil
    }
}
