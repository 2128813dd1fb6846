import Derivation
import EthereumClient
import EthereumRPC
import JSONRPC
import Layers
import Primitives
import StateTransition

/// Blocks are made, verified and chosen (Engine API, Cancun and Prague; OP Stack specification, execution engine).
extension EngineExecution {
    /// What the engine says of a block.
    struct PayloadVerdict: Sendable {
        enum Verdict: Sendable {
            case valid
            case invalid(String)
            /// It cannot tell yet.
            case waiting
        }

        var verdict = Verdict.waiting
        /// Of the block that is built, in hexadecimal; nil for none.
        var payloadID: [UInt8]?
    }

    /// A block that the engine built.
    fileprivate struct BuiltPayload: Sendable {
        /// As it is given back.
        var json: [UInt8] = []
        var number: UInt64 = 0
        var hash = Hash256()
        var parentHash = Hash256()
        var timestamp: UInt64 = 0
    }

    /// Has the block of attributes built, verified and made the head.
    func make(_ derived: DerivedAttributes) async throws(LayerError) -> AppliedAttributes {
        let attributes = derived.attributes
        let begun: PayloadVerdict
        do throws(EthereumClientError) {
            begun = try await update(head: derived.parent.hash, attributes: attributes)
        } catch {
            // Invalid payload attributes.
            if case .refused(-38_003, let message, _) = error { return .refused(message) }
            throw Self.failure(error)
        }
        switch begun.verdict {
        case .valid: break
        case .invalid: throw Self.lost(derived.parent.id)
        case .waiting:
            // One that was begun anew waits for blocks that nobody brings, unless derivation goes back to what it has.
            throw try await contains(derived.parent.id) ? Self.busy : Self.lost(derived.parent.id)
        }
        guard let id = begun.payloadID else {
            throw LayerError(.execution, .retry, "the engine does not begin a block on block \(derived.parent.number)")
        }
        let built = try await asking { () async throws(EthereumClientError) in
            try await client.call(
                "engine_getPayloadV4", { $0.data(id) }, read: { reader in try reader.readBuiltPayload() })
        }
        let status = try await submit(attributes.parentBeaconBlockRoot) { json in
            built.json.withUnsafeBytes { json.raw($0) }
        }
        switch status.verdict {
        case .valid: break
        case .invalid(let why): return .refused(why)
        case .waiting: throw Self.busy
        }
        guard built.number == derived.parent.number + 1, built.parentHash == derived.parent.hash,
            built.timestamp == attributes.timestamp
        else { throw LayerError(.execution, .retry, "the engine has built another block than it was to") }
        try await choose(built.hash)
        return .made(
            L2BlockReference(
                number: built.number, hash: built.hash, parentHash: built.parentHash, timestamp: built.timestamp,
                l1Origin: derived.l1Origin, sequenceNumber: derived.sequenceNumber))
    }

    /// Has the engine verify a block.
    func submit(
        _ parentBeaconBlockRoot: Hash256?, _ payload: (inout JSONWriter) -> Void
    ) async throws(LayerError) -> PayloadVerdict {
        try await asking { () async throws(EthereumClientError) in
            try await client.call(
                "engine_newPayloadV4",
                { json in
                    payload(&json)
                    json.beginArray()
                    json.endArray()
                    json.data(parentBeaconBlockRoot ?? Hash256())
                    json.beginArray()
                    json.endArray()
                }, read: { reader in try reader.readPayloadStatus() })
        }
    }

    /// Makes a block the head; zeros leave what is safe and final as it is.
    func choose(
        _ head: Hash256, safe: Hash256 = Hash256(), finalized: Hash256 = Hash256()
    ) async throws(LayerError) {
        let answer: PayloadVerdict
        do throws(EthereumClientError) {
            answer = try await update(head: head, safe: safe, finalized: finalized)
        } catch {
            throw Self.failure(error)
        }
        switch answer.verdict {
        case .valid: break
        case .invalid(let why):
            throw LayerError(.execution, .reset, "the engine refuses block \(head) as its head: \(why)")
        case .waiting: throw Self.busy
        }
    }

