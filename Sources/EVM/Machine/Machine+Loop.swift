public import Primitives

extension Machine {
    /// Runs the frame at `depth` and all that it calls, until it ends.
    @inlinable
    mutating func run<H: Host & ~Copyable, T: Tracer & ~Copyable>(
        from depth: Int, host: inout H, tracer: inout T
    ) throws(StateError) -> MessageEnd {
        var frame = frames.running(at: depth)
        while true {
            let exit = runFrame(frame, tracer: &tracer)
            let action = try perform(exit, frame, host: &host, tracer: &tracer)
            switch action {
            case .proceed:
                if T.tracesInstructions {
                    tracer.didExecute(gas: frame.pointee.gas, refund: frame.pointee.refund, halt: nil)
                }
            case .called:
                break
            case .enter:
                frame = frames.running(at: frame.pointee.depth &+ 1)
            case .finish(let outcome):
                if T.explainsHalts, case .halt(let halt) = outcome {
                    tracer.didHalt(halt, cause(of: halt, exit, frame))
                }
                if T.tracesInstructions {
                    let halt: Halt? = if case .halt(let halt) = outcome { halt } else { nil }
                    tracer.didExecute(gas: frame.pointee.gas, refund: frame.pointee.refund, halt: halt)
                }
                let end = try finish(frame, outcome, host: &host, tracer: &tracer)
                if frame.pointee.depth == depth { return end }
                let parent = frames.running(at: frame.pointee.depth &- 1)
                deliver(
                    end, of: frame.pointee.kind, created: frame.pointee.recipient,
                    outputOffset: frame.pointee.parentOutputOffset, outputCount: frame.pointee.parentOutputCount,
                    to: parent)
                frame = parent
            }
        }
    }

    /// Carries out the instruction that an inner loop left for the outer one.
    @inlinable
    mutating func perform<H: Host & ~Copyable, T: Tracer & ~Copyable>(
        _ exit: Exit, _ frame: UnsafeMutablePointer<Frame>, host: inout H, tracer: inout T
    ) throws(StateError) -> Action {
        switch exit.code {
        case 0x00:  // STOP
            frame.pointee.outputCount = 0
            return .finish(.success)
        case 0x31:  // BALANCE
            return try balance(frame, host: &host, tracer: &tracer)
        case 0x3B:  // EXTCODESIZE
            return try codeSize(frame, host: &host, tracer: &tracer)
        case 0x3C:  // EXTCODECOPY
            return try copyCode(frame, host: &host, tracer: &tracer)
        case 0x3F:  // EXTCODEHASH
            return try codeHash(frame, host: &host, tracer: &tracer)
        case 0x40:  // BLOCKHASH
            return try blockHash(frame, host: &host)
        case 0x47:  // SELFBALANCE
            Frame.push(try host.balance(frame.pointee.recipientHandle), on: frame)
            return .proceed
        case 0x54:  // SLOAD
            return try loadStorage(frame, host: &host, tracer: &tracer)
        case 0x55:  // SSTORE
            return try storeStorage(frame, host: &host, tracer: &tracer)
        case 0x5C:  // TLOAD
            let top = Frame.stackTop(of: frame)
            top[0] = host.transientStorage(frame.pointee.recipientHandle, top[0])
            return .proceed
        case 0x5D:  // TSTORE
            return storeTransient(frame, host: &host)
        case 0xA0...0xA4:  // LOG0...LOG4
            return log(
                topicCount: Int(truncatingIfNeeded: exit.code &- 0xA0), frame, host: &host, tracer: &tracer)
        case 0xF0, 0xF5:  // CREATE, CREATE2
            return try create(exit.code == 0xF5 ? .create2 : .create, frame, host: &host, tracer: &tracer)
        case 0xF1:  // CALL
            return try call(.call, frame, host: &host, tracer: &tracer)
        case 0xF2:  // CALLCODE
            return try call(.callCode, frame, host: &host, tracer: &tracer)
        case 0xF4:  // DELEGATECALL
            return try call(.delegateCall, frame, host: &host, tracer: &tracer)
        case 0xFA:  // STATICCALL
            return try call(.staticCall, frame, host: &host, tracer: &tracer)
        case 0xF3:  // RETURN
            return takeOutput(frame) ? .finish(.success) : .halt(.outOfGas)
        case 0xFD:  // REVERT
            return takeOutput(frame) ? .finish(.revert) : .halt(.outOfGas)
        case 0xFF:  // SELFDESTRUCT
            return try selfDestruct(frame, host: &host, tracer: &tracer)
        default:
            return .halt(exit.halt ?? .undefinedInstruction)
        }
    }

