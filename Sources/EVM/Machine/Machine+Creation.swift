import Cryptography
public import Primitives

extension Machine {
    /// The longest initialisation code (EIP-3860) and deployed code (EIP-170), in bytes.
    @inlinable public static var initCodeLimit: Int { 49_152 }
    @inlinable public static var codeLimit: Int { 24_576 }

    /// CREATE and CREATE2.
    @inlinable
    mutating func create<H: Host & ~Copyable, T: Tracer & ~Copyable>(
        _ kind: CallKind, _ frame: UnsafeMutablePointer<Frame>, host: inout H, tracer: inout T
    ) throws(StateError) -> Action {
        if frame.pointee.isStatic { return .halt(.staticModification) }
        let top = Frame.stackTop(of: frame)
        let (value, offset, count) = (top[0], top[-1], top[-2])
        let salt = kind == .create2 ? top[-3] : .zero
        if revision >= .shanghai, count > UInt256(Self.initCodeLimit) { return .halt(.initCodeTooLarge) }
        guard frame.pointee.useMemory(offset, count, gas: &frame.pointee.gas) else { return .halt(.outOfGas) }
        let initCode = frame.pointee.memoryRange(offset, count)
        frame.pointee.gas &-= schedule.initCodeWord &* GasSchedule.words(initCode.count)
        if kind == .create2 { frame.pointee.gas &-= GasSchedule.hash(initCode.count) }
        guard frame.pointee.gas >= 0 else { return .halt(.outOfGas) }

        frame.pointee.stackCount &-= kind == .create2 ? 4 : 3
        frame.pointee.returnDataCount = 0
        let own = frame.pointee.recipientHandle
        let nonce = try host.nonce(own)
        let calleeGas = schedule.mostForCallee(of: frame.pointee.gas)
        let sender = frame.pointee.recipient
        if let obstacle = try obstacle(to: value, from: own, frame, host: &host)
            ?? (nonce == .max ? .nonceOverflow : nil)
        {
            Frame.push(.zero, on: frame)
            if T.tracesMessages {
                let (address, _) = newAddress(kind, sender, nonce: nonce, salt: salt, initCode)
                let request = CallRequest(
                    kind: kind, isStatic: false, depth: frame.pointee.depth &+ 1, gas: calleeGas, caller: sender,
                    callerHandle: own, recipient: address, recipientHandle: own, codeAddress: address, value: value,
                    input: initCode, code: nil, precompile: nil)
                report(obstacle, to: request, tracer: &tracer)
            }
            return .proceed
        }
        frame.pointee.gas &-= calleeGas
        try host.setNonce(own, nonce &+ 1)
        let (address, hash) = newAddress(kind, sender, nonce: nonce, salt: salt, initCode)
        let account = host.account(address)
        if revision >= .berlin { _ = host.warm(account) }

        if T.tracesState { tracer.didAccess(address) }
        var request = CallRequest(
            kind: kind, isStatic: false, depth: frame.pointee.depth &+ 1, gas: calleeGas, caller: sender,
            callerHandle: own, recipient: address, recipientHandle: account, codeAddress: address, value: value,
            input: initCode, code: nil, precompile: nil)
        if T.tracesInstructions {
            tracer.didExecute(gas: frame.pointee.gas, refund: frame.pointee.refund, halt: nil)
        }
        if H.interceptsMessages {
            host.intercept(MessageSummary(request))
            frame.pointee.gas &+= calleeGas
            Frame.push(UInt256(address), on: frame)
            return .called
        }
        guard
            let end = try beginCreation(&request, initCode: initCode, hash: hash, host: &host, tracer: &tracer)
        else { return .enter }
        deliver(end, of: kind, created: address, outputOffset: 0, outputCount: 0, to: frame)
        return .called
    }

    /// Where a new contract goes, and for CREATE2 the hash of its initialisation code.
    @usableFromInline
    func newAddress(
        _ kind: CallKind, _ sender: Address, nonce: UInt64, salt: UInt256, _ initCode: UnsafeRawBufferPointer
    ) -> (address: Address, hash: Hash256) {
        guard kind == .create2 else { return (ContractAddress.create(sender: sender, nonce: nonce), Hash256()) }
        let hash = Keccak256.hash(initCode)
        return (ContractAddress.create2(sender: sender, salt: Hash256(salt), initCodeHash: hash), hash)
    }

    /// Checks and stores the code that initialisation code returned, and takes the gas for it.
    @inlinable
    func depositCode<H: Host & ~Copyable>(
        _ frame: UnsafeMutablePointer<Frame>, host: inout H
    ) throws(StateError) -> Outcome {
        let count = frame.pointee.outputCount
        if count == 0 { return .success }
        let code = UnsafeRawBufferPointer(start: frame.pointee.memory + frame.pointee.outputOffset, count: count)
        if revision >= .london && code[0] == 0xEF { return .halt(.codeStartsWithEF) }
        let cost = GasSchedule.codeDepositByte &* Int64(count)
        if frame.pointee.gas < cost {
            if revision >= .homestead { return .halt(.codeDepositUnpaid) }
            // Frontier: a contract without code, and the gas is kept.
            frame.pointee.outputCount = 0
            return .success
        }
        if revision >= .spuriousDragon && count > Self.codeLimit { return .halt(.codeTooLarge) }
        frame.pointee.gas &-= cost
        try host.setCode(frame.pointee.recipientHandle, code)
        return .success
    }

    /// SELFDESTRUCT.
    @inlinable
    func selfDestruct<H: Host & ~Copyable, T: Tracer & ~Copyable>(
        _ frame: UnsafeMutablePointer<Frame>, host: inout H, tracer: inout T
    ) throws(StateError) -> Action {
        if frame.pointee.isStatic { return .halt(.staticModification) }
        let own = frame.pointee.recipientHandle
        let target = Address(truncating: Frame.stackTop(of: frame)[0])
        let beneficiary = host.account(target)
        if revision >= .berlin, host.warm(beneficiary) { frame.pointee.gas &-= schedule.coldBeneficiary }
        guard frame.pointee.gas >= 0 else { return .halt(.outOfGas) }
        if T.tracesState { tracer.didAccess(target) }
        let balance = try host.balance(own)
        if revision >= .tangerineWhistle, try isNewBeneficiary(beneficiary, balance: balance, host: &host) {
            frame.pointee.gas &-= GasSchedule.newAccount
            guard frame.pointee.gas >= 0 else { return .halt(.outOfGas) }
        }
        frame.pointee.outputCount = 0
        if T.tracesMessages {
            tracer.didSelfDestruct(frame.pointee.recipient, beneficiary: target, balance: balance)
        }
        try host.transfer(balance, from: own, to: beneficiary)
        // EIP-6780: a contract goes only in the transaction that made it.
        if revision < .cancun || host.wasCreatedInTransaction(own) {
            if try host.selfDestruct(own) { frame.pointee.refund &+= schedule.selfDestructRefund }
        }
        return .finish(.success)
    }

    /// Whether SELFDESTRUCT has to pay for bringing the beneficiary into being (EIP-150, EIP-161).
    @inlinable
    func isNewBeneficiary<H: Host & ~Copyable>(
        _ account: AccountHandle, balance: UInt256, host: inout H
    ) throws(StateError) -> Bool {
        if revision >= .spuriousDragon { return balance.isZero ? false : try host.isEmpty(account) }
        return try !host.exists(account)
    }
}
