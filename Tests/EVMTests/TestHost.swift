import Cryptography
import EVM
import Primitives

/// A host over dictionaries that undoes by snapshot: nothing to go wrong in it, and slow.
struct TestHost: Host {
    struct Account {
        var exists = false
        var nonce: UInt64 = 0
        var balance: UInt256 = 0
        var code: [UInt8] = []
        var isCreated = false
        var isDestroyed = false
    }

    struct Slot: Hashable {
        var account: Int32
        var key: UInt256
    }

    struct State {
        var accounts: [Account] = []
        var storage: [Slot: UInt256] = [:]
        var transient: [Slot: UInt256] = [:]
        var warmAccounts: Set<Int32> = []
        var warmSlots: Set<Int32> = []
        var logs: [(address: Address, topics: [Hash256], data: [UInt8])] = []
    }

    var state = State()
    var addresses: [Address] = []
    var indices: [Address: Int32] = [:]
    var slots: [Slot] = []
    var slotIndices: [Slot: Int32] = [:]
    var original: [Slot: UInt256] = [:]
    var codes: [[UInt8]: Code] = [:]
    var snapshots: [State] = []
    /// Accounts read from, and slots, in order: to see what a witness would need.
    var reads: [String] = []

    // MARK: Setting up

    mutating func set(
        _ address: Address, balance: UInt256 = 0, nonce: UInt64 = 0, code: [UInt8] = [],
        storage: [UInt256: UInt256] = [:]
    ) {
        let handle = account(address)
        state.accounts[Int(handle.index)] = Account(exists: true, nonce: nonce, balance: balance, code: code)
        for (key, value) in storage {
            state.storage[Slot(account: handle.index, key: key)] = value
            original[Slot(account: handle.index, key: key)] = value
        }
    }

    subscript(address: Address) -> Account {
        guard let index = indices[address] else { return Account() }
        return state.accounts[Int(index)]
    }

    func stored(_ address: Address, _ key: UInt256) -> UInt256 {
        guard let index = indices[address] else { return 0 }
        return state.storage[Slot(account: index, key: key)] ?? 0
    }

    // MARK: Host

    mutating func account(_ address: Address) -> AccountHandle {
        if let index = indices[address] { return AccountHandle(index: index) }
        let index = Int32(addresses.count)
        addresses.append(address)
        state.accounts.append(Account())
        indices[address] = index
        return AccountHandle(index: index)
    }

    func address(of account: AccountHandle) -> Address { addresses[Int(account.index)] }

    mutating func slot(_ account: AccountHandle, _ key: UInt256) -> SlotHandle {
        let slot = Slot(account: account.index, key: key)
        if let index = slotIndices[slot] { return SlotHandle(index: index) }
        let index = Int32(slots.count)
        slots.append(slot)
        slotIndices[slot] = index
        return SlotHandle(index: index)
    }

    mutating func warm(_ account: AccountHandle) -> Bool {
        let number = UInt256(addresses[Int(account.index)])
        if number.fitsUInt64, (1...17).contains(number.limb0) { return false }
        return state.warmAccounts.insert(account.index).inserted
    }

    mutating func warm(_ slot: SlotHandle) -> Bool { state.warmSlots.insert(slot.index).inserted }

    private mutating func read(_ account: AccountHandle) -> Account {
        reads.append("\(addresses[Int(account.index)])")
        return state.accounts[Int(account.index)]
    }

    mutating func exists(_ account: AccountHandle) -> Bool { read(account).exists }

    mutating func isEmpty(_ account: AccountHandle) -> Bool {
        let entry = read(account)
        return entry.nonce == 0 && entry.balance.isZero && entry.code.isEmpty
    }

    mutating func balance(_ account: AccountHandle) -> UInt256 { read(account).balance }
    mutating func nonce(_ account: AccountHandle) -> UInt64 { read(account).nonce }

    mutating func codeHash(_ account: AccountHandle) -> Hash256 {
        let entry = read(account)
        return !entry.exists || isEmpty(account) ? Hash256() : Keccak256.hash(entry.code)
    }

    mutating func code(_ account: AccountHandle) -> Code {
        let bytes = read(account).code
        if let code = codes[bytes] { return code }
        let code = bytes.withUnsafeBytes { Code($0, hash: Keccak256.hash($0)) }
        codes[bytes] = code
        return code
    }

    mutating func isOccupied(_ account: AccountHandle) -> Bool {
        let entry = read(account)
        return entry.nonce != 0 || !entry.code.isEmpty
            || state.storage.contains { $0.key.account == account.index && !$0.value.isZero }
    }

    mutating func storage(_ slot: SlotHandle) -> UInt256 {
        reads.append("slot \(slots[Int(slot.index)].key)")
        return state.storage[slots[Int(slot.index)]] ?? 0
    }

    mutating func originalStorage(_ slot: SlotHandle) -> UInt256 { original[slots[Int(slot.index)]] ?? 0 }

    mutating func transientStorage(_ account: AccountHandle, _ key: UInt256) -> UInt256 {
        state.transient[Slot(account: account.index, key: key)] ?? 0
    }

    mutating func blockHash(_ number: UInt64) throws(StateError) -> Hash256 {
        if number == 13 { throw .missingBlockHash(number: number) }
        return Hash256(UInt256(number))
    }

    mutating func setStorage(_ slot: SlotHandle, _ value: UInt256) { state.storage[slots[Int(slot.index)]] = value }

    mutating func setTransientStorage(_ account: AccountHandle, _ key: UInt256, _ value: UInt256) {
        state.transient[Slot(account: account.index, key: key)] = value
    }

    private mutating func change(_ account: AccountHandle, _ body: (inout Account) -> Void) {
        state.accounts[Int(account.index)].exists = true
        body(&state.accounts[Int(account.index)])
    }

    mutating func transfer(_ value: UInt256, from: AccountHandle, to: AccountHandle) {
        change(from) { $0.balance = $0.balance &- value }
        change(to) { $0.balance = $0.balance &+ value }
    }

    mutating func touch(_ account: AccountHandle) { change(account) { _ in } }
    mutating func setNonce(_ account: AccountHandle, _ nonce: UInt64) { change(account) { $0.nonce = nonce } }

    mutating func beginContract(_ account: AccountHandle, nonce: UInt64) {
        change(account) {
            $0.nonce = nonce
            $0.isCreated = true
        }
    }

    mutating func setCode(_ account: AccountHandle, _ bytes: UnsafeRawBufferPointer) {
        change(account) { $0.code = Array(bytes) }
    }

    mutating func wasCreatedInTransaction(_ account: AccountHandle) -> Bool {
        state.accounts[Int(account.index)].isCreated
    }

    mutating func selfDestruct(_ account: AccountHandle) -> Bool {
        let isFirst = !state.accounts[Int(account.index)].isDestroyed
        change(account) {
            $0.balance = 0
            $0.isDestroyed = true
        }
        return isFirst
    }

    mutating func appendLog(_ address: Address, topics: [Hash256], data: UnsafeRawBufferPointer) {
        state.logs.append((address, topics, Array(data)))
    }

    mutating func checkpoint() -> Checkpoint {
        snapshots.append(state)
        return Checkpoint(journalCount: Int32(snapshots.count - 1), logCount: 0)
    }

    mutating func revert(to checkpoint: Checkpoint) {
        let accountCount = state.accounts.count
        state = snapshots[Int(checkpoint.journalCount)]
        while state.accounts.count < accountCount { state.accounts.append(Account()) }
        snapshots.removeLast(snapshots.count - Int(checkpoint.journalCount))
    }
}
