import Blockchain
import JSONRPC
import Primitives
import StateTransition

/// How a rollup's batcher holds back who builds its blocks (op-geth, `miner_setMaxDASize`): for those who run the node, as
/// whoever may call it can stop the rollup's transactions.
struct MinerMethods: Sendable {
    let context: NodeContext

    func add(to methods: inout Methods) {
        guard context.chain.configuration.opStack != nil else { return }
        methods.add("miner_setMaxDASize") { [chain = context.chain] call, json throws(RPCError) in
            let transaction = try call.parameters.required { reader throws(JSONError) in try reader.readUInt256() }
            let block = try call.parameters.required { reader throws(JSONError) in try reader.readUInt256() }
            try call.parameters.finish()
            chain.dataLimits = DataLimits(transaction: Self.limit(transaction), block: Self.limit(block))
            json.boolean(true)
        }
    }

    /// Zero stands for none.
    private static func limit(_ number: UInt256) -> UInt64? {
        if number.isZero { return nil }
        return number.limb1 | number.limb2 | number.limb3 == 0 ? number.limb0 : .max
    }
}
