import Blockchain
import EthereumRPC
import JSONRPC
import Primitives
import StateTransition
import Storage

/// What tools ask to know with whom they deal.
struct NodeMethods: Sendable {
    let context: NodeContext
    let producer: BlockProducer
    /// A number that no other process has, nor this one after a restart.
    private let instance = Hash256(
        UInt256(
            limbs: .random(in: .min ... .max), .random(in: .min ... .max), .random(in: .min ... .max),
            .random(in: .min ... .max)))

    init(context: NodeContext, producer: BlockProducer) {
        self.context = context
        self.producer = producer
    }

    func add(to methods: inout Methods) {
        methods.add(["anvil_setLoggingEnabled", "hardhat_setLoggingEnabled"]) { call, json throws(RPCError) in
            // Nothing is logged in any case; tools ask for it all the same.
            _ = try call.parameters.required { reader throws(JSONError) in try reader.readBoolean() }
            try call.parameters.finish()
            json.boolean(true)
        }
        methods.add(["anvil_metadata", "hardhat_metadata"]) { [self] call, json throws(RPCError) in
            try call.parameters.finish()
            let head = producer.chain.database.head
            json.beginObject()
            json.key("clientVersion")
            json.string(context.settings.clientVersion)
            json.key("clientCommitSha")
            json.string(context.settings.commit)
            json.key("chainId")
            json.number(Int64(clamping: producer.chain.configuration.chainID))
            json.member("instanceId", instance)
            json.key("latestBlockNumber")
            json.number(Int64(clamping: head.number))
            json.member("latestBlockHash", head.hash)
            json.endObject()
        }
    }
}
