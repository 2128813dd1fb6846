import Blockchain
import EthereumRPC
import JSONRPC
import Primitives
import Storage
import Synchronization

/// Going back to where the chain was.
struct SnapshotMethods: Sendable {
    /// What is remembered of a moment.
    private struct Moment {
        let id: UInt64
        let head: BlockReference
        let clock: BlockClock
    }

    /// The moments that were asked to be remembered, in their order.
    private final class Moments: Sendable {
        private struct State {
            var moments: [Moment] = []
            var nextID: UInt64 = 1
        }

        /// More are forgotten, oldest first.
        private static let limit = 4_096

        private let state = Mutex(State())

        func remember(_ head: BlockReference, _ clock: BlockClock) -> UInt64 {
            state.withLock { state in
                defer { state.nextID += 1 }
                if state.moments.count == Self.limit { state.moments.removeFirst() }
                state.moments.append(Moment(id: state.nextID, head: head, clock: clock))
                return state.nextID
            }
        }

        /// Forgets the moment, and those after it.
        func take(_ id: UInt64) -> Moment? {
            state.withLock { state in
                guard let index = state.moments.firstIndex(where: { $0.id == id }) else { return nil }
                defer { state.moments.removeSubrange(index...) }
                return state.moments[index]
            }
        }

        func forgetAll() { state.withLock { $0.moments = [] } }
    }

    let producer: BlockProducer
    private let moments = Moments()

    init(producer: BlockProducer) { self.producer = producer }

    func add(to methods: inout Methods) {
        methods.add(["evm_snapshot", "anvil_snapshot"]) { [self] call, json throws(RPCError) in
            try call.parameters.finish()
            json.quantity(moments.remember(producer.chain.database.head, producer.withClock { $0 }))
        }
        methods.add(["evm_revert", "anvil_revert"]) { [self] call, json throws(RPCError) in
            let id = try call.parameters.required { reader throws(JSONError) in try reader.readCount() }
            try call.parameters.finish()
            json.boolean(try revert(to: id))
        }
        methods.add("anvil_rollback") { [self] call, _ throws(RPCError) in
            let depth = try call.parameters.optional { reader throws(JSONError) in try reader.readCount() } ?? 1
            try call.parameters.finish()
            try rollBack(depth)
        }
        methods.add(["anvil_reset", "hardhat_reset"]) { [self] call, json throws(RPCError) in
            let forks = try call.parameters.optional { reader throws(JSONError) in try Self.asksForFork(&reader) }
            try call.parameters.finish()
            if forks == true { throw .invalidParams("this chain cannot be a fork of another") }
            try rewind(to: producer.chain.database.genesis.number)
            moments.forgetAll()
            json.boolean(true)
        }
    }

    private static func asksForFork(_ reader: inout JSONReader) throws(JSONError) -> Bool {
        var asks = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.readNull() { continue }
            if key == "forking" { asks = true }
            try reader.skipValue()
        }
        return asks
    }

    /// Takes back so many blocks. Their transactions do not come again.
    private func rollBack(_ depth: UInt64) throws(RPCError) {
        let head = producer.chain.database.head
        let genesis = producer.chain.database.genesis
        guard depth <= head.number - genesis.number else {
            throw .invalidParams("there are \(head.number - genesis.number) blocks to take back, not \(depth)")
        }
        if depth > 0 { try rewind(to: head.number - depth) }
    }

    private func revert(to id: UInt64) throws(RPCError) -> Bool {
        guard let moment = moments.take(id) else { return false }
        let isThere = try asking { () throws(ChainError) in try producer.chain.view().isCanonical(moment.head) }
        guard isThere else { return false }
        try rewind(to: moment.head.number)
        producer.withClock { $0 = moment.clock }
        return true
    }

    /// Takes back the blocks after one. Their transactions do not come again.
    private func rewind(to number: UInt64) throws(RPCError) {
        try asking { () throws(ChainError) in try producer.chain.rewind(to: number, keepsTransactions: false) }
    }
}