    private func update(
        head: Hash256, safe: Hash256 = Hash256(), finalized: Hash256 = Hash256(),
        attributes: Derivation.PayloadAttributes? = nil
    ) async throws(EthereumClientError) -> PayloadVerdict {
        try await client.call(
            "engine_forkchoiceUpdatedV3",
            { json in
                json.beginObject()
                json.member("headBlockHash", head)
                json.member("safeBlockHash", safe)
                json.member("finalizedBlockHash", finalized)
                json.endObject()
                if let attributes { json.attributes(attributes) } else { json.null() }
            }, read: { reader in try reader.readForkChoiceAnswer() })
    }

    /// What an error of the Engine API means for those who derive.
    static func failure(_ error: EthereumClientError) -> LayerError {
        switch error {
        // Invalid fork choice state.
        case .refused(-38_002, _, _): LayerError(.execution, .reset, error.message)
        // Unsupported fork.
        case .refused(-38_005, _, _):
            LayerError(.execution, .fatal, "the engine's genesis has other upgrades than the rollup: \(error.message)")
        default: LayerError(.execution, error)
        }
    }
}

extension JSONWriter {
    /// Writes a block as `engine_newPayloadV4` takes it.
    mutating func payload(_ block: Block, hash: Hash256) {
        ExecutionPayload(block, hash: hash, isRollup: true).write(to: &self)
    }

    /// Writes PayloadAttributesV3 with what the OP Stack adds.
    fileprivate mutating func attributes(_ attributes: Derivation.PayloadAttributes) {
        beginObject()
        member("timestamp", attributes.timestamp)
        member("prevRandao", attributes.prevRandao)
        member("suggestedFeeRecipient", attributes.suggestedFeeRecipient)
        key("withdrawals")
        beginArray()
        endArray()
        member("parentBeaconBlockRoot", attributes.parentBeaconBlockRoot)
        key("transactions")
        beginArray()
        for transaction in attributes.transactions { data(transaction) }
        endArray()
        key("noTxPool")
        boolean(attributes.noTxPool)
        member("gasLimit", attributes.gasLimit)
        member("eip1559Params", attributes.eip1559Parameters)
        member("minBaseFee", attributes.minimumBaseFee)
        endObject()
    }
}

extension JSONReader {
    /// Reads a ForkchoiceUpdatedResponse.
    fileprivate mutating func readForkChoiceAnswer() throws -> EngineExecution.PayloadVerdict {
        var answer = EngineExecution.PayloadVerdict()
        var id: [UInt8]?
        try beginObject()
        while let key = try nextKey() {
            if try readNull() { continue }
            switch key {
            case "payloadStatus": answer = try readPayloadStatus()
            case "payloadId": id = try readData()
            default: try skipValue()
            }
        }
        answer.payloadID = id
        return answer
    }

    /// Reads a PayloadStatusV1.
    fileprivate mutating func readPayloadStatus() throws -> EngineExecution.PayloadVerdict {
        var status = ""
        var reason: String?
        try beginObject()
        while let key = try nextKey() {
            if try readNull() { continue }
            switch key {
            case "status": status = try readString().string
            case "validationError": reason = String(try readString().string.prefix(1_000))
            default: try skipValue()
            }
        }
        switch status {
        case "VALID": return EngineExecution.PayloadVerdict(verdict: .valid)
        case "INVALID", "INVALID_BLOCK_HASH":
            return EngineExecution.PayloadVerdict(verdict: .invalid(reason ?? "without a reason"))
        case "SYNCING", "ACCEPTED": return EngineExecution.PayloadVerdict()
        default: throw EthereumClientError.malformed("a payload with the status \(status.prefix(40))")
        }
    }

    /// Reads what `engine_getPayloadV4` gives.
    fileprivate mutating func readBuiltPayload() throws -> EngineExecution.BuiltPayload {
        var built: EngineExecution.BuiltPayload?
        try beginObject()
        while let key = try nextKey() {
            if key == "executionPayload" {
                var inner = self
                built = try inner.readPayloadPlace()
                built?.json = Array(try readRaw())
            } else {
                try skipValue()
            }
        }
        guard let built else { throw EthereumClientError.malformed("a payload without an executionPayload") }
        return built
    }

    private mutating func readPayloadPlace() throws -> EngineExecution.BuiltPayload {
        var built = EngineExecution.BuiltPayload()
        try beginObject()
        while let key = try nextKey() {
            switch key {
            case "blockNumber": built.number = try readQuantity()
            case "blockHash": built.hash = try readHash()
            case "parentHash": built.parentHash = try readHash()
            case "timestamp": built.timestamp = try readQuantity()
            default: try skipValue()
            }
        }
        return built
    }
}
