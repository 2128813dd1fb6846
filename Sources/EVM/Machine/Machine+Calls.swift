public import Primitives

extension Machine {
    /// CALL, CALLCODE, DELEGATECALL and STATICCALL.
    ///
    /// Gas is charged in the order memory, access, value, delegation, new account, callee; nothing is read from the
    /// host's state before what it costs is paid.
    @inlinable
    mutating func call<H: Host & ~Copyable, T: Tracer & ~Copyable>(
        _ kind: CallKind, _ frame: UnsafeMutablePointer<Frame>, host: inout H, tracer: inout T
    ) throws(StateError) -> Action {
        let hasValue = kind == .call || kind == .callCode
        let top = Frame.stackTop(of: frame)
        let requestedGas = top[0]
        let target = Address(truncating: top[-1])
        let value = hasValue ? top[-2] : .zero
        let ranges = top - (hasValue ? 3 : 2)
        let (inputOffset, inputCount) = (ranges[0], ranges[-1])
        let (outputOffset, outputCount) = (ranges[-2], ranges[-3])
        if kind == .call && frame.pointee.isStatic && !value.isZero { return .halt(.staticModification) }

        guard frame.pointee.useMemory(inputOffset, inputCount, gas: &frame.pointee.gas),
            frame.pointee.useMemory(outputOffset, outputCount, gas: &frame.pointee.gas)
        else { return .halt(.outOfGas) }
        var gas = frame.pointee.gas
        defer { frame.pointee.gas = gas }
        let account = host.account(target)
        if revision >= .berlin, host.warm(account) { gas &-= schedule.coldAccountSurcharge }
        if !value.isZero { gas &-= GasSchedule.callValue }
        guard gas >= 0 else { return .halt(.outOfGas) }

        if T.tracesState { tracer.didAccess(target) }
        let precompile = precompile(at: target)
        var code: Code?
        if precompile == nil {
            code = try host.code(account)
            if revision >= .prague, let delegate = code?.delegationTarget {
                let delegateAccount = host.account(delegate)
                gas &-= GasSchedule.warmAccess
                if host.warm(delegateAccount) { gas &-= schedule.coldAccountSurcharge }
                guard gas >= 0 else { return .halt(.outOfGas) }
                if T.tracesState { tracer.didAccess(delegate) }
                code = try host.code(delegateAccount)
            }
        }
        if kind == .call, try isNew(account, value: value, host: &host) { gas &-= GasSchedule.newAccount }
        guard gas >= 0 else { return .halt(.outOfGas) }

        var calleeGas = schedule.mostForCallee(of: gas)
        if requestedGas.fitsUInt64, requestedGas.limb0 <= UInt64(bitPattern: calleeGas) {
            calleeGas = Int64(bitPattern: requestedGas.limb0)
        } else if revision < .tangerineWhistle {
            return .halt(.outOfGas)
        }
        gas &-= calleeGas
        if !value.isZero { calleeGas &+= GasSchedule.callStipend }

        frame.pointee.stackCount &-= hasValue ? 7 : 6
        frame.pointee.returnDataCount = 0
        let own = frame.pointee.recipientHandle
        let keepsRecipient = kind == .callCode || kind == .delegateCall
        let isDelegate = kind == .delegateCall
        let request = CallRequest(
            kind: kind, isStatic: frame.pointee.isStatic || kind == .staticCall, depth: frame.pointee.depth &+ 1,
            gas: calleeGas, caller: isDelegate ? frame.pointee.caller : frame.pointee.recipient, callerHandle: own,
            recipient: keepsRecipient ? frame.pointee.recipient : target,
            recipientHandle: keepsRecipient ? own : account, codeAddress: target,
            value: isDelegate ? frame.pointee.value : value,
            input: frame.pointee.memoryRange(inputOffset, inputCount), code: code, precompile: precompile,
            outputOffset: outputCount.isZero ? 0 : Int(truncatingIfNeeded: outputOffset.limb0),
            outputCount: Int(truncatingIfNeeded: outputCount.limb0))
        if let obstacle = try obstacle(to: value, from: own, frame, host: &host) {
            gas &+= calleeGas
            Frame.push(.zero, on: frame)
            report(obstacle, to: request, tracer: &tracer)
            return .proceed
        }
        if T.tracesInstructions { tracer.didExecute(gas: gas, refund: frame.pointee.refund, halt: nil) }
        if H.interceptsMessages {
            host.intercept(MessageSummary(request))
            gas &+= calleeGas
            Frame.push(.one, on: frame)
            return .called
        }
        guard let end = try beginCall(request, host: &host, tracer: &tracer) else { return .enter }
        frame.pointee.gas = gas
        deliver(
            end, of: kind, created: target, outputOffset: request.outputOffset, outputCount: request.outputCount,
            to: frame)
        gas = frame.pointee.gas
        return .called
    }

    /// Why a frame may not send a message with `value`: the depth or the balance; nil where it may.
    @inlinable @inline(__always)
    func obstacle<H: Host & ~Copyable>(
        to value: UInt256, from account: AccountHandle, _ frame: UnsafeMutablePointer<Frame>, host: inout H
    ) throws(StateError) -> Halt? {
        if frame.pointee.depth >= 1_024 { return .callDepthExceeded }
        if !value.isZero, try host.balance(account) < value { return .insufficientBalance }
        return nil
    }

    /// Tells the tracer of a message that was not sent, as one that failed at once and used no gas.
    @inlinable @inline(__always)
    func report<T: Tracer & ~Copyable>(_ obstacle: Halt, to request: borrowing CallRequest, tracer: inout T) {
        guard T.tracesMessages else { return }
        tracer.didEnter(MessageSummary(request))
        tracer.didExit(MessageEnd(outcome: .halt(obstacle), gas: request.gas))
    }

    /// The precompile at an address, if there is one.
    @inlinable @inline(__always)
    func precompile(at address: Address) -> Precompile? {
        if hasPrecompilePlaces { return movedPrecompile(at: address) }
        return Precompile.at(address, rules: rules)
    }

    @usableFromInline @inline(never)
    func movedPrecompile(at address: Address) -> Precompile? { precompilePlaces?.precompile(at: address, rules: rules) }

    /// Whether a CALL has to pay for bringing the account into being.
    @inlinable @inline(__always)
    func isNew<H: Host & ~Copyable>(
        _ account: AccountHandle, value: UInt256, host: inout H
    ) throws(StateError) -> Bool {
        if revision >= .spuriousDragon { return value.isZero ? false : try host.isEmpty(account) }
        return try !host.exists(account)
    }
}

extension Frame {
    /// A range of memory that is in use, or no bytes.
    @inlinable @inline(__always)
    func memoryRange(_ offset: UInt256, _ count: UInt256) -> UnsafeRawBufferPointer {
        if count.isZero { return UnsafeRawBufferPointer(start: memory, count: 0) }
        return UnsafeRawBufferPointer(
            start: memory + Int(truncatingIfNeeded: offset.limb0), count: Int(truncatingIfNeeded: count.limb0))
    }
}