    /// Notes the range of memory that RETURN or REVERT names as the frame's output; false where the gas ran out.
    @inlinable
    func takeOutput(_ frame: UnsafeMutablePointer<Frame>) -> Bool {
        let top = Frame.stackTop(of: frame)
        let (offset, count) = (top[0], top[-1])
        guard frame.pointee.useMemory(offset, count, gas: &frame.pointee.gas) else { return false }
        frame.pointee.outputCount = Int(truncatingIfNeeded: count.limb0)
        frame.pointee.outputOffset = count.isZero ? 0 : Int(truncatingIfNeeded: offset.limb0)
        return true
    }

    /// Undoes what the frame did unless it succeeded, deposits a created contract's code, and says how it ended.
    @inlinable
    mutating func finish<H: Host & ~Copyable, T: Tracer & ~Copyable>(
        _ frame: UnsafeMutablePointer<Frame>, _ outcome: Outcome, host: inout H, tracer: inout T
    ) throws(StateError) -> MessageEnd {
        var outcome = outcome
        if frame.pointee.kind.isCreation, outcome == .success {
            outcome = try depositCode(frame, host: &host)
            if T.explainsHalts, case .halt(let halt) = outcome {
                let count = frame.pointee.outputCount
                tracer.didHalt(halt, halt == .codeTooLarge ? .codeSize(count) : .rule)
            }
        }
        let output = UnsafeRawBufferPointer(
            start: frame.pointee.memory + frame.pointee.outputOffset, count: frame.pointee.outputCount)
        let end: MessageEnd
        switch outcome {
        case .success:
            end = MessageEnd(
                outcome: outcome, gas: frame.pointee.gas, refund: frame.pointee.refund, output: output)
        case .revert:
            host.revert(to: frame.pointee.checkpoint)
            end = MessageEnd(outcome: outcome, gas: frame.pointee.gas, output: output)
        case .halt:
            host.revert(to: frame.pointee.checkpoint)
            end = MessageEnd(outcome: outcome, gas: 0)
        }
        if T.tracesMessages { tracer.didExit(end) }
        return end
    }

    /// Gives a parent what the message that it sent came to.
    @inlinable
    func deliver(
        _ end: MessageEnd, of kind: CallKind, created: Address, outputOffset: Int, outputCount: Int,
        to parent: UnsafeMutablePointer<Frame>
    ) {
        let isSuccess = end.outcome == .success
        parent.pointee.gas &+= end.gas
        parent.pointee.refund &+= end.refund
        if kind.isCreation {
            let isReverted = end.outcome == .revert
            parent.pointee.returnDataCount = isReverted ? end.output.count : 0
            if isReverted, let start = end.output.baseAddress {
                parent.pointee.returnData = start.assumingMemoryBound(to: UInt8.self)
            }
            Frame.push(isSuccess ? UInt256(created) : .zero, on: parent)
            return
        }
        parent.pointee.returnDataCount = end.output.count
        if let start = end.output.baseAddress {
            parent.pointee.returnData = start.assumingMemoryBound(to: UInt8.self)
            let count = min(outputCount, end.output.count)
            if count > 0 {
                UnsafeMutableRawPointer(parent.pointee.memory + outputOffset).copyMemory(from: start, byteCount: count)
            }
        }
        Frame.push(UInt256(isSuccess), on: parent)
    }
}
