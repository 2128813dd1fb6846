import Cryptography
import Blockchain
import JSONRPC
import Primitives
import Sequencing
import StateTransition

/// What waits in the pool (execution-apis, txpool).
struct TxPoolMethods: Sendable {
    let context: NodeContext

    func add(to methods: inout Methods) {
        let pool = context.chain.pool
        methods.addInline("txpool_status") { call, json throws(RPCError) in
            try call.parameters.finish()
            let status = pool.withPool { $0.status }
            json.beginObject()
            json.member("pending", UInt64(status.pending))
            json.member("queued", UInt64(status.queued))
            json.endObject()
        }
        methods.add("txpool_content") { call, json throws(RPCError) in
            try call.parameters.finish()
            try Self.write(pool.withPool { $0.content }, to: &json) { json, pooled in json.pooled(pooled) }
        }
        methods.add("txpool_inspect") { call, json throws(RPCError) in
            try call.parameters.finish()
            try Self.write(pool.withPool { $0.content }, to: &json) { json, pooled in json.string(pooled.summary) }
        }
        methods.add("txpool_contentFrom") { call, json throws(RPCError) in
            let address = try call.parameters.required { reader throws(JSONError) in try reader.readAddress() }
            try call.parameters.finish()
            let content = pool.withPool { $0.content(from: address) }
            json.beginObject()
            json.key("pending")
            try Self.write(content.pending, to: &json) { json, pooled in json.pooled(pooled) }
            json.key("queued")
            try Self.write(content.queued, to: &json) { json, pooled in json.pooled(pooled) }
            json.endObject()
        }
    }

    /// Bytes of an answer at which writing stops: no endpoint sends more.
    private static let byteLimit = 64 << 20

    private typealias Writing = (inout JSONWriter, PooledTransaction) -> Void

    private static func write(
        _ content: [AccountContent], to json: inout JSONWriter, _ each: Writing
    ) throws(RPCError) {
        let ordered = content.sorted { $0.sender < $1.sender }
        json.beginObject()
        json.key("pending")
        json.beginObject()
        for account in ordered where !account.pending.isEmpty {
            json.key(account.sender.checksummed)
            try write(account.pending, to: &json, each)
        }
        json.endObject()
        json.key("queued")
        json.beginObject()
        for account in ordered where !account.queued.isEmpty {
            json.key(account.sender.checksummed)
            try write(account.queued, to: &json, each)
        }
        json.endObject()
        json.endObject()
    }

    /// Writes the transactions of one account by their nonces, in decimal.
    private static func write(
        _ transactions: [PooledTransaction], to json: inout JSONWriter, _ each: Writing
    ) throws(RPCError) {
        json.beginObject()
        for pooled in transactions {
            json.key(String(pooled.nonce))
            each(&json, pooled)
            guard json.count < byteLimit else { throw .responseTooLarge }
        }
        json.endObject()
    }
}

extension JSONWriter {
    fileprivate mutating func pooled(_ pooled: PooledTransaction) {
        pendingTransaction(pooled.transaction, hash: pooled.hash, sender: pooled.sender)
    }
}
