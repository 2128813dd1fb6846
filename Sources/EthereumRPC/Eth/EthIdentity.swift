import StateTransition
import Blockchain
import JSONRPC
import Primitives
import Storage

/// What a node says about itself and where it stands (execution-apis, client).
struct EthIdentity: Sendable {
    let context: NodeContext

    func add(to methods: inout Methods) {
        let chain = context.chain
        methods.addInline("eth_chainId") { call, json throws(RPCError) in
            try call.parameters.finish()
            json.quantity(chain.configuration.chainID)
        }
        methods.addInline("eth_blockNumber") { call, json throws(RPCError) in
            try call.parameters.finish()
            // As all other methods see it: what the database notes beside it may be a moment behind.
            json.quantity(try context.view().head.number)
        }
        methods.addInline("eth_syncing") { call, json throws(RPCError) in
            try call.parameters.finish()
            json.boolean(false)
        }
        methods.addInline("eth_accounts") { call, json throws(RPCError) in
            try call.parameters.finish()
            json.beginArray()
            json.endArray()
        }
        methods.add("eth_coinbase") { [self] call, json throws(RPCError) in
            try call.parameters.finish()
            let view = try context.view()
            json.data(try asking { () throws(ChainError) in try view.headHeader }.coinbase)
        }
        methods.add("eth_capabilities") { [self] call, json throws(RPCError) in
            try call.parameters.finish()
            write(capabilities: try context.view(), to: &json)
        }
    }

    /// Blocks, transactions, receipts and logs are kept from the first block on, states as far back as the node's history.
    private func write(capabilities view: ChainView, to json: inout JSONWriter) {
        json.beginObject()
        json.key("head")
        json.beginObject()
        json.member("number", view.head.number)
        json.member("hash", view.head.hash)
        json.endObject()
        for name in ["state", "stateproofs", "tx", "logs", "receipts", "blocks"] as [StaticString] {
            let isState = name.utf8CodeUnitCount >= 5 && name.description.hasPrefix("state")
            json.key(name)
            json.beginObject()
            json.key("disabled")
            json.boolean(false)
            json.member("oldestBlock", isState ? view.oldestState : view.genesis.number)
            if isState, let history = context.chain.database.options.history {
                json.key("deleteStrategy")
                json.beginObject()
                json.key("type")
                json.string("window")
                json.member("retentionBlocks", history)
                json.endObject()
            }
            json.endObject()
        }
        json.endObject()
    }
}
