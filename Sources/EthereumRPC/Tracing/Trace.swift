import EVM
import JSONRPC
import NIOCore
import Primitives
import StateTransition

/// One transaction or call to be executed and watched.
struct Trace {
    let transaction: Transaction
    let sender: Address
    /// Whether it is a call, of which less is asked than of a transaction.
    let isCall: Bool
    /// Whether it is in a block, where it was found to be valid.
    var isIncluded = false
    let options: TraceOptions
    /// Bytes that what is recorded may take.
    let byteLimit: Int
    let deadline: NIODeadline

    /// What the execution came to.
    private struct End {
        var outcome: Outcome
        var output: [UInt8]
        var gasUsed: UInt64
        var createdAddress: Address?
    }

    /// Executes, and writes what was seen as one JSON value.
    func run(in execution: inout BlockExecution, _ writer: inout JSONWriter) throws(RPCError) {
        if NIODeadline.now() >= deadline { throw .executionTimeout }
        switch options.kind {
        case .structLogs: try traceInstructions(in: &execution, &writer)
        case .calls: try traceCalls(in: &execution, &writer)
        case .prestate: try tracePrestate(in: &execution, &writer)
        case .selectors:
            var counter = SelectorCounter()
            _ = try execute(in: &execution, &counter)
            counter.write(to: &writer)
        case .nothing:
            var tracer = NoTracer()
            _ = try execute(in: &execution, &tracer)
            writer.beginObject()
            writer.endObject()
        case .unknown(let name): throw RPCError(code: -32_000, message: "tracer not found: \(name.prefix(64))")
        }
    }

    /// Executes with whatever watches it.
    private func execute<T: Tracer & ~Copyable>(
        in execution: inout BlockExecution, _ tracer: inout T
    ) throws(RPCError) -> End {
        if isCall {
            do throws(CallFailure) {
                let result = try execution.call(transaction, sender: sender, tracer: &tracer)
                return End(
                    outcome: result.outcome, output: result.output, gasUsed: result.gasUsed,
                    createdAddress: result.createdAddress)
            } catch {
                switch error {
                case .state(let error): throw RPCError(error)
                case .rejected(let rule):
                    throw RPCError(code: -32_000, message: "tracing failed: \(rule.message(sender: sender))")
                }
            }
        }
        do throws(TransactionFailure) {
            let result = try execution.execute(
                transaction, sender: sender, checksSenderCode: !isIncluded, tracer: &tracer)
            return End(
                outcome: result.outcome, output: result.output, gasUsed: result.gasUsed,
                createdAddress: result.createdAddress)
        } catch {
            throw RPCError(error)
        }
    }

    private func traceInstructions(
        in execution: inout BlockExecution, _ writer: inout JSONWriter
    ) throws(RPCError) {
        writer.beginObject()
        writer.key("structLogs")
        var tracer = StructLogWriter(
            options, execution.revision, byteLimit: byteLimit, deadline: deadline, borrowing: &writer)
        let end: End
        do throws(RPCError) {
            end = try execute(in: &execution, &tracer)
        } catch {
            tracer.finish(&writer)
            throw error
        }
        tracer.finish(&writer)
        if let failure = tracer.failure { throw failure }
        writer.key("gas")
        writer.number(Int64(clamping: end.gasUsed))
        writer.key("failed")
        writer.boolean(end.outcome != .success)
        writer.member("returnValue", end.output)
        writer.endObject()
    }

    private func traceCalls(in execution: inout BlockExecution, _ writer: inout JSONWriter) throws(RPCError) {
        var tracer = CallTreeRecorder(options, byteLimit: byteLimit, deadline: deadline)
        let end = try execute(in: &execution, &tracer)
        if let failure = tracer.failure { throw failure }
        tracer.write(to: &writer, gasLimit: transaction.gasLimit, gasUsed: end.gasUsed)
    }

    private func tracePrestate(in execution: inout BlockExecution, _ writer: inout JSONWriter) throws(RPCError) {
        let before = execution.currentState()
        var tracer = AccessTracer(seed: .random(in: .min ... .max))
        tracer.didAccess(sender)
        if let recipient = transaction.to {
            tracer.didAccess(recipient)
            let target = try readingState { () throws(StateError) in try Self.delegate(of: recipient, in: before) }
            if let target { tracer.didAccess(target) }
        }
        tracer.didAccess(execution.environment.coinbase)
        let end = try execute(in: &execution, &tracer)
        if let created = end.createdAddress { tracer.didAccess(created) }
        // Only now: what was rejected need not be looked at.
        for authorization in transaction.authorizations {
            if let authority = authorization.authority { tracer.didAccess(authority) }
        }
        let prestate = try readingState { () throws(StateError) in
            try PrestateWriter(
                of: tracer, before: before, after: execution.currentState(), options, byteLimit: byteLimit)
        }
        try prestate.write(to: &writer)
    }

    /// Whose code an account runs in place of its own (EIP-7702).
    private static func delegate(of address: Address, in state: StateSource) throws(StateError) -> Address? {
        guard let record = try state.account(address), record.codeHash != EmptyHash.code else { return nil }
        let code = try state.code(record.codeHash)
        return code.withUnsafeBytes { Code.delegationTarget(of: $0) }
    }
}

extension RPCError {
    /// A transaction that is in a block could not be executed again.
    init(_ failure: TransactionFailure) {
        switch failure {
        case .state(let error): self.init(error)
        case .invalid(let rule): self.init(code: -32_000, message: "tracing failed: \(rule)")
        }
    }
}
