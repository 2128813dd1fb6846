import Blockchain
import Primitives
import StateTransition
import Testing

@Suite struct DiffMergingTests {
    private let alice = Address(truncating: 1)
    private let bob = Address(truncating: 2)

    private func diff(
        _ address: Address, nonce: UInt64?, isRecordChanged: Bool = true, isStorageCleared: Bool = false,
        slots: [(UInt256, UInt256)] = []
    ) -> StateDiff {
        var diff = StateDiff()
        diff.slots = slots.map { StateDiff.SlotChange(key: $0.0, value: $0.1) }
        diff.accounts = [
            StateDiff.AccountChange(
                address: address, record: nonce.map { AccountRecord(nonce: $0, balance: 1) },
                isRecordChanged: isRecordChanged, isStorageCleared: isStorageCleared, slots: 0..<slots.count)
        ]
        return diff
    }

    /// What both lead to, read on top of nothing, must be the same as one after the other.
    private func check(_ first: StateDiff, _ second: StateDiff, _ slots: [UInt256]) throws {
        let base = MemoryState()
        base.apply(diff(alice, nonce: 9, slots: [(1, 100), (2, 200)]))
        let merged = ChangedState(base, after: first.merging(second))
        let stacked = ChangedState(ChangedState(base, after: first), after: second)
        for address in [alice, bob] {
            let (left, right) = (try merged.account(address), try stacked.account(address))
            #expect(left?.nonce == right?.nonce && (left == nil) == (right == nil))
            for slot in slots { #expect(try merged.storage(address, slot) == stacked.storage(address, slot)) }
        }
        base.apply(first)
        let root = try base.root(after: second)
        let again = MemoryState()
        again.apply(diff(alice, nonce: 9, slots: [(1, 100), (2, 200)]))
        #expect(try again.root(after: first.merging(second)) == root)
    }

    @Test func laterChangesHold() throws {
        try check(
            diff(alice, nonce: 10, slots: [(1, 5), (3, 7)]), diff(alice, nonce: 11, slots: [(3, 0), (4, 9)]),
            [1, 2, 3, 4])
    }

    @Test func slotsOfBothStayWhereTheRecordDoesNotChange() throws {
        try check(
            diff(alice, nonce: 10, slots: [(1, 5)]), diff(alice, nonce: 10, isRecordChanged: false, slots: [(2, 6)]),
            [1, 2, 3])
    }

    @Test func destructionClearsWhatCameBefore() throws {
        try check(
            diff(alice, nonce: 10, slots: [(1, 5)]), diff(alice, nonce: nil, isStorageCleared: true), [1, 2])
    }

    @Test func rebirthHasOnlyItsOwnSlots() throws {
        try check(
            diff(alice, nonce: nil, isStorageCleared: true), diff(alice, nonce: 1, slots: [(2, 8)]), [1, 2, 3])
    }

    @Test func otherAccountsStay() throws {
        try check(diff(alice, nonce: 10, slots: [(1, 5)]), diff(bob, nonce: 1, slots: [(1, 8)]), [1, 2])
    }
}
