import JSONRPC
import Primitives
import StateTransition

/// Transactions completed for whoever signs them (execution-apis, fill).
struct EthFilling: Sendable {
    let context: NodeContext

    func add(to methods: inout Methods) {
        methods.add("eth_fillTransaction") { [self] call, json throws(RPCError) in
            let draft = try call.parameters.required(TransactionDraft.read)
            try call.parameters.finish()
            let transaction = try draft.transaction(context, from: draft.sender ?? Address(), deadline: call.deadline)
            json.beginObject()
            json.member("raw", transaction.encoded)
            json.key("tx")
            json.unsignedTransaction(transaction)
            json.endObject()
        }
    }
}
