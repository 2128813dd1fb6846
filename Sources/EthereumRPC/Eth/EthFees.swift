import Sequencing
import Blockchain
import JSONRPC
import Primitives
import StateTransition

/// What a place in a block costs (execution-apis, fee market).
struct EthFees: Sendable {
    let context: NodeContext
    private let suggestion: TipSuggestion

    init(_ context: NodeContext) {
        self.context = context
        suggestion = TipSuggestion(context)
    }

    func add(to methods: inout Methods) {
        let pool = context.chain.pool
        methods.addInline("eth_baseFee") { call, json throws(RPCError) in
            try call.parameters.finish()
            json.quantity(pool.withPool { $0.head.baseFee })
        }
        methods.addInline("eth_blobBaseFee") { call, json throws(RPCError) in
            try call.parameters.finish()
            json.quantity(pool.withPool { $0.head.blobBaseFee })
        }
        methods.add("eth_maxPriorityFeePerGas") { [self] call, json throws(RPCError) in
            try call.parameters.finish()
            json.quantity(try suggestion.tip(in: context.view()))
        }
        methods.add("eth_gasPrice") { [self] call, json throws(RPCError) in
            try call.parameters.finish()
            let view = try context.view()
            let header = try asking { () throws(ChainError) in try view.headHeader }
            // The next block's fee may be above this one's, and the transaction is for the next.
            let baseFee = max(header.baseFee ?? 0, pool.withPool { $0.head.baseFee })
            json.quantity(baseFee &+ (try suggestion.tip(in: view)))
        }
        methods.add("eth_feeHistory") { [self] call, json throws(RPCError) in
            let query = try FeeHistoryQuery(&call.parameters)
            let history = try FeeHistory(query, in: context.view(), context, deadline: context.deadline(of: call))
            history.write(to: &json)
        }
    }
}
