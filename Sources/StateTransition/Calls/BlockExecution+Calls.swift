public import EVM
public import Primitives

extension BlockExecution {
    /// Executes a message as a transaction of someone whose word is taken for being the sender.
    ///
    /// Neither that the sender is no contract (EIP-3607) is checked nor the cap of a transaction's gas (EIP-7825), nor what
    /// is left of the block's gas. The call is none of the block's transactions until `addReceipt` makes it one.
    ///
    /// - Parameters:
    ///   - call: of any type; its signature is not looked at.
    ///   - checksAsTransaction: whether the nonce must be the sender's next, and fees must cover the base fees. Otherwise
    ///     the nonce does not matter, and a call without any fees pays none.
    /// - Throws: `rejected` leaves the state as it was.
    public mutating func call<T: Tracer & ~Copyable>(
        _ call: Transaction, sender: Address, checksAsTransaction: Bool = false, tracer: inout T
    ) throws(CallFailure) -> CallResult {
        let intrinsic = IntrinsicGas(of: call, revision: revision)
        state.beginTransaction()
        let account = state.account(sender)
        let rejection: CallRejection?
        do throws(StateError) {
            rejection = try self.rejection(of: call, account, intrinsic, checksAsTransaction: checksAsTransaction)
        } catch {
            throw .state(error)
        }
        if let rejection { throw .rejected(rejection) }
        do throws(StateError) {
            return try run(
                call, sender, account, intrinsic, paysNothing: !checksAsTransaction && call.hasNoFees, &tracer)
        } catch {
            throw .state(error)
        }
    }

    /// Makes a call that was just executed the next transaction of the block.
    public mutating func addReceipt(of call: Transaction, _ result: CallResult) throws(StateError) {
        _ = try addReceipt(
            of: call, isSuccess: result.outcome == .success, logs: result.logs, gasUsed: result.gasUsed)
    }

    /// Takes the fees, executes, and gives back what is left of them.
    private mutating func run<T: Tracer & ~Copyable>(
        _ call: Transaction, _ sender: Address, _ account: AccountHandle, _ intrinsic: IntrinsicGas,
        paysNothing: Bool, _ tracer: inout T
    ) throws(StateError) -> CallResult {
        let price = paysNothing ? .zero : call.effectiveGasPrice(baseFee: environment.baseFee)
        let blobFee = environment.blobBaseFee &* UInt256(call.blobGas)
        if !price.isZero || !blobFee.isZero {
            // A blob base fee that a caller made up may be more than there is.
            let cost = (price &* UInt256(call.gasLimit)).adding(blobFee) ?? .max
            let balance = try state.balance(account)
            try state.setBalance(account, balance.subtracting(cost) ?? .zero)
        }
        let nonce = try state.nonce(account)
        let gas = Int64(clamping: call.gasLimit &- intrinsic.gas)
        let result: ExecutionResult
        var refund: Int64 = 0
        if call.to == nil && nonce == .max {
            result = ExecutionResult(outcome: .halt(.nonceOverflow), gasLeft: gas)
        } else {
            try state.setNonce(account, nonce &+ 1)
            warm(call, sender: account)
            refund = try apply(call.authorizations)
            machine.setTransaction(
                TransactionEnvironment(origin: sender, gasPrice: price, blobHashes: call.blobHashes))
            let message = message(call, sender: sender, nonce: nonce, gas: gas)
            result = try machine.execute(message, host: &state, tracer: &tracer)
        }
        let used = gasUsed(call, result, intrinsic: intrinsic, authorizationRefund: refund)
        if !paysNothing {
            try state.credit(account, price &* UInt256(call.gasLimit &- used))
            let tip = price.subtracting(environment.baseFee) ?? .zero
            try state.credit(state.account(environment.coinbase), tip &* UInt256(used))
        }
        return CallResult(
            outcome: result.outcome, output: result.output, gasUsed: used,
            peakGas: max(call.gasLimit &- UInt64(clamping: result.gasLeft), used), logs: try state.endTransaction(),
            createdAddress: result.createdAddress)
    }
}
