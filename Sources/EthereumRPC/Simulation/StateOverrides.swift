import Cryptography
import EVM
import JSONRPC
import Primitives
import Sequencing
import StateTransition

/// What a caller wants accounts to be, and precompiles to be at (execution-apis, AccountOverrides).
struct StateOverrides {
    private struct Account {
        var override: AccountOverride
        var precompileTarget: Address?
        var hasBothStorages = false
    }

    /// In ascending order of address.
    private var accounts: [Account] = []

    /// Nothing.
    init() {}

    /// Reads an object of accounts by address.
    static func read(_ reader: inout JSONReader) throws(JSONError) -> StateOverrides {
        var overrides = StateOverrides()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let address = try key.read { (reader) throws(JSONError) in try reader.readAddress() }
            if try reader.readNull() { continue }
            overrides.accounts.append(try readAccount(address, &reader))
        }
        overrides.accounts.sort { $0.override.address < $1.override.address }
        return overrides
    }

    private static func readAccount(_ address: Address, _ reader: inout JSONReader) throws(JSONError) -> Account {
        var account = Account(override: AccountOverride(address: address))
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.readNull() { continue }
            switch key {
            case "nonce": account.override.nonce = try reader.readQuantity()
            case "balance": account.override.balance = try reader.readUInt256()
            case "code": account.override.code = try reader.readData()
            case "state":
                if account.override.storage != nil { account.hasBothStorages = true }
                account.override.storage = .replaced(try readSlots(&reader))
            case "stateDiff":
                if account.override.storage != nil { account.hasBothStorages = true }
                account.override.storage = .changed(try readSlots(&reader))
            case "movePrecompileToAddress": account.precompileTarget = try reader.readAddress()
            default: try reader.skipValue()
            }
        }
        return account
    }

    private static func readSlots(_ reader: inout JSONReader) throws(JSONError) -> [StateDiff.SlotChange] {
        var slots: [StateDiff.SlotChange] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let slot = try key.read { (reader) throws(JSONError) in try reader.readHash() }
            slots.append(StateDiff.SlotChange(key: UInt256(slot), value: UInt256(try reader.readHash())))
        }
        return slots
    }

    /// Brings them about, between two transactions.
    ///
    /// - Throws: where a precompile is to go where it can't, or an account has two storages.
    func apply(to execution: inout BlockExecution) throws(RPCError) {
        guard !accounts.isEmpty else { return }
        let rules = Rules(execution.revision, optimism: execution.optimism)
        var places = PrecompilePlaces()
        var targets: [Address] = []
        for account in accounts {
            let address = account.override.address
            if targets.contains(address) {
                throw Self.refusal("account \(address.checksummed) has already been overridden by a precompile")
            }
            let precompile = places.precompile(at: address, rules: rules)
            if let target = account.precompileTarget {
                guard let precompile else {
                    throw Self.refusal("account \(address.checksummed) is not a precompile")
                }
                if accounts.contains(where: { $0.override.address == target }) {
                    throw Self.refusal("account \(target.checksummed) is already overridden")
                }
                places.put(precompile, at: target)
                targets.append(target)
            }
            if precompile != nil { places.clear(address) }
            if account.hasBothStorages {
                throw Self.refusal("account \(address.checksummed) has both 'state' and 'stateDiff'")
            }
        }
        execution.setPrecompilePlaces(places)
        try readingState { () throws(StateError) in try execution.override(accounts.map { $0.override }) }
    }

    private static func refusal(_ message: String) -> RPCError { RPCError(code: -32_000, message: message) }
}

extension JSONText {
    /// Reads the text, quotes included, as a value: keys that are addresses or hashes.
    func read<Value>(_ read: (inout JSONReader) throws(JSONError) -> Value) throws(JSONError) -> Value {
        // The quotes around it are part of the text that it is a view of.
        var reader = JSONReader(UnsafeRawBufferPointer(start: raw.baseAddress.map { $0 - 1 }, count: raw.count + 2))
        return try read(&reader)
    }
}
