import Blockchain
import EthereumRPC
import JSONRPC
import Primitives
import Sequencing

/// Transactions that are to be forgotten.
struct PoolMethods: Sendable {
    let chain: Chain

    func add(to methods: inout Methods) {
        // The two tools answer in different ways.
        methods.add("anvil_dropTransaction") { [self] call, json throws(RPCError) in
            let hash = try call.parameters.required { reader throws(JSONError) in try reader.readHash() }
            try call.parameters.finish()
            if drop(hash) { json.data(hash) }
        }
        methods.add("hardhat_dropTransaction") { [self] call, json throws(RPCError) in
            let hash = try call.parameters.required { reader throws(JSONError) in try reader.readHash() }
            try call.parameters.finish()
            json.boolean(drop(hash))
        }
        methods.add("anvil_removePoolTransactions") { [chain] call, _ throws(RPCError) in
            let address = try call.parameters.required { reader throws(JSONError) in try reader.readAddress() }
            try call.parameters.finish()
            chain.pool.withPool { pool in
                let account = pool.content(from: address)
                for pooled in account.queued + account.pending.reversed() { _ = pool.remove(pooled.hash) }
            }
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

    private func drop(_ hash: Hash256) -> Bool {
        chain.pool.withPool { pool in
            guard pool.transaction(hash) != nil else { return false }
            _ = pool.remove(hash)
            return true
        }
    }
}
