import Blockchain
import Derivation
public import JSONRPC
import Layers
import Primitives
import StateTransition
import Storage

/// What a rollup's node says about the rollup (OP Stack specification, rollup node, L2 output RPC method; the methods of
/// op-node).
public struct OptimismMethods: Sendable {
    let chain: RollupChain
    let l1: L1Source
    let log: SafeHeadLog
    let status: Latest<DerivationStatus>
    let version: String

    public init(
        _ chain: RollupChain, l1: L1Source, log: SafeHeadLog, status: Latest<DerivationStatus>, version: String
    ) {
        self.chain = chain
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
            let text = Array(RollupFile(chain.configuration).text.utf8)
            text.withUnsafeBytes { json.raw($0) }
        }
        methods.add("optimism_syncStatus") { [self] call, json throws(RPCError) in
            try call.parameters.finish()
            try write(syncStatus: &json)
        }
        methods.add("optimism_outputAtBlock") { [self] call, json throws(RPCError) in
            let number = try call.parameters.required { reader throws(JSONError) in try reader.readQuantity() }
            try call.parameters.finish()
            try write(outputAt: number, &json)
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

    private func write(syncStatus json: inout JSONWriter) throws(RPCError) {
        let derived =
            status.value
            ?? DerivationStatus(
                safe: chain.configuration.genesis.reference, finalized: chain.configuration.genesis.reference)
        let l1 = l1.status.value
        let head = try reading { () throws(ChainError) in try chain.head() }
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

    private func write(outputAt number: UInt64, _ json: inout JSONWriter) throws(RPCError) {
        let found = try reading { () throws(ChainError) in
            let view = try chain.chain.view()
            guard let block = try view.reference(.number(number)), let header = try view.header(block),
                let reference = try chain.reference(block, view)
            else { return nil as (BlockHeader, L2BlockReference)? }
            return (header, reference)
        }
        guard let (header, reference) = found, let output = OutputRoot(header, hash: reference.hash) else {
            throw RPCError(code: -32_000, message: "there is no block \(number) yet")
        }
        json.beginObject()
        json.key("version")
        json.data(Hash256())
        json.key("outputRoot")
        json.data(output.hash)
        json.key("blockRef")
        json.reference(reference)
        json.key("withdrawalStorageRoot")
        json.data(output.messagePasserRoot)
        json.key("stateRoot")
        json.data(output.stateRoot)
        json.key("syncStatus")
        try write(syncStatus: &json)
        json.endObject()
    }

    private func reading<Result>(_ body: () throws(ChainError) -> Result) throws(RPCError) -> Result {
        do throws(ChainError) { return try body() } catch { throw .internalError(error.message) }
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
