import Blockchain
package import JSONRPC
import Primitives
import StateTransition

/// Methods for tests of clients, which no public endpoint should serve (execution-apis, testing).
package struct TestingMethods: Sendable {
    private let context: NodeContext

    package init(_ context: NodeContext) { self.context = context }

    package func add(to methods: inout Methods) {
        methods.add("testing_buildBlockV1") { [self] call, json throws(RPCError) in
            let parent = try call.parameters.required { reader throws(JSONError) in try reader.readHash() }
            let (attributes, missing) = try call.parameters.required(PayloadAttributes.read)
            let transactions = try call.parameters.optional { reader throws(JSONError) in
                try reader.readArray { reader throws(JSONError) in try reader.readData() }
            }
            let extraData = try call.parameters.optional { reader throws(JSONError) in try reader.readData() }
            try call.parameters.finish()
            if let missing { throw .invalidParams("missing \(missing)") }
            let built = try build(attributes, on: parent, transactions, extraData ?? [])
            write(built, to: &json)
        }
    }

    /// - Parameter transactions: what the block has; nil for the best of the pool.
    private func build(
        _ attributes: PayloadAttributes, on parent: Hash256, _ transactions: [[UInt8]]?, _ extraData: [UInt8]
    ) throws(RPCError) -> BuiltCandidate {
        var block: BlockAttributes
        do throws(MalformedPayload) {
            block = try attributes.blockAttributes(isRollup: context.chain.configuration.opStack != nil)
        } catch {
            throw .invalidParams(error.reason)
        }
        for (index, encoded) in (transactions ?? []).enumerated() {
            do throws(TransactionDecodingError) {
                block.transactions.append(try Transaction(decoding: encoded))
            } catch {
                throw RPCError(code: -32_000, message: "transaction \(index) cannot be decoded: \(error)")
            }
        }
        block.extraData = extraData
        block.gasLimit = block.gasLimit ?? context.settings.gasLimitTarget
        return try asking { () throws(ChainError) in
            try context.chain.build(block, on: parent, from: transactions == nil ? .pool : .none)
        }
    }

    private func write(_ built: BuiltCandidate, to json: inout JSONWriter) {
        let isRollup = context.chain.configuration.opStack != nil
        json.beginObject()
        json.key("executionPayload")
        ExecutionPayload(built.sealed.block, hash: built.sealed.hash, isRollup: isRollup).write(to: &json)
        json.member("blockValue", built.fees)
        json.key("blobsBundle")
        EnginePayloads.write(bundle: built, to: &json)
        json.key("executionRequests")
        json.array(built.requests) { $0.data($1) }
        json.key("shouldOverrideBuilder")
        json.boolean(false)
        json.endObject()
    }
}
