import Blockchain
import JSONRPC
import Primitives
import StateTransition
import Storage

/// Blocks as bytes, and going back (execution-apis, debug).
struct DebugRaw: Sendable {
    let context: NodeContext

    func add(to methods: inout Methods) {
        methods.add("debug_getRawHeader") { [self] call, json throws(RPCError) in
            let view = try context.view()
            let reference = try reference(&call.parameters, view)
            guard let header = try asking({ () throws(ChainError) in try view.header(reference) }) else {
                throw .headerNotFound
            }
            json.data(header.encoded)
        }
        methods.add("debug_getRawBlock") { [self] call, json throws(RPCError) in
            let view = try context.view()
            let reference = try reference(&call.parameters, view)
            guard let block = try asking({ () throws(ChainError) in try view.block(reference) }) else {
                throw .headerNotFound
            }
            json.data(block.encoded)
        }
        methods.add("debug_getRawReceipts") { [self] call, json throws(RPCError) in
            let view = try context.view()
            let reference = try reference(&call.parameters, view)
            guard let sealed = try asking({ () throws(ChainError) in try view.sealedBlock(reference) }) else {
                throw .headerNotFound
            }
            json.array(sealed.receipts) { $0.data($1.encoded) }
        }
        methods.add("debug_getRawTransaction") { [self] call, json throws(RPCError) in
            let hash = try call.parameters.required { reader throws(JSONError) in try reader.readHash() }
            try call.parameters.finish()
            json.data(try EthTransactions(context: context).raw(hash) ?? [])
        }
        methods.add("debug_getBadBlocks") { [self] call, json throws(RPCError) in
            try call.parameters.finish()
            json.array(context.chain.refusedBlocks) { json, refused in
                json.beginObject()
                json.member("hash", refused.hash)
                json.key("block")
                json.block(refused, fullTransactions: true)
                json.member("rlp", refused.block.encoded)
                json.endObject()
            }
        }
    }

    /// Adds what changes the chain: for those who run the node, not for everybody who can reach it.
    func addAdministration(to methods: inout Methods) {
        methods.add("debug_setHead") { [self] call, json throws(RPCError) in
            let number = try call.parameters.required { reader throws(JSONError) in try reader.readQuantity() }
            try call.parameters.finish()
            try asking { () throws(ChainError) in try context.chain.rewind(to: number) }
            json.null()
        }
    }

    private func reference(_ parameters: inout Parameters, _ view: ChainView) throws(RPCError) -> BlockReference {
        let tag = try parameters.required(BlockTag.read)
        try parameters.finish()
        return try context.reference(tag, in: view)
    }
}
