import Blockchain
import EVM
import JSONRPC
import NIOCore
import Primitives
import StateTransition
import Storage

/// Methods that execute transactions again, or calls, and tell what happened: `debug_trace*`.
struct DebugTracing {
    let context: NodeContext
    let codes: CodeCachePool

    func add(to methods: inout Methods) {
        methods.add("debug_traceTransaction") { call, result throws(RPCError) in
            let hash = try call.parameters.required { (reader) throws(JSONError) in try reader.readHash() }
            let options = try options(&call)
            let found = try asking { () throws(ChainError) -> (ChainView, SealedBlock, Int)? in
                let view = try context.chain.view()
                guard let (block, index) = try view.location(ofTransaction: hash),
                    let sealed = try view.sealedBlock(block)
                else { return nil }
                return (view, sealed, index)
            }
            guard let (view, sealed, index) = found else {
                throw RPCError(code: -32_000, message: "transaction not found")
            }
            try replay(sealed, view, only: index, options, call.deadline, &result)
        }
        methods.add("debug_traceBlockByNumber") { call, result throws(RPCError) in
            let tag = try call.parameters.required(BlockTag.readNumberOrTag)
            try traceBlock(tag, &call, &result)
        }
        methods.add("debug_traceBlockByHash") { call, result throws(RPCError) in
            let hash = try call.parameters.required { (reader) throws(JSONError) in try reader.readHash() }
            try traceBlock(.hash(hash, requiresCanonical: false), &call, &result)
        }
        methods.add("debug_traceBlock") { call, result throws(RPCError) in
            let bytes = try call.parameters.required { (reader) throws(JSONError) in try reader.readData() }
            try traceBlock(encoded: bytes, &call, &result)
        }
        methods.add("debug_traceCall") { call, result throws(RPCError) in try traceCall(&call, &result) }
    }

    private func options(_ call: inout Call) throws(RPCError) -> TraceOptions {
        let options = try call.parameters.optional(TraceOptions.read) ?? TraceOptions()
        try call.parameters.finish()
        return options
    }

    // MARK: Blocks

    private func traceBlock(_ tag: BlockTag, _ call: inout Call, _ result: inout JSONWriter) throws(RPCError) {
        let options = try options(&call)
        let (view, sealed) = try block(tag)
        try replay(sealed, view, only: nil, options, call.deadline, &result)
    }

    /// Refuses a header that no block of the chain could have: its gas limit and base fee bound what tracing it costs.
    private func verify(_ header: BlockHeader, _ revision: Revision, _ view: ChainView) throws(RPCError) {
        let parent = BlockReference(number: header.number &- 1, hash: header.parentHash)
        guard let parentHeader = try asking({ () throws(ChainError) in try view.header(parent) }) else {
            throw RPCError(code: -32_000, message: "parent \(header.parentHash) not found")
        }
        do throws(InvalidBlock) {
            try view.configuration.verify(header, parent: parentHeader, revision: revision)
        } catch {
            throw RPCError(code: -32_000, message: ChainError.invalid(error).message)
        }
    }

    /// Traces a block that comes as RLP, on the state of its parent.
    private func traceBlock(encoded: [UInt8], _ call: inout Call, _ result: inout JSONWriter) throws(RPCError) {
        let options = try options(&call)
        let block: StateTransition.Block
        do throws(BlockDecodingError) {
            block = try StateTransition.Block(decoding: encoded)
        } catch {
            throw RPCError(code: -32_000, message: "could not decode block: \(error)")
        }
        let view = try asking { () throws(ChainError) in try context.chain.view() }
        let revision = view.revision(of: block.header)
        try verify(block.header, revision, view)
        var senders: [Address] = []
        for transaction in block.transactions {
            do throws(InvalidTransaction) {
                senders.append(try transaction.sender(revision: revision, chainID: view.configuration.chainID))
            } catch {
                throw RPCError(TransactionFailure.invalid(error))
            }
        }
        let sealed = SealedBlock(block, senders: senders, receipts: [])
        try replay(sealed, view, only: nil, options, call.deadline, &result)
    }

    private func block(_ tag: BlockTag) throws(RPCError) -> (ChainView, SealedBlock) {
        let view = try context.view()
        guard let sealed = try context.sealedBlock(tag, in: view) else {
            let name =
                switch tag {
                case .number(let number): "#\(number)"
                case .hash(let hash, _): Hex.encode(hash.bytes)
                default: "\(tag)"
                }
            throw RPCError(code: -32_000, message: "block \(name) not found")
        }
        return (view, sealed)
    }

