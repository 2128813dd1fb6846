import StateTransition
import Blockchain
import Cryptography
import JSONRPC

/// What nodes say about their network and themselves: `net_*`, `web3_*`, `rpc_modules`.
struct NetMethods: Sendable {
    let context: NodeContext

    func add(to methods: inout Methods) {
        let chainID = context.chain.configuration.chainID
        let version = context.settings.clientVersion
        methods.addInline("net_version") { call, json throws(RPCError) in
            try call.parameters.finish()
            json.string(String(chainID))
        }
        methods.addInline("net_listening") { call, json throws(RPCError) in
            try call.parameters.finish()
            json.boolean(true)
        }
        methods.addInline("net_peerCount") { call, json throws(RPCError) in
            try call.parameters.finish()
            json.quantity(0)
        }
        methods.addInline("web3_clientVersion") { call, json throws(RPCError) in
            try call.parameters.finish()
            json.string(version)
        }
        methods.add("web3_sha3") { call, json throws(RPCError) in
            let bytes = try call.parameters.required { reader throws(JSONError) in try reader.readData() }
            try call.parameters.finish()
            json.data(Keccak256.hash(bytes))
        }
    }

    /// Adds `rpc_modules`, which names what there is: the beginnings of all methods' names.
    static func addModules(to methods: inout Methods) {
        let names = Set(methods.names.compactMap { $0.split(separator: "_").first.map(String.init) } + ["rpc"]).sorted()
        methods.addInline("rpc_modules") { call, json throws(RPCError) in
            try call.parameters.finish()
            json.beginObject()
            for name in names {
                json.key(name)
                json.string("1.0")
            }
            json.endObject()
        }
    }
}
