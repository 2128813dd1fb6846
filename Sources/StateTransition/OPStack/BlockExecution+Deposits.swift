import EVM
import Primitives

extension BlockExecution {
    /// Executes a deposit (OP Stack specification, deposits).
    ///
    /// It pays nothing, and is part of the block whatever comes of it: where it cannot run, its mint stays, its
    /// sender's nonce rises, and it counts as having used all its gas.
    mutating func executeDeposit<T: Tracer & ~Copyable>(
        _ transaction: Transaction, _ deposit: Deposit, tracer: inout T
    ) throws(TransactionFailure) -> TransactionResult {
        guard isOPStack else { throw .invalid(.misplacedDeposit) }
        guard transaction.gasLimit <= environment.gasLimit &- gasUsed else { throw .invalid(.gasLimitAboveBlock) }
        do throws(StateError) {
            state.beginTransaction()
            let account = state.account(deposit.from)
            if !deposit.mint.isZero { try state.credit(account, deposit.mint) }
            let nonce = try state.nonce(account)
            let intrinsic = IntrinsicGas(of: transaction, revision: revision)
            var result = ExecutionResult(outcome: .halt(.insufficientBalance), gasLeft: 0)
            var used = transaction.gasLimit
            if try canRun(transaction, deposit, account, intrinsic) {
                try state.setNonce(account, nonce &+ 1)
                warm(transaction, sender: account)
                machine.setTransaction(TransactionEnvironment(origin: deposit.from))
                let gas = Int64(clamping: transaction.gasLimit &- intrinsic.gas)
                let message = message(transaction, sender: deposit.from, nonce: nonce, gas: gas)
                result = try machine.execute(message, host: &state, tracer: &tracer)
                used = gasUsed(transaction, result, intrinsic: intrinsic, authorizationRefund: 0)
            } else {
                try state.setNonce(account, nonce &+ 1)
            }
            return try finish(transaction, result, gasUsed: used, price: 0, depositNonce: nonce)
        } catch {
            throw .state(error)
        }
    }

    private mutating func canRun(
        _ transaction: Transaction, _ deposit: Deposit, _ account: AccountHandle, _ intrinsic: IntrinsicGas
    ) throws(StateError) -> Bool {
        // Since Regolith there are no system transactions; one is included and fails like any deposit that can't run.
        if deposit.isSystemTransaction { return false }
        if transaction.gasLimit < intrinsic.gas || transaction.gasLimit < intrinsic.floor { return false }
        if transaction.to == nil && transaction.input.count > Machine.initCodeLimit { return false }
        return try state.balance(account) >= transaction.value
    }
}
