public import Primitives

extension Machine {
    /// Begins a message call: moves its value and runs a precompile, or readies a frame.
    ///
    /// - Returns: how it ended, or nil where its frame is ready to run.
    @inlinable
    mutating func beginCall<H: Host & ~Copyable, T: Tracer & ~Copyable>(
        _ request: borrowing CallRequest, host: inout H, tracer: inout T
    ) throws(StateError) -> MessageEnd? {
        if T.tracesMessages { tracer.didEnter(MessageSummary(request)) }
        let checkpoint = host.checkpoint()
        if request.kind == .call && !request.value.isZero {
            try host.transfer(request.value, from: request.callerHandle, to: request.recipientHandle)
        } else if request.kind == .call || request.kind == .staticCall {
            try host.touch(request.recipientHandle)
        }
        let end: MessageEnd
        if let precompile = request.precompile {
            end = run(precompile, request)
            if T.explainsHalts, case .halt(let halt) = end.outcome {
                let isFault = halt == .precompileFailure
                let fault = isFault ? precompile.fault(of: request.input, gas: request.gas, rules: rules) : nil
                tracer.didHalt(fault == nil ? .outOfGas : halt, fault.map { .precompile($0) } ?? .rule)
            }
            if end.outcome != .success { host.revert(to: checkpoint) }
        } else if let code = request.code, code.count > 0 {
            enter(request, code: code, input: request.input, checkpoint: checkpoint)
            return nil
        } else {
            end = MessageEnd(outcome: .success, gas: request.gas)
        }
        if T.tracesMessages { tracer.didExit(end) }
        return end
    }

    /// Begins a contract creation whose address is known, after the creator's nonce has moved and the gas is split.
    ///
    /// - Returns: how it ended, or nil where its frame is ready to run.
    @inlinable
    mutating func beginCreation<H: Host & ~Copyable, T: Tracer & ~Copyable>(
        _ request: inout CallRequest, initCode: UnsafeRawBufferPointer, hash: Hash256, host: inout H,
        tracer: inout T
    ) throws(StateError) -> MessageEnd? {
        request.input = initCode
        if T.tracesMessages { tracer.didEnter(MessageSummary(request)) }
        if try host.isOccupied(request.recipientHandle) {
            let end = MessageEnd(outcome: .halt(.addressCollision), gas: 0)
            if T.tracesMessages { tracer.didExit(end) }
            return end
        }
        let checkpoint = host.checkpoint()
        try host.beginContract(request.recipientHandle, nonce: revision >= .spuriousDragon ? 1 : 0)
        if !request.value.isZero {
            try host.transfer(request.value, from: request.callerHandle, to: request.recipientHandle)
        }
        let none = UnsafeRawBufferPointer(start: initCode.baseAddress, count: 0)
        enter(request, code: Code(initCode, hash: hash), input: none, checkpoint: checkpoint)
        return nil
    }

    /// Readies the frame of a message at its depth.
    @inlinable
    mutating func enter(
        _ request: borrowing CallRequest, code: Code, input: UnsafeRawBufferPointer, checkpoint: Checkpoint
    ) {
        let frame = frames.frame(at: request.depth, context: UnsafePointer(context))
        frames.codes[request.depth] = code
        code.executionCount &+= 1
        frame.pointee.gas = request.gas
        frame.pointee.refund = 0
        frame.pointee.stackCount = 0
        frame.pointee.programCounter = 0
        frame.pointee.backwardJumpsLeft = 0
        frame.pointee.instruction = nil
        frame.pointee.code = code.bytes
        frame.pointee.codeCount = code.count
        frame.pointee.jumpDestinations = code.jumpDestinations
        frame.pointee.jumpTable = nil
        if let start = input.baseAddress { frame.pointee.input = start.assumingMemoryBound(to: UInt8.self) }
        frame.pointee.inputCount = input.count
        frame.pointee.returnDataCount = 0
        frame.pointee.memoryCount = 0
        frame.pointee.outputOffset = 0
        frame.pointee.outputCount = 0
        frame.pointee.recipient = request.recipient
        frame.pointee.codeAddress = request.codeAddress
        frame.pointee.caller = request.caller
        frame.pointee.value = request.value
        frame.pointee.kind = request.kind
        frame.pointee.isStatic = request.isStatic
        frame.pointee.depth = request.depth
        frame.pointee.recipientHandle = request.recipientHandle
        frame.pointee.checkpoint = checkpoint
        frame.pointee.parentOutputOffset = request.outputOffset
        frame.pointee.parentOutputCount = request.outputCount
        #if !hasFeature(Embedded)
            switch loop {
            case .simple: break
            case .fast:
                var unlimited = Int.max
                _ = FastLoop.prepare(frame, code, revision, budget: &unlimited)
            case .adaptive:
                if !code.isWarm || !FastLoop.prepare(frame, code, revision, budget: &predecodingBudget) {
                    frame.pointee.backwardJumpsLeft = code.backwardJumpsUntilWarm
                }
            }
        #endif
    }

    /// Runs a precompile; what it returns is in `returned`.
    @usableFromInline
    mutating func run(_ precompile: Precompile, _ request: borrowing CallRequest) -> MessageEnd {
        guard let cost = precompile.gas(for: request.input, rules: rules) else {
            return MessageEnd(outcome: .halt(.precompileFailure), gas: 0)
        }
        guard cost <= request.gas else { return MessageEnd(outcome: .halt(.outOfGas), gas: 0) }
        let gas = request.gas &- cost
        if precompile == .identity {
            return MessageEnd(outcome: .success, gas: gas, output: returned.store(request.input))
        }
        guard let output = precompile.run(request.input) else {
            return MessageEnd(outcome: .halt(.precompileFailure), gas: 0)
        }
        let stored = output.withUnsafeBytes { returned.store($0) }
        return MessageEnd(outcome: .success, gas: gas, output: stored)
    }
}
