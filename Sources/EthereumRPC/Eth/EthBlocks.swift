import Blockchain
import JSONRPC
import Primitives
import StateTransition
import Storage

/// Blocks, and what is counted and listed of them (execution-apis, block).
struct EthBlocks: Sendable {
    let context: NodeContext

    func add(to methods: inout Methods) {
        addBlocks(to: &methods)
        addUncles(to: &methods)
        methods.add("eth_getBlockReceipts") { [self] call, json throws(RPCError) in
            let tag = try call.parameters.required(BlockTag.read)
            try call.parameters.finish()
            let view = try context.view()
            guard let sealed = try context.sealedBlock(tag, in: view) else { return json.null() }
            json.receipts(of: sealed, view.configuration)
        }
    }

    private func addBlocks(to methods: inout Methods) {
        let byHash = Self.byHash
        let byNumber = Self.byNumber
        for (name, read) in [("eth_getBlockByHash", byHash), ("eth_getBlockByNumber", byNumber)] {
            methods.add(name) { [self] call, json throws(RPCError) in
                let tag = try read(&call.parameters)
                let full = try call.parameters.required { reader throws(JSONError) in try reader.readBoolean() }
                try call.parameters.finish()
                let view = try context.view()
                guard let sealed = try context.sealedBlock(tag, in: view) else { return json.null() }
                json.block(
                    sealed, fullTransactions: full,
                    isPending: tag == .pending && sealed.reference != view.head)
            }
        }
        for (name, read) in [("eth_getHeaderByHash", byHash), ("eth_getHeaderByNumber", byNumber)] {
            methods.add(name) { [self] call, json throws(RPCError) in
                let tag = try read(&call.parameters)
                try call.parameters.finish()
                let view = try context.view()
                guard let reference = try context.find(tag, in: view) else { return json.null() }
                let found = try asking { () throws(ChainError) -> (BlockHeader, Hash256)? in
                    return try view.header(reference).map { ($0, reference.hash) }
                }
                guard let (header, hash) = found else { return json.null() }
                json.header(header, hash: tag == .pending && hash != view.head.hash ? nil : hash)
            }
        }
        let counts = [
            ("eth_getBlockTransactionCountByHash", byHash), ("eth_getBlockTransactionCountByNumber", byNumber),
        ]
        for (name, read) in counts {
            methods.add(name) { [self] call, json throws(RPCError) in
                guard let block = try block(read, &call.parameters) else { return json.null() }
                json.quantity(UInt64(block.transactions.count))
            }
        }
    }

    private func addUncles(to methods: inout Methods) {
        let byHash = Self.byHash
        let byNumber = Self.byNumber
        for (name, read) in [("eth_getUncleCountByBlockHash", byHash), ("eth_getUncleCountByBlockNumber", byNumber)] {
            methods.add(name) { [self] call, json throws(RPCError) in
                guard let block = try block(read, &call.parameters) else { return json.null() }
                json.quantity(UInt64(block.uncles.count))
            }
        }
        let uncles = [
            ("eth_getUncleByBlockHashAndIndex", byHash), ("eth_getUncleByBlockNumberAndIndex", byNumber),
        ]
        for (name, read) in uncles {
            methods.add(name) { [self] call, json throws(RPCError) in
                let tag = try read(&call.parameters)
                let index = try call.parameters.required { reader throws(JSONError) in try reader.readQuantity() }
                try call.parameters.finish()
                guard let block = try block(tag), index < UInt64(block.uncles.count) else { return json.null() }
                json.uncle(block.uncles[Int(index)])
            }
        }
    }

    // MARK: Parameters

    typealias Reading = @Sendable (inout Parameters) throws(RPCError) -> BlockTag

    static let byHash: Reading = { parameters throws(RPCError) in
        .hash(
            try parameters.required { reader throws(JSONError) in try reader.readHash() }, requiresCanonical: false)
    }

    static let byNumber: Reading = { parameters throws(RPCError) in
        try parameters.required(BlockTag.readNumberOrTag)
    }

    private func block(_ read: Reading, _ parameters: inout Parameters) throws(RPCError) -> Block? {
        let tag = try read(&parameters)
        try parameters.finish()
        return try block(tag)
    }

    private func block(_ tag: BlockTag) throws(RPCError) -> Block? {
        let view = try context.view()
        return try asking { () throws(ChainError) in
            guard let reference = try view.reference(tag) else { return nil }
            return try view.block(reference)
        }
    }
}
