import Blockchain
import Cryptography
import EthereumRPC
import JSONRPC
import NIOCore
import Primitives
import StateTransition
import Storage

/// The whole state as one text, and back: `anvil_dumpState` and `anvil_loadState`.
///
/// For states that a test sets up: what is larger is for `mayfly snapshot`.
struct StateDumpMethods: Sendable {
    let producer: BlockProducer

    func add(to methods: inout Methods) {
        methods.add(["anvil_dumpState", "hardhat_dumpState"]) { [self] call, json throws(RPCError) in
            // Whether to keep past states too, which only the database does.
            _ = try call.parameters.optional { reader throws(JSONError) in try reader.skipValue() }
            try call.parameters.finish()
            let (peer, deadline) = (call.peer, call.deadline)
            json.data(try dump { !peer.isClosed && .now() < deadline })
        }
        methods.add(["anvil_loadState", "hardhat_loadState"]) { [self] call, json throws(RPCError) in
            let bytes = try call.parameters.required { reader throws(JSONError) in try reader.readData() }
            try call.parameters.finish()
            try load(try SavedState(bytes))
            json.boolean(true)
        }
    }

    // MARK: Dumping

    /// Every account of the head's state, compressed.
    private func dump(isWanted: () -> Bool) throws(RPCError) -> [UInt8] {
        let source = try asking { () throws(ChainError) in
            let view = try producer.chain.view()
            return try view.state(view.head)
        }
        guard let state = source as? StoredState else { throw .internalError() }
        var json = JSONWriter()
        var failure: RPCError?
        json.beginObject()
        json.key("accounts")
        json.beginObject()
        do throws(StateError) {
            var unread: StateError?
            try state.forEachAccount { address, record in
                do throws(StateError) {
                    failure = try write(address, record, state, to: &json, isWanted)
                    return failure == nil
                } catch {
                    unread = error
                    return false
                }
            }
            if let unread { throw unread }
        } catch {
            throw .internalError("the state cannot be read: \(error)")
        }
        if let failure { throw failure }
        json.endObject()
        json.key("best_block_number")
        json.quantity(state.block.number)
        json.endObject()
        guard let packed = json.withBytes({ Gzip.compress($0) }) else { throw .internalError() }
        return Array(packed.readableBytesView)
    }

    /// - Returns: why there can be no more of it.
    private func write(
        _ address: Address, _ record: AccountRecord, _ state: StoredState, to json: inout JSONWriter,
        _ isWanted: () -> Bool
    ) throws(StateError) -> RPCError? {
        var failure: RPCError?
        json.key(Hex.encode(address.bytes))
        json.beginObject()
        json.key("nonce")
        json.number(Int64(clamping: record.nonce))
        json.key("balance")
        json.quantity(record.balance)
        json.key("code")
        json.data(record.codeHash == EmptyHash.code ? [] : try state.code(record.codeHash))
        json.key("storage")
        json.beginObject()
        if record.hasStorage {
            try state.forEachSlot(of: address) { slot, value in
                json.key(Hex.encode(slot.bytes))
                json.data(Hash256(value))
                failure = Self.obstacle(json.count, isWanted)
                return failure == nil
            }
        }
        json.endObject()
        json.endObject()
        return failure ?? Self.obstacle(json.count, isWanted)
    }

    private static func obstacle(_ count: Int, _ isWanted: () -> Bool) -> RPCError? {
        if count > SavedState.byteLimit {
            return RPCError(code: -32_000, message: "the state is too large for one text: use mayfly snapshot")
        }
        return isWanted() ? nil : RPCError(code: -32_000, message: "dumping the state took too long")
    }

    // MARK: Loading

    /// Makes a block that begins with the accounts of a saved state in place of those that have their addresses.
    private func load(_ saved: SavedState) throws(RPCError) {
        if saved.accounts.isEmpty { return }
        _ = try asking { () throws(ChainError) in
            try producer.produce { state throws(StateError) in
                var diff = StateDiff()
                let ordered = saved.accounts.sorted { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }
                for (address, account) in ordered { try Self.add(account, at: address, on: state, to: &diff) }
                return diff
            }
        }
    }

    private static func add(
        _ account: SavedState.Account, at address: Address, on state: StateSource, to diff: inout StateDiff
    ) throws(StateError) {
        var record = try state.account(address) ?? AccountRecord()
        var slots = account.slots
        // What the account has beside those goes.
        if record.hasStorage, let state = state as? StoredState {
            try state.forEachSlot(of: address) { slot, _ in
                if slots[slot] == nil { slots[slot] = .zero }
                return true
            }
        }
        // A nonce does not go back, so that no contract's address comes a second time.
        record.nonce = max(record.nonce, account.nonce)
        record.balance = account.balance
        record.codeHash = account.code.isEmpty ? EmptyHash.code : Keccak256.hash(account.code)
        if !account.code.isEmpty { diff.codes.append(.init(hash: record.codeHash, bytes: account.code)) }
        let first = diff.slots.count
        for (slot, value) in slots.sorted(by: { UInt256($0.key) < UInt256($1.key) }) {
            diff.slots.append(.init(key: UInt256(slot), value: value))
        }
        let isGone = record.isEmpty && slots.isEmpty
        diff.accounts.append(
            .init(address: address, record: isGone ? nil : record, slots: first..<diff.slots.count))
    }
}