    /// Executes a block again, and traces all of its transactions, or one, before which it executes those before it.
    private func replay(
        _ sealed: SealedBlock, _ view: ChainView, only index: Int?, _ options: TraceOptions, _ deadline: NIODeadline,
        _ result: inout JSONWriter
    ) throws(RPCError) {
        let transactions = sealed.block.transactions
        let deadline = try options.deadline(deadline)
        try codes.withCache { (codes) throws(RPCError) in
            var execution = try begin(sealed, view, codes)
            if let index {
                try skip(to: index, of: sealed, in: &execution, deadline)
                var trace = trace(transactions[index], sealed.senders[index], options, deadline, result)
                trace.isIncluded = true
                return try trace.run(in: &execution, &result)
            }
            result.beginArray()
            for (index, transaction) in transactions.enumerated() {
                if NIODeadline.now() > deadline { throw .executionTimeout }
                result.beginObject()
                result.member("txHash", sealed.transactionHashes[index])
                result.key("result")
                var trace = trace(transaction, sealed.senders[index], options, deadline, result)
                trace.isIncluded = true
                try trace.run(in: &execution, &result)
                result.endObject()
            }
            result.endArray()
        }
    }

    private func trace(
        _ transaction: Transaction, _ sender: Address, isCall: Bool = false, _ options: TraceOptions,
        _ deadline: NIODeadline, _ result: borrowing JSONWriter
    ) -> Trace {
        Trace(
            transaction: transaction, sender: sender, isCall: isCall, options: options,
            byteLimit: max(0, context.settings.traceByteLimit - result.count), deadline: deadline)
    }

    /// The execution of a block of the chain before its first transaction.
    private func begin(
        _ sealed: SealedBlock, _ view: ChainView, _ codes: CodeCache
    ) throws(RPCError) -> BlockExecution {
        if sealed.header.number == 0 { throw RPCError(code: -32_000, message: "genesis is not traceable") }
        let source = try asking { () throws(ChainError) in try view.parentState(of: sealed) }
        var execution = BlockExecution(
            header: sealed.header, chain: view.configuration, revision: view.revision(of: sealed.header),
            source: source, codes: codes, seed: .random(in: .min ... .max))
        var tracer = NoTracer()
        do throws(InvalidBlock) {
            try execution.begin(header: sealed.header, tracer: &tracer)
        } catch {
            throw RPCError(ChainError.invalid(error))
        }
        return execution
    }

    private func skip(
        to index: Int, of sealed: SealedBlock, in execution: inout BlockExecution, _ deadline: NIODeadline
    ) throws(RPCError) {
        var tracer = NoTracer()
        for earlier in 0..<index {
            if NIODeadline.now() > deadline { throw .executionTimeout }
            do throws(TransactionFailure) {
                try execution.execute(
                    sealed.block.transactions[earlier], sender: sealed.senders[earlier], checksSenderCode: false,
                    tracer: &tracer)
            } catch {
                throw RPCError(error)
            }
        }
    }

    // MARK: Calls

    /// Traces a call on top of a block, or among its transactions.
    private func traceCall(_ call: inout Call, _ result: inout JSONWriter) throws(RPCError) {
        let request = try call.parameters.required(CallRequest.read)
        let tag = try call.parameters.required(BlockTag.read)
        let options = try options(&call)
        if tag == .pending {
            throw RPCError(code: -32_000, message: "tracing on top of pending is not supported")
        }
        let deadline = try options.deadline(call.deadline)
        let base = try CallBase(context, tag)
        let gasCap = context.settings.callGasLimit
        let transaction = try request.transaction(
            hasBaseFee: base.header.baseFee != nil, gas: gasCap, nonce: 0, chainID: base.configuration.chainID,
            gasCap: gasCap)
        try codes.withCache { (codes) throws(RPCError) in
            let trace = trace(transaction, request.sender, isCall: true, options, deadline, result)
            if let index = options.transactionIndex {
                let (view, sealed) = try block(tag)
                guard index < UInt64(sealed.block.transactions.count) else {
                    throw RPCError(
                        code: -32_000,
                        message: "transaction index \(index) out of range for block \(Hex.encode(sealed.hash.bytes))")
                }
                var execution = try begin(sealed, view, codes)
                try skip(to: Int(index), of: sealed, in: &execution, deadline)
                var environment = execution.environment
                try options.blockOverrides?.apply(to: &environment)
                if transaction.maxFeePerGas.isZero { environment.baseFee = 0 }
                execution.setEnvironment(environment)
                try options.stateOverrides.apply(to: &execution)
                return try trace.run(in: &execution, &result)
            }
            var execution = try base.execution(
                options.blockOverrides, options.stateOverrides, isFree: transaction.maxFeePerGas.isZero, isNext: true,
                codes: codes)
            try trace.run(in: &execution, &result)
        }
    }
}
