import Cryptography
import EVM
import Primitives
import StateTransition
import Trie

/// A witness with nodes missing, changed or made up never lies: what is read from it, and the root after a change, are
/// those of the true state or an error.
let witnessFuzzer = Fuzzer(name: "witness") { random in
    let truth = MemoryState()
    let addresses = (0..<1 + random.below(12)).map { _ in random.address() }
    var preimages: [[UInt8]] = []
    var accounts = MerkleTrie(source: TrieNodeSource())
    for address in addresses {
        let code = random.bytes(random.below(3))
        let codeHash = Keccak256.hash(code)
        var storage = MerkleTrie(source: TrieNodeSource())
        let slots = random.oneIn(2) ? [] : (0..<1 + random.below(6)).map { _ in UInt256(UInt64(random.below(8))) }
        let balance = random.word()
        truth.setAccount(
            address, AccountRecord(nonce: 1, balance: balance, codeHash: codeHash, hasStorage: !slots.isEmpty))
        truth.setCode(codeHash, code)
        for slot in slots {
            let value = max(random.word(), 1)
            truth.setStorage(address, slot, value)
            var writer = RLPWriter()
            writer.append(value)
            try storage.set(Keccak256.hash(Hash256(slot)), writer.bytes)
        }
        let storageRoot = storage.commit { preimages.append($1) }
        preimages.append(code)
        let account = TrieAccount(nonce: 1, balance: balance, storageRoot: storageRoot, codeHash: codeHash)
        try accounts.set(Keccak256.hash(address), account.encoded)
    }
    let root = accounts.commit { preimages.append($1) }
    guard truth.root == root else { throw Finding("the roots of one state differ") }

    let isWhole = random.oneIn(3)
    if !isWhole {
        for _ in 0..<random.below(4) where !preimages.isEmpty { preimages.remove(at: random.below(preimages.count)) }
        for _ in 0..<random.below(4) { preimages.append(random.mutated(random.pick(preimages + [[]]))) }
    }
    var header = BlockHeader()
    header.stateRoot = root
    let witness = WitnessState(
        witness: WitnessNodeSource(preimages: preimages), headers: [header, randomHeader(&random)])
    for _ in 0..<8 {
        let address = random.oneIn(4) ? random.address() : random.pick(addresses)
        let slot = UInt256(UInt64(random.below(10)))
        try compare(isWhole, "account \(address)", { try witness.account(address) }, try truth.account(address))
        try compare(
            isWhole, "slot \(slot) of \(address)", { try witness.storage(address, slot) },
            try truth.storage(address, slot))
        if let record = try truth.account(address), record.codeHash != EmptyHash.code {
            try compare(
                isWhole, "code of \(address)", { try witness.code(record.codeHash) }, try truth.code(record.codeHash))
        }
    }
    let changes = (0..<random.below(12)).map { _ in StateChange.random(&random, of: addresses) }
    try compare(
        isWhole, "root after \(changes)", { try StateChange.root(of: witness, after: changes) },
        try StateChange.root(of: truth, after: changes))
}

private func compare<Value: Equatable>(
    _ isWhole: Bool, _ subject: String, _ found: () throws -> Value, _ expected: Value
) throws {
    do {
        let found = try found()
        guard found == expected else { throw Finding("\(subject) is \(found), not \(expected)") }
    } catch let error as StateError {
        if isWhole { throw Finding("\(subject): \(error), though nothing is missing") }
    }
}

/// One change to a state.
private struct StateChange {
    let address: Address
    /// The slot to change; nil to change the balance.
    let slot: UInt256?
    let value: UInt256

    static func random(_ random: inout SplitMix, of addresses: [Address]) -> StateChange {
        let slot: UInt256? = random.oneIn(3) ? nil : UInt256(UInt64(random.below(10)))
        return StateChange(
            address: random.oneIn(4) ? random.address() : random.pick(addresses), slot: slot,
            value: random.oneIn(2) ? 0 : random.word())
    }

    /// The root of the state that `source` becomes. An account that a value of zero is for goes, balance and all.
    static func root(of source: StateSource, after changes: [StateChange]) throws -> Hash256 {
        var state = JournaledState(source: source, codes: CodeCache(), rules: Rules(.berlin))
        for change in changes {
            state.beginTransaction()
            let account = state.account(change.address)
            if let slot = change.slot {
                if try !state.exists(account) { continue }
                try state.setStorage(state.slot(account, slot), change.value)
            } else if change.value.isZero {
                _ = try state.selfDestruct(account)
            } else {
                try state.setNonce(account, change.value.limb0)
            }
            try state.endTransaction()
        }
        return try source.root(after: state.diff())
    }
}
