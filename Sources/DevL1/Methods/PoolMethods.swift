import Blockchain
import EthereumRPC
import JSONRPC
import Primitives
import Sequencing

/// Transactions that are to be forgotten.
struct PoolMethods: Sendable {
    let chain: Chain

    func add(to methods: inout Methods) {
        methods.add(["anvil_dropTransaction", "hardhat_dropTransaction"]) { [chain] call, json throws(RPCError) in
            let hash = try call.parameters.required { reader throws(JSONError) in try reader.readHash() }
            try call.parameters.finish()
            let isDropped = chain.pool.withPool { pool in
                guard pool.transaction(hash) != nil else { return false }
                _ = pool.remove(hash)
                return true
            }
            if isDropped { json.data(hash) }
        }
        methods.add("anvil_dropAllTransactions") { [chain] call, _ throws(RPCError) in
            try call.parameters.finish()
            chain.pool.withPool { pool in
                for account in pool.content {
                    for pooled in account.queued + account.pending.reversed() { _ = pool.remove(pooled.hash) }
                }
            }
        }
    }
}
