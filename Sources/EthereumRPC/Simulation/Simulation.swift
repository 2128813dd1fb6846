import Blockchain
import EVM
import JSONRPC
import NIOCore
import Primitives
import StateTransition
import Storage

/// A simulation of blocks on top of one of the chain (`eth_simulateV1`).
struct Simulation {
    private let base: CallBase
    private let request: SimulationRequest
    private let codes: CodeCache
    private let deadline: NIODeadline
    /// Bytes that the answer may take.
    private let byteLimit: Int
    /// The gas that may still be used, in all blocks together.
    private var gasLeft: UInt64

    private let state: SimulatedState
    private var parent: BlockHeader
    private var parentHash: Hash256

    init(
        _ request: SimulationRequest, on block: BlockTag, _ context: NodeContext, _ codes: CodeCache,
        deadline: NIODeadline
    ) throws(RPCError) {
        try request.verify()
        base = try CallBase(context, block)
        self.request = request
        self.codes = codes
        self.deadline = deadline
        gasLeft = context.settings.callGasLimit
        byteLimit = context.settings.traceByteLimit
        parent = base.header
        parentHash = base.reference.hash
        state = SimulatedState(base)
    }

    /// Simulates the blocks one after another, and writes them as a list.
    mutating func run(_ result: inout JSONWriter) throws(RPCError) {
        let blocks = try request.blocks(after: base.header)
        result.beginArray()
        for block in blocks {
            let simulated = try simulate(block)
            simulated.write(to: &result, fullTransactions: request.returnsFullTransactions)
            if result.count > byteLimit { throw .responseTooLarge }
        }
        result.endArray()
    }

    private mutating func simulate(_ block: SimulationRequest.Block) throws(RPCError) -> SimulatedBlock {
        if NIODeadline.now() > deadline { throw .timedOut }
        let (header, revision) = self.header(of: block)
        var execution = BlockExecution(
            header: header, chain: base.configuration, revision: revision, source: state, codes: codes,
            seed: .random(in: .min ... .max))
        if let blobBaseFee = block.overrides.blobBaseFee {
            var environment = execution.environment
            environment.blobBaseFee = blobBaseFee
            execution.setEnvironment(environment)
        }
        try block.stateOverrides.apply(to: &execution)
        var tracer = TransferTracer(tracesTransfers: request.tracesTransfers)
        var noTracer = NoTracer()
        var simulated = SimulatedBlock()
        do throws(InvalidBlock) {
            try execution.begin(header: header, tracer: &noTracer)
        } catch {
            throw Self.error(error)
        }
        for call in block.calls { try run(call, in: &execution, header, &tracer, &simulated) }
        let outcome: BlockOutcome
        let withdrawals = revision >= .shanghai ? block.overrides.withdrawals ?? [] : nil
        do throws(InvalidBlock) {
            outcome = try execution.finish(withdrawals: withdrawals, tracer: &noTracer)
        } catch {
            throw Self.error(error)
        }
        let sealed = outcome.sealed(header, transactions: simulated.transactions)
        let finished = StateTransition.Block(
            header: sealed, transactions: simulated.transactions, withdrawals: withdrawals)
        simulated.sealed = SealedBlock(finished, senders: simulated.senders, receipts: outcome.receipts)
        parent = sealed
        parentHash = sealed.hash
        state.advance(by: outcome.stateDiff, sealed.number, parentHash)
        return simulated
    }

    /// What is known of a block before its calls run.
    private func header(of block: SimulationRequest.Block) -> (header: BlockHeader, revision: Revision) {
        let number = block.overrides.number?.asUInt64 ?? .max
        let timestamp = block.overrides.time ?? .max
        let chain = base.configuration
        let isMerged =
            parent.difficulty.isZero
            || chain.revision(number: number, timestamp: timestamp, parentTotalDifficulty: .zero) >= .paris
        let revision = chain.revision(
            number: number, timestamp: timestamp, parentTotalDifficulty: isMerged ? .max : .zero)
        var header = block.overrides.apply(
            to: BlockHeader(
                parentHash: parentHash, coinbase: parent.coinbase, difficulty: isMerged ? 0 : parent.difficulty,
                gasLimit: parent.gasLimit, extraData: chain.opStack == nil ? [] : parent.extraData))
        if revision >= .london {
            if header.baseFee == nil { header.baseFee = request.isValidating ? chain.baseFee(after: parent) ?? 0 : 0 }
        } else {
            header.baseFee = nil
        }
        if revision >= .cancun {
            header.parentBeaconBlockRoot = block.overrides.beaconRoot ?? Hash256()
            header.excessBlobGas = chain.excessBlobGas(after: parent, timestamp: timestamp, revision: revision)
        }
        return (header, revision)
    }

    private mutating func run(
        _ call: CallRequest, in execution: inout BlockExecution, _ header: BlockHeader, _ tracer: inout TransferTracer,
        _ simulated: inout SimulatedBlock
    ) throws(RPCError) {
        if NIODeadline.now() > deadline { throw .timedOut }
        let sender = call.sender
        let nonce = try readingState { () throws(StateError) in try execution.nonceAndBalance(of: sender).nonce }
        let remaining = header.gasLimit &- execution.gasUsed
        if let gas = call.gas, gas > remaining {
            throw RPCError(
                code: -38_015, message: "block gas limit reached: remaining: \(remaining), required: \(gas)")
        }
        var transaction = try call.transaction(
            hasBaseFee: header.baseFee != nil, gas: remaining, nonce: nonce, chainID: base.configuration.chainID)
        let isCapped = transaction.gasLimit > gasLeft
        transaction.gasLimit = min(transaction.gasLimit, gasLeft)
        tracer.reset()
        let result = try execute(transaction, sender, in: &execution, &tracer)
        try readingState { () throws(StateError) in try execution.addReceipt(of: transaction, result) }
        gasLeft &-= min(result.gasUsed, gasLeft)
        simulated.add(transaction, sender: sender, result, tracer, isCapped: isCapped)
    }

    private func execute(
        _ transaction: Transaction, _ sender: Address, in execution: inout BlockExecution,
        _ tracer: inout TransferTracer
    ) throws(RPCError) -> CallResult {
        do throws(CallFailure) {
            return try execution.call(
                transaction, sender: sender, checksAsTransaction: request.isValidating, tracer: &tracer)
        } catch {
            switch error {
            case .state(let error): throw RPCError(error)
            case .rejected(let rule):
                let message = "err: \(rule.message(sender: sender)) (supplied gas \(transaction.gasLimit))"
                throw RPCError(code: rule.simulationCode, message: message)
            }
        }
    }

    private static func error(_ invalid: InvalidBlock) -> RPCError {
        if case .state(let error) = invalid { return RPCError(error) }
        return RPCError(code: -32_000, message: ChainError.invalid(invalid).message)
    }
}
