public import Derivation
public import JSONRPC
public import Layers
import Primitives
import StateTransition

/// What a rollup's node says about the rollup (OP Stack specification, rollup node, L2 output RPC method; the methods of
/// op-node).
public struct OptimismMethods: Sendable {
    let execution: any ExecutionLayer
    let configuration: RollupConfiguration
    let l1: L1Source
    let log: SafeHeadLog
    let status: Latest<DerivationStatus>
    let version: String

    public init(
        _ execution: any ExecutionLayer, _ configuration: RollupConfiguration, l1: L1Source, log: SafeHeadLog,
        status: Latest<DerivationStatus>, version: String
    ) {
        self.execution = execution
        self.configuration = configuration
        self.l1 = l1
        self.log = log
        self.status = status
        self.version = version
    }

    public func add(to methods: inout Methods) {
        methods.add("optimism_version") { [self] call, json throws(RPCError) in
            try call.parameters.finish()
            json.string(version)
        }
        methods.add("optimism_rollupConfig") { [self] call, json throws(RPCError) in
            try call.parameters.finish()
            let text = Array(RollupFile(configuration).text.utf8)
            text.withUnsafeBytes { json.raw($0) }
        }
        methods.addDeferred("optimism_syncStatus") { [self] call, responder throws(RPCError) in
            try call.parameters.finish()
            answer(responder) { () async throws(LayerError) in
                let head = try await head()
                return { json in write(syncStatus: head, &json) }
            }
        }
        methods.addDeferred("optimism_outputAtBlock") { [self] call, responder throws(RPCError) in
            let number = try call.parameters.required { reader throws(JSONError) in try reader.readQuantity() }
            try call.parameters.finish()
            answer(responder) { () async throws(LayerError) in
                guard let output = try await execution.output(of: number) else {
                    throw LayerError(.execution, .retry, "there is no block \(number) yet")
                }
                let head = try await head()
                return { json in write(output, head, &json) }
            }
        }
        methods.add("optimism_safeHeadAtL1Block") { [self] call, json throws(RPCError) in
            let number = try call.parameters.required { reader throws(JSONError) in try reader.readQuantity() }
            try call.parameters.finish()
            guard let entry = log.last(upToL1: number) else {
                throw RPCError(code: -32_000, message: "safe head not found")
            }
            json.beginObject()
            json.key("l1Block")
            json.id(entry.l1)
            json.key("safeHead")
            json.id(entry.l2)
            json.endObject()
        }
    }

    /// Answers when the layers have.
    private func answer(
        _ responder: Responder,
        _ body: @escaping @Sendable () async throws(LayerError) -> (@Sendable (inout JSONWriter) -> Void)
    ) {
        Task {
            do throws(LayerError) {
                let write = try await body()
                responder.succeed { json throws(RPCError) in write(&json) }
            } catch {
                responder.fail(RPCError(code: -32_000, message: error.message))
            }
        }
    }

    private func head() async throws(LayerError) -> L2BlockReference {
        let head = try await execution.heads().head
        guard let block = try await execution.block(head.number) else {
            throw LayerError(.execution, .retry, "block \(head.number) of the chain is missing")
        }
        return block
    }

    private func write(syncStatus head: L2BlockReference, _ json: inout JSONWriter) {
        let derived =
            status.value
            ?? DerivationStatus(safe: configuration.genesis.reference, finalized: configuration.genesis.reference)
        let l1 = l1.status.value
        json.beginObject()
        for (name, block) in [
            ("current_l1", derived.currentL1), ("current_l1_finalized", l1?.finalized), ("head_l1", l1?.head),
            ("safe_l1", l1?.safe), ("finalized_l1", l1?.finalized),
        ] as [(StaticString, L1BlockReference?)] {
            json.key(name)
            json.reference(block)
        }
        for (name, block) in [
            ("unsafe_l2", head), ("safe_l2", derived.safe), ("finalized_l2", derived.finalized),
            ("pending_safe_l2", derived.safe), ("cross_unsafe_l2", head), ("local_safe_l2", derived.safe),
        ] as [(StaticString, L2BlockReference)] {
            json.key(name)
            json.reference(block)
        }
        json.endObject()
    }

    private func write(_ found: ExecutedOutput, _ head: L2BlockReference, _ json: inout JSONWriter) {
        json.beginObject()
        json.key("version")
        json.data(Hash256())
        json.key("outputRoot")
        json.data(found.output.hash)
        json.key("blockRef")
        json.reference(found.block)
        json.key("withdrawalStorageRoot")
        json.data(found.output.messagePasserRoot)
        json.key("stateRoot")
        json.data(found.output.stateRoot)
        json.key("syncStatus")
        write(syncStatus: head, &json)
        json.endObject()
    }
}

extension JSONWriter {
    fileprivate mutating func id(_ block: BlockID) {
        beginObject()
        key("hash")
        data(block.hash)
        key("number")
        number(Int64(clamping: block.number))
        endObject()
    }

    /// As op-node writes it: numbers, not quantities; zeros for none.
    fileprivate mutating func reference(_ block: L1BlockReference?) {
        let block = block ?? L1BlockReference(number: 0, hash: Hash256(), parentHash: Hash256(), timestamp: 0)
        beginObject()
        members(block.number, block.hash, block.parentHash, block.timestamp)
        endObject()
    }

    fileprivate mutating func reference(_ block: L2BlockReference) {
        beginObject()
        members(block.number, block.hash, block.parentHash, block.timestamp)
        key("l1origin")
        id(block.l1Origin)
        key("sequenceNumber")
        number(Int64(clamping: block.sequenceNumber))
        endObject()
    }

    private mutating func members(_ height: UInt64, _ hash: Hash256, _ parent: Hash256, _ timestamp: UInt64) {
        key("hash")
        data(hash)
        key("number")
        number(Int64(clamping: height))
        key("parentHash")
        data(parent)
        key("timestamp")
        number(Int64(clamping: timestamp))
    }
}
