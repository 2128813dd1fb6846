import Derivation
import JSONRPC
public import Layers
public import Lifecycles
import Primitives
import Synchronization

/// What a rollup's node says about the rollup's end: `mayfly_lifecycle`.
public struct LifecycleMethods: Sendable {
    /// Asks L1 what the lifecycle contract says.
    public typealias Source = @Sendable () async throws(LayerError) -> LifecycleFacts

    /// What L1 said, so that no number of requests makes it be asked more than once a block.
    private final class Memory: Sendable {
        struct Entry {
            var head: L1BlockReference?
            var facts: LifecycleFacts
        }

        let entry = Mutex<Entry?>(nil)
    }

    private let configuration: RollupConfiguration
    private let l1: L1Source
    private let status: Latest<DerivationStatus>
    private let source: Source?
    private let memory = Memory()

    /// - Parameter source: nil where L1 is not asked: then only what is derived is told.
    init(
        _ configuration: RollupConfiguration, l1: L1Source, status: Latest<DerivationStatus>, source: Source?
    ) {
        self.configuration = configuration
        self.l1 = l1
        self.status = status
        self.source = source
    }

    func add(to methods: inout Methods) {
        methods.addDeferred("mayfly_lifecycle") { [self] call, responder throws(RPCError) in
            try call.parameters.finish()
            Task {
                do throws(LayerError) {
                    let facts = try await facts()
                    responder.succeed { json throws(RPCError) in write(facts, &json) }
                } catch {
                    responder.fail(RPCError(code: -32_000, message: "L1 cannot be asked: \(error.message)"))
                }
            }
        }
    }

    /// Nil for a permanent rollup.
    private func facts() async throws(LayerError) -> LifecycleFacts? {
        guard configuration.lifecycleContract != nil, let source else { return nil }
        let head = l1.status.value?.head
        if let known = memory.entry.withLock({ $0 }), head != nil, known.head == head { return known.facts }
        let facts = try await source()
        memory.entry.withLock { $0 = Memory.Entry(head: head, facts: facts) }
        return facts
    }

    private func write(_ facts: LifecycleFacts?, _ json: inout JSONWriter) {
        let derived = status.value
        json.beginObject()
        json.key("state")
        json.string((facts?.state ?? .active).name)
        json.key("isPermanent")
        json.boolean(facts?.isPermanent ?? true)
        json.key("contract")
        if let contract = configuration.lifecycleContract { json.data(contract) } else { json.null() }
        json.key("budget")
        if let budget = facts?.budget { json.data(budget) } else { json.null() }
        for (name, number) in [
            ("expiresAt", facts.flatMap { $0.expiresAt == 0 ? nil : $0.expiresAt }),
            ("idleBlocks", facts.flatMap { $0.idleBlocks == 0 ? nil : $0.idleBlocks }),
            ("drainBlocks", facts?.drainBlocks), ("closingBlock", facts?.closing?.block),
            ("drainEnd", facts?.closing?.drainEnd), ("l1Block", facts?.l1Block), ("l1Time", facts?.l1Time),
        ] as [(StaticString, UInt64?)] {
            json.key(name)
            if let number { json.quantity(number) } else { json.null() }
        }
        json.key("isDue")
        json.boolean(facts?.due != nil)
        for (name, reason) in [("dueReason", facts?.due), ("reason", facts?.closing?.reason)]
            as [(StaticString, ClosingReason?)]
        {
            json.key(name)
            if let reason { json.string(reason.name) } else { json.null() }
        }
        json.key("lastBlock")
        if let derived, derived.isClosed {
            json.beginObject()
            json.key("number")
            json.quantity(derived.safe.number)
            json.key("hash")
            json.data(derived.safe.hash)
            json.endObject()
        } else {
            json.null()
        }
        json.endObject()
    }
}
