import Sequencing
import Blockchain
import JSONRPC
import Primitives
import StateTransition
import Storage

/// Transactions and their receipts (execution-apis, transaction).
struct EthTransactions: Sendable {
    let context: NodeContext

    func add(to methods: inout Methods) {
        methods.add("eth_getTransactionByHash") { [self] call, json throws(RPCError) in
            let hash = try Self.hash(&call.parameters)
            if let (block, index) = try find(hash) { return json.transaction(index, of: block) }
            guard let pooled = context.chain.pool.withPool({ $0.transaction(hash) }) else { return json.null() }
            json.pendingTransaction(pooled.transaction, hash: pooled.hash, sender: pooled.sender)
        }
        methods.add("eth_getTransactionReceipt") { [self] call, json throws(RPCError) in
            let hash = try Self.hash(&call.parameters)
            guard let (block, index) = try find(hash) else { return json.null() }
            json.receipt(index, of: block, context.chain.configuration)
        }
        methods.add("eth_getRawTransactionByHash") { [self] call, json throws(RPCError) in
            guard let raw = try raw(try Self.hash(&call.parameters)) else { return json.null() }
            json.data(raw)
        }
        let places = [
            ("eth_getTransactionByBlockHashAndIndex", EthBlocks.byHash, false),
            ("eth_getTransactionByBlockNumberAndIndex", EthBlocks.byNumber, false),
            ("eth_getRawTransactionByBlockHashAndIndex", EthBlocks.byHash, true),
            ("eth_getRawTransactionByBlockNumberAndIndex", EthBlocks.byNumber, true),
        ]
        for (name, read, isRaw) in places {
            methods.add(name) { [self] call, json throws(RPCError) in
                let tag = try read(&call.parameters)
                let index = try call.parameters.required { reader throws(JSONError) in try reader.readQuantity() }
                try call.parameters.finish()
                let sealed = try context.sealedBlock(tag, in: context.view())
                guard let sealed, index < UInt64(sealed.block.transactions.count) else { return json.null() }
                if isRaw { return json.data(sealed.block.transactions[Int(index)].encoded) }
                json.transaction(Int(index), of: sealed)
            }
        }
    }

    private static func hash(_ parameters: inout Parameters) throws(RPCError) -> Hash256 {
        let hash = try parameters.required { reader throws(JSONError) in try reader.readHash() }
        try parameters.finish()
        return hash
    }

    /// Where in the chain, or in the block that is open, a transaction is; nil where it is not.
    private func find(_ hash: Hash256) throws(RPCError) -> (block: SealedBlock, index: Int)? {
        // First the open block: one that is sealed meanwhile is seen twice, not never.
        if let open = context.chain.openBlock, let index = open.place(of: hash) {
            let block = open.sealedSoFar
            if index < block.receipts.count { return (block, index) }
        }
        let view = try context.view()
        return try asking { () throws(ChainError) in
            guard let place = try view.location(ofTransaction: hash) else { return nil }
            guard let sealed = try view.sealedBlock(place.block), place.index < sealed.receipts.count else {
                return nil
            }
            return (sealed, place.index)
        }
    }

    /// The canonical form of a transaction of the chain or the pool.
    func raw(_ hash: Hash256) throws(RPCError) -> [UInt8]? {
        if let (block, index) = try find(hash) { return block.block.transactions[index].encoded }
        return context.chain.pool.withPool { $0.transaction(hash)?.encoded }
    }
}
