import Blockchain
import JSONRPC
import Primitives
import Sequencing
import StateTransition

/// `engine_newPayload`, `engine_forkchoiceUpdated` and `engine_getPayload`.
struct EnginePayloads: Sendable {
    private let chain: Chain
    private let versions: EngineVersions
    private let verification: PayloadVerification
    private let building: PayloadBuilding
    private let forkChoice: ForkChoice

    init(_ context: NodeContext) {
        chain = context.chain
        versions = EngineVersions(configuration: context.chain.configuration)
        verification = PayloadVerification(context.chain)
        building = PayloadBuilding(context)
        forkChoice = ForkChoice(context.chain, verification, building)
    }

    func add(to methods: inout Methods) {
        for version in 1...4 {
            methods.add("engine_newPayloadV\(version)") { [self] call, json throws(RPCError) in
                try newPayload(&call.parameters, version: version).write(to: &json)
            }
        }
        for version in 1...3 {
            methods.addDeferred("engine_forkchoiceUpdatedV\(version)") { [self] call, responder throws(RPCError) in
                try updateForkChoice(&call.parameters, version: version, responder)
            }
        }
        for version in 1...5 {
            methods.add("engine_getPayloadV\(version)") { [self] call, json throws(RPCError) in
                try getPayload(&call.parameters, version: version, &json)
            }
        }
    }

    // MARK: engine_newPayload

    private func newPayload(_ parameters: inout Parameters, version: Int) throws(RPCError) -> PayloadStatus {
        let (payload, missing) = try parameters.required { reader throws(JSONError) in
            try ExecutionPayload.read(&reader)
        }
        if let missing { throw EngineError.invalidParameters("\(missing) is missing") }
        var companions = ExecutionPayload.Companions()
        if version >= 3 {
            companions.blobHashes = try parameters.optional { reader throws(JSONError) in
                try reader.readArray { reader throws(JSONError) in try reader.readHash() }
            }
            companions.parentBeaconBlockRoot = try parameters.optional { reader throws(JSONError) in
                try reader.readHash()
            }
        }
        if version >= 4 {
            companions.requests = try parameters.optional { reader throws(JSONError) in
                try reader.readArray { reader throws(JSONError) in try reader.readData() }
            }
        }
        try parameters.finish()
        try versions.check(payload, companions, version: version)
        let block: Block
        do throws(MalformedPayload) {
            block = try payload.block(companions)
        } catch {
            let verdict: PayloadStatus.Verdict = error.isHashWrong && version == 1 ? .invalidBlockHash : .invalid
            return PayloadStatus(verdict: verdict, validationError: error.reason)
        }
        return try verification.verify(block, hash: payload.blockHash)
    }

    // MARK: engine_forkchoiceUpdated

    private func updateForkChoice(
        _ parameters: inout Parameters, version: Int, _ responder: Responder
    ) throws(RPCError) {
        let (state, missing) = try parameters.required { reader throws(JSONError) in
            try ForkChoiceState.read(&reader)
        }
        if let missing { throw EngineError.invalidParameters("\(missing) is missing") }
        let attributes = try Self.attributes(&parameters)
        try parameters.finish()
        forkChoice.inOrder { [self] in
            responder.succeed { json throws(RPCError) in
                let answer = try forkChoice.update(state, version: UInt8(version)) { head throws(RPCError) in
                    guard let attributes = try attributes?.get() else { return nil }
                    try versions.check(attributes, after: head, version: version)
                    return attributes
                }
                answer.write(to: &json)
            }
        }
    }

    /// The attributes, or what is wrong with them, which is only said when the fork choice has been followed.
    private static func attributes(
        _ parameters: inout Parameters
    ) throws(RPCError) -> Result<PayloadAttributes, RPCError>? {
        try parameters.optional { reader throws(JSONError) -> Result<PayloadAttributes, RPCError> in
            var inner = reader
            try reader.skipValue()
            do throws(JSONError) {
                let (attributes, missing) = try PayloadAttributes.read(&inner)
                if let missing { return .failure(EngineError.invalidPayloadAttributes("\(missing) is missing")) }
                return .success(attributes)
            } catch {
                return .failure(EngineError.invalidPayloadAttributes(error.message))
            }
        }
    }

    // MARK: engine_getPayload

    private func getPayload(_ parameters: inout Parameters, version: Int, _ json: inout JSONWriter) throws(RPCError) {
        let id = try parameters.required { reader throws(JSONError) in try PayloadID(json: &reader) }
        try parameters.finish()
        let (number, timestamp) = try building.place(id)
        try versions.checkPayload(number: number, timestamp: timestamp, version: version)
        let built = try building.finish(id)
        let isRollup = chain.configuration.opStack != nil
        let payload = ExecutionPayload(built.sealed.block, hash: built.sealed.hash, isRollup: isRollup)
        if version == 1 { return payload.write(to: &json) }
        json.beginObject()
        json.key("executionPayload")
        payload.write(to: &json)
        json.key("blockValue")
        json.quantity(built.fees)
        if version >= 3 {
            json.key("blobsBundle")
            Self.write(bundle: built, to: &json)
            json.key("shouldOverrideBuilder")
            json.boolean(false)
            if isRollup {
                json.key("parentBeaconBlockRoot")
                json.data(built.sealed.header.parentBeaconBlockRoot ?? Hash256())
            }
        }
        if version >= 4 {
            json.key("executionRequests")
            json.array(built.requests) { $0.data($1) }
        }
        json.endObject()
    }

    /// BlobsBundle V1 and V2, which differ in the proofs only.
    static func write(bundle built: BuiltCandidate, to json: inout JSONWriter) {
        let sidecars = built.sidecars.map { $0.sidecar }
        json.beginObject()
        json.key("commitments")
        json.array(sidecars.flatMap { $0.commitments }) { $0.data($1) }
        json.key("proofs")
        json.array(sidecars.flatMap { $0.proofs }) { $0.data($1) }
        json.key("blobs")
        json.array(sidecars.flatMap { $0.blobs }) { $0.data($1) }
        json.endObject()
    }
}
