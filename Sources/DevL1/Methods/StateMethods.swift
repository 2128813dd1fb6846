import Blockchain
import Cryptography
import EthereumRPC
import JSONRPC
import Primitives
import StateTransition
import Storage

/// Changes of the state that no transaction makes.
///
/// Each takes effect in a block of its own, made at once, which begins with the change: so everybody sees it, and the state
/// root is the one of the changed state. A verifier that does not know of the change refuses such a block.
struct StateMethods: Sendable {
    let producer: BlockProducer

    func add(to methods: inout Methods) {
        methods.add(Self.names("setBalance")) { [self] call, json throws(RPCError) in
            let address = try Self.address(&call.parameters)
            let balance = try call.parameters.required { reader throws(JSONError) in try reader.readAmount() }
            try call.parameters.finish()
            try change(address) { $0.balance = balance }
            json.boolean(true)
        }
        methods.add("anvil_addBalance") { [self] call, json throws(RPCError) in
            let address = try Self.address(&call.parameters)
            let amount = try call.parameters.required { reader throws(JSONError) in try reader.readAmount() }
            try call.parameters.finish()
            // The balance stays below 2^256, as that of every account does.
            try change(address) { $0.balance = $0.balance &+ min(amount, .max &- $0.balance) }
            json.boolean(true)
        }
        methods.add(Self.names("setNonce") + ["evm_setAccountNonce"]) { [self] call, json throws(RPCError) in
            let address = try Self.address(&call.parameters)
            let nonce = try call.parameters.required { reader throws(JSONError) in try reader.readCount() }
            try call.parameters.finish()
            guard nonce < .max else { throw .invalidParams("a nonce is below 2^64 - 1") }
            try change(address) { $0.nonce = nonce }
            json.boolean(true)
        }
        methods.add(Self.names("setCode")) { [self] call, json throws(RPCError) in
            let address = try Self.address(&call.parameters)
            let code = try call.parameters.required { reader throws(JSONError) in try reader.readData() }
            try call.parameters.finish()
            let hash = code.isEmpty ? EmptyHash.code : Keccak256.hash(code)
            try change(address, code: code.isEmpty ? nil : .init(hash: hash, bytes: code)) { $0.codeHash = hash }
            json.boolean(true)
        }
        methods.add(Self.names("setStorageAt")) { [self] call, json throws(RPCError) in
            let address = try Self.address(&call.parameters)
            let slot = try call.parameters.required(Self.word)
            let value = try call.parameters.required(Self.word)
            try call.parameters.finish()
            try change(address, slot: .init(key: slot, value: value)) { _ in }
            json.boolean(true)
        }
    }

    private static func names(_ name: String) -> [String] { ["anvil_" + name, "hardhat_" + name] }

    private static func address(_ parameters: inout Parameters) throws(RPCError) -> Address {
        try parameters.required { reader throws(JSONError) in try reader.readAddress() }
    }

    /// A word as a quantity or as 32 bytes.
    static func word(_ reader: inout JSONReader) throws(JSONError) -> UInt256 {
        var ahead = reader
        if try ahead.readString().raw.count == 66 { return UInt256(try reader.readHash()) }
        return try reader.readUInt256()
    }

    /// Makes a block that begins with a change of an account.
    private func change(
        _ address: Address, code: StateDiff.NewCode? = nil, slot: StateDiff.SlotChange? = nil,
        _ body: @escaping (inout AccountRecord) -> Void
    ) throws(RPCError) {
        _ = try asking { () throws(ChainError) in
            try producer.produce { state throws(StateError) in
                var record = try state.account(address) ?? AccountRecord()
                body(&record)
                var diff = StateDiff()
                if let code { diff.codes.append(code) }
                if let slot { diff.slots.append(slot) }
                // An account without anything is none (EIP-161).
                let isGone = record.isEmpty && slot == nil && !record.hasStorage
                diff.accounts.append(
                    .init(address: address, record: isGone ? nil : record, slots: 0..<diff.slots.count))
                return diff
            }
        }
    }
}
