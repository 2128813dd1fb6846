import Sequencing
import Blockchain
import JSONRPC
import Primitives
import StateTransition
import Storage

/// What accounts hold (execution-apis, state). These reads take microseconds, so they run where the socket is read.
struct EthState: Sendable {
    let context: NodeContext

    /// Slots that one call may ask for.
    static let slotLimit = 1_024

    func add(to methods: inout Methods) {
        methods.addInline("eth_getBalance", unless: "pending") { [self] call, json throws(RPCError) in
            json.quantity(try account(&call.parameters)?.balance ?? 0)
        }
        methods.addInline("eth_getTransactionCount") { [self] call, json throws(RPCError) in
            let address = try Self.address(&call.parameters)
            let tag = try call.parameters.block()
            try call.parameters.finish()
            if tag == .pending, let nonce = context.chain.pool.nextNonce(of: address) {
                return json.quantity(nonce)
            }
            json.quantity(try account(address, tag == .pending ? .latest : tag)?.nonce ?? 0)
        }
        methods.addInline("eth_getCode", unless: "pending") { [self] call, json throws(RPCError) in
            let address = try Self.address(&call.parameters)
            let tag = try call.parameters.block()
            try call.parameters.finish()
            let view = try context.view()
            let state = try context.state(tag, in: view)
            let code = try reading { () throws(StateError) -> [UInt8] in
                guard let account = try state.account(address), account.codeHash != EmptyHash.code else { return [] }
                return try state.code(account.codeHash)
            }
            json.data(code)
        }
        methods.addInline("eth_getStorageAt", unless: "pending") { [self] call, json throws(RPCError) in
            let address = try Self.address(&call.parameters)
            let key = try StorageKey(
                try call.parameters.required { reader throws(JSONError) in try reader.readString().string })
            let tag = try call.parameters.block()
            try call.parameters.finish()
            let view = try context.view()
            let state = try context.state(tag, in: view)
            json.data(Hash256(try reading { () throws(StateError) in try state.storage(address, key.slot) }))
        }
        methods.add("eth_getStorageValues") { [self] call, json throws(RPCError) in
            let requests = try call.parameters.required(Self.requests)
            let tag = try call.parameters.block()
            try call.parameters.finish()
            try write(requests, tag, to: &json)
        }
    }

    // MARK: Accounts

    private static func address(_ parameters: inout Parameters) throws(RPCError) -> Address {
        try parameters.required { reader throws(JSONError) in try reader.readAddress() }
    }

    private func account(_ parameters: inout Parameters) throws(RPCError) -> AccountRecord? {
        let address = try Self.address(&parameters)
        let tag = try parameters.block()
        try parameters.finish()
        return try account(address, tag)
    }

    private func account(_ address: Address, _ tag: BlockTag) throws(RPCError) -> AccountRecord? {
        let view = try context.view()
        let state = try context.state(tag, in: view)
        return try reading { () throws(StateError) in try state.account(address) }
    }

    // MARK: eth_getStorageValues

    private static func requests(
        _ reader: inout JSONReader
    ) throws(JSONError) -> [(address: Address, keys: [String])] {
        var requests: [(address: Address, keys: [String])] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let start = reader.position
            guard key.raw.count == 42, let bytes = try? Hex.decode(ascii: key.raw), let address = Address(bytes) else {
                throw JSONError(.wrongHexLength, at: start)
            }
            requests.append((address, try reader.readNull() ? [] : try StorageKey.texts(&reader)))
        }
        return requests
    }

    private func write(
        _ requests: [(address: Address, keys: [String])], _ tag: BlockTag, to json: inout JSONWriter
    ) throws(RPCError) {
        let count = requests.reduce(0) { $0 + $1.keys.count }
        guard count <= Self.slotLimit else {
            throw RPCError(code: -38_026, message: "too many slots (max \(Self.slotLimit))")
        }
        guard count > 0 else { throw .invalidParams("empty request") }
        let view = try context.view()
        let state = try context.state(tag, in: view)
        json.beginObject()
        for (address, texts) in requests {
            json.key(Hex.encode(address.bytes))
            json.beginArray()
            for key in try StorageKey.keys(texts) {
                json.data(Hash256(try reading { () throws(StateError) in try state.storage(address, key.slot) }))
            }
            json.endArray()
        }
        json.endObject()
    }
}
