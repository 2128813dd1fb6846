import Blockchain
import JSONRPC
import Primitives
import StateTransition
import Storage

/// `engine_getPayloadBodiesByHashV1` and `engine_getPayloadBodiesByRangeV1`.
struct EngineBodies: Sendable {
    private let chain: Chain

    /// Bodies that one call may ask for.
    static let limit = 1_024

    init(_ context: NodeContext) { chain = context.chain }

    func add(to methods: inout Methods) {
        methods.add("engine_getPayloadBodiesByHashV1") { [self] call, json throws(RPCError) in
            let hashes = try call.parameters.required { reader throws(JSONError) in
                try reader.readArray { reader throws(JSONError) in try reader.readHash() }
            }
            try call.parameters.finish()
            try Self.check(count: UInt64(hashes.count))
            try write(to: &json) { view, json throws(ChainError) in
                for hash in hashes { try Self.write(view.reference(hash), view, to: &json) }
            }
        }
        methods.add("engine_getPayloadBodiesByRangeV1") { [self] call, json throws(RPCError) in
            let start = try call.parameters.required { reader throws(JSONError) in try reader.readQuantity() }
            let count = try call.parameters.required { reader throws(JSONError) in try reader.readQuantity() }
            try call.parameters.finish()
            guard start > 0, count > 0 else { throw EngineError.invalidParameters("start and count begin at 1") }
            try Self.check(count: count)
            try write(to: &json) { view, json throws(ChainError) in
                guard start <= view.head.number else { return }
                // Nothing after the head, not even nulls.
                for number in start...min(view.head.number, start &+ (count - 1)) {
                    try Self.write(view.reference(.number(number)), view, to: &json)
                }
            }
        }
    }

    private static func check(count: UInt64) throws(RPCError) {
        guard count <= limit else { throw EngineError.tooLargeRequest("\(count) bodies, at most \(limit)") }
    }

    private func write(
        to json: inout JSONWriter, _ elements: (ChainView, inout JSONWriter) throws(ChainError) -> Void
    ) throws(RPCError) {
        json.beginArray()
        do throws(ChainError) {
            try elements(try chain.view(), &json)
        } catch {
            throw .internalError(error.message)
        }
        json.endArray()
    }

    /// Writes an ExecutionPayloadBodyV1, or null.
    private static func write(
        _ reference: BlockReference?, _ view: ChainView, to json: inout JSONWriter
    ) throws(ChainError) {
        guard let reference, let block = try view.block(reference) else { return json.null() }
        json.beginObject()
        json.key("transactions")
        json.array(block.transactions) { $0.data($1.encoded) }
        json.key("withdrawals")
        if let withdrawals = block.withdrawals {
            json.withdrawals(withdrawals)
        } else {
            json.null()
        }
        json.endObject()
    }
}
