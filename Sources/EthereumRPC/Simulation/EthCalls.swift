import Blockchain
import EVM
import JSONRPC
import NIOCore
import Primitives
import StateTransition

/// Methods that execute a call without making it part of the chain: `eth_call`, `eth_estimateGas` and
/// `eth_createAccessList`.
struct EthCalls {
    let context: NodeContext
    let codes: CodeCachePool

    func add(to methods: inout Methods) {
        methods.add("eth_call") { call, result throws(RPCError) in
            let parameters = try CallParameters(&call.parameters, hasBlockOverrides: true)
            result.data(try self.call(parameters))
        }
        methods.add("eth_estimateGas") { call, result throws(RPCError) in
            let parameters = try CallParameters(&call.parameters, hasBlockOverrides: true)
            let gas = try codes.withCache { (codes) throws(RPCError) in
                var estimation = try GasEstimation(parameters, context, codes, deadline: context.deadline(of: call))
                return try estimation.run()
            }
            result.quantity(gas)
        }
        methods.add("eth_createAccessList") { call, result throws(RPCError) in
            let parameters = try CallParameters(&call.parameters, hasBlockOverrides: false)
            try codes.withCache { (codes) throws(RPCError) in
                var creation = try AccessListCreation(parameters, context, codes, deadline: context.deadline(of: call))
                try creation.run(&result)
            }
        }
    }

    /// What the call gives back.
    private func call(_ parameters: CallParameters) throws(RPCError) -> [UInt8] {
        let base = try CallBase(context, parameters.block)
        let request = parameters.request
        let limit = context.settings.callGasLimit
        let transaction = try request.transaction(
            hasBaseFee: base.header.baseFee != nil, gas: limit, nonce: 0, chainID: base.configuration.chainID,
            gasCap: limit)
        return try codes.withCache { (codes) throws(RPCError) in
            var tracer = NoTracer()
            let result = try answer(transaction, parameters, on: base, codes, tracer: &tracer)
            if case .halt = result.outcome {
                // Watched this time, to be explained; few calls halt.
                var reporter = HaltReporter()
                let again = try answer(transaction, parameters, on: base, codes, tracer: &reporter)
                if let error = RPCError(again, reporter.last) { throw error }
            }
            if let error = RPCError(result) { throw error }
            return result.output
        }
    }

    private func answer<T: Tracer>(
        _ transaction: Transaction, _ parameters: CallParameters, on base: CallBase, _ codes: CodeCache, tracer: inout T
    ) throws(RPCError) -> CallResult {
        var execution = try base.execution(
            parameters.blockOverrides, parameters.stateOverrides, isFree: transaction.maxFeePerGas.isZero, codes: codes)
        return try execution.answer(transaction, sender: parameters.request.sender, tracer: &tracer)
    }
}

/// The parameters that calls have in common.
struct CallParameters {
    var request: CallRequest
    let block: BlockTag
    let stateOverrides: StateOverrides
    let blockOverrides: BlockOverrides?

    init(_ parameters: inout Parameters, hasBlockOverrides: Bool) throws(RPCError) {
        request = try parameters.required(CallRequest.read)
        block = try parameters.block()
        stateOverrides = try parameters.optional(StateOverrides.read) ?? StateOverrides()
        blockOverrides = hasBlockOverrides ? try parameters.optional(BlockOverrides.read) : nil
        try parameters.finish()
    }

    /// A call on the head.
    init(_ request: CallRequest) {
        self.request = request
        block = .latest
        stateOverrides = StateOverrides()
        blockOverrides = nil
    }
}

extension BlockExecution {
    /// Executes a call, with the error that the methods give where it is not executed.
    mutating func answer<T: Tracer & ~Copyable>(
        _ call: Transaction, sender: Address, tracer: inout T
    ) throws(RPCError) -> CallResult {
        do throws(CallFailure) {
            return try self.call(call, sender: sender, tracer: &tracer)
        } catch {
            switch error {
            case .state(let error): throw RPCError(error)
            case .rejected(let rule):
                let message = "err: \(rule.message(sender: sender)) (supplied gas \(call.gasLimit))"
                throw RPCError(code: -32_000, message: message)
            }
        }
    }
}
