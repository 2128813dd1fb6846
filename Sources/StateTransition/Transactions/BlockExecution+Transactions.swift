import Cryptography
public import EVM
public import Primitives

/// What executing a transaction came to, beyond its receipt.
public struct TransactionResult: Sendable {
    public var receipt: Receipt
    public var gasUsed: UInt64
    /// How the transaction's message ended.
    public var outcome: Outcome
    public var output: [UInt8]
    public var createdAddress: Address?
    /// What the sender paid for a gas, wei.
    public var effectiveGasPrice: UInt256
}

extension BlockExecution {
    /// Executes a transaction on top of those before it.
    ///
    /// - Parameters:
    ///   - sender: as `Transaction.sender` recovers it; trusted.
    ///   - checksSenderCode: whether contracts are refused as senders (EIP-3607): not for senders without keys, on a chain
    ///     for development, nor again for transactions that were taken before.
    ///   - tracer: is told of every step.
    /// - Throws: `invalid` leaves the block as it was, and another transaction may come in its place.
    @discardableResult
    public mutating func execute<T: Tracer & ~Copyable>(
        _ transaction: Transaction, sender: Address, checksSenderCode: Bool = true, tracer: inout T
    ) throws(TransactionFailure) -> TransactionResult {
        if let deposit = transaction.deposit {
            return try executeDeposit(transaction, deposit, tracer: &tracer)
        }
        let intrinsic = IntrinsicGas(of: transaction, revision: revision)
        let extraFees: RollupFees?
        do throws(InvalidTransaction) {
            if isOPStack && transaction.kind == .blob { throw InvalidTransaction.typeNotAvailable }
            try transaction.validate(revision: revision, intrinsic: intrinsic)
            try transaction.validate(
                in: environment, gasAvailable: environment.gasLimit &- gasUsed, blobsAvailable: blobsAvailable)
        } catch {
            throw .invalid(error)
        }
        do throws(StateError) {
            extraFees = try rollupFees(of: transaction)
        } catch {
            throw .state(error)
        }
        let footprint = extraFees?.dataFootprint ?? 0
        guard dataFootprint <= environment.gasLimit, footprint <= environment.gasLimit &- dataFootprint else {
            throw .invalid(.dataFootprintAboveBlock)
        }
        state.beginTransaction()
        let price = transaction.effectiveGasPrice(baseFee: environment.baseFee)
        let account = state.account(sender)
        try buyGas(transaction, account, price: price, extraFees, checksCode: checksSenderCode)
        do throws(StateError) {
            try state.setNonce(account, transaction.nonce &+ 1)
            warm(transaction, sender: account)
            let authorizationRefund = try apply(transaction.authorizations)
            let gas = Int64(clamping: transaction.gasLimit &- intrinsic.gas)
            machine.setTransaction(
                TransactionEnvironment(
                    origin: sender, gasPrice: price, blobHashes: transaction.blobHashes))
            let message = message(transaction, sender: sender, nonce: transaction.nonce, gas: gas)
            let result = try machine.execute(message, host: &state, tracer: &tracer)
            let used = gasUsed(
                transaction, result, intrinsic: intrinsic, authorizationRefund: authorizationRefund)
            try settle(transaction, account, gasUsed: used, price: price, extraFees)
            dataFootprint &+= footprint
            return try finish(transaction, result, gasUsed: used, price: price)
        } catch {
            throw .state(error)
        }
    }

    /// Executes the transactions of a block, all of which must be valid.
    ///
    /// - Parameter senders: in order, where the caller has recovered them.
    public mutating func executeAll<T: Tracer & ~Copyable>(
        _ transactions: [Transaction], senders: [Address]?, tracer: inout T
    ) throws(InvalidBlock) {
        for (index, transaction) in transactions.enumerated() {
            do throws(TransactionFailure) {
                let sender: Address
                if let senders, index < senders.count {
                    sender = senders[index]
                } else {
                    sender = try self.sender(of: transaction)
                }
                try execute(transaction, sender: sender, tracer: &tracer)
            } catch {
                switch error {
                case .invalid(let rule): throw .transaction(index: index, rule)
                case .state(let stateError): throw .state(stateError)
                }
            }
        }
    }

    private func sender(of transaction: Transaction) throws(TransactionFailure) -> Address {
        do throws(InvalidTransaction) {
            return try transaction.sender(revision: revision, chainID: chain.chainID)
        } catch {
            throw .invalid(error)
        }
    }

    // MARK: Before the message

    /// Checks nonce, code and balance of the sender and takes the price of all gas and blobs.
    private mutating func buyGas(
        _ transaction: Transaction, _ account: AccountHandle, price: UInt256, _ extraFees: RollupFees?,
        checksCode: Bool
    ) throws(TransactionFailure) {
        let invalid: InvalidTransaction?
        do throws(StateError) {
            invalid = try senderFault(transaction, account, extraFees, checksCode: checksCode)
            if invalid == nil {
                // None of this overflows: the greatest cost has been found to be covered.
                let gasCost = price &* UInt256(transaction.gasLimit)
                let blobCost = environment.blobBaseFee &* UInt256(transaction.blobGas)
                let extra = extraFees?.prepaid(gasLimit: transaction.gasLimit) ?? .zero
                let balance = try state.balance(account)
                try state.setBalance(account, balance &- gasCost &- blobCost &- extra)
            }
        } catch {
            throw .state(error)
        }
        if let invalid { throw .invalid(invalid) }
    }

    private mutating func senderFault(
        _ transaction: Transaction, _ account: AccountHandle, _ extraFees: RollupFees?, checksCode: Bool
    ) throws(StateError) -> InvalidTransaction? {
        let nonce = try state.nonce(account)
        if transaction.nonce < nonce { return .nonceTooLow }
        if transaction.nonce > nonce { return .nonceTooHigh }
        if checksCode {
            let code = try state.code(account)
            if code.count > 0 && (revision < .prague || code.delegationTarget == nil) { return .senderHasCode }
        }
        let extra = extraFees?.prepaid(gasLimit: transaction.gasLimit) ?? .zero
        guard let cost = transaction.greatestCost?.adding(extra), try state.balance(account) >= cost else {
            return .insufficientFunds
        }
        return nil
    }

    /// Warms what is warm from the start (EIP-2929, EIP-2930, EIP-3651); precompiles always are.
    mutating func warm(_ transaction: Transaction, sender: AccountHandle) {
        guard revision >= .berlin else { return }
        _ = state.warm(sender)
        if let to = transaction.to { _ = state.warm(state.account(to)) }
        if revision >= .shanghai { _ = state.warm(state.account(environment.coinbase)) }
        for entry in transaction.accessList {
            let account = state.account(entry.address)
            _ = state.warm(account)
            for slot in entry.slots { _ = state.warm(state.slot(account, slot)) }
        }
    }

    /// Sets the delegations that accounts signed (EIP-7702); those that are not valid are passed over.
    ///
    /// - Returns: the refund for accounts that were there already.
    mutating func apply(_ authorizations: [Authorization]) throws(StateError) -> Int64 {
        var refund: Int64 = 0
        for authorization in authorizations {
            guard authorization.chainID.isZero || authorization.chainID == environment.chainID,
                authorization.nonce != .max, let authority = authorization.authority
            else { continue }
            let account = state.account(authority)
            _ = state.warm(account)
            let code = try state.code(account)
            guard code.count == 0 || code.delegationTarget != nil,
                try state.nonce(account) == authorization.nonce
            else { continue }
            if try state.exists(account) { refund &+= IntrinsicGas.existingAuthorityRefund }
            let newCode = authorization.address.isZero ? [] : Delegation.code(target: authorization.address)
            try state.setCode(account, newCode)
            try state.setNonce(account, authorization.nonce &+ 1)
        }
        return refund
    }

    /// The message of a transaction: a call, or the creation of the contract whose address the sender's nonce gives.
    func message(_ transaction: Transaction, sender: Address, nonce: UInt64, gas: Int64) -> Message {
        let to = transaction.to ?? ContractAddress.create(sender: sender, nonce: nonce)
        return Message(
            kind: transaction.to == nil ? .create : .call, gas: gas, recipient: to, codeAddress: to, caller: sender,
            value: transaction.value, input: transaction.input)
    }

    // MARK: After the message

    /// The gas that the transaction is charged for: less the capped refund (EIP-3529), and no less than the floor of
    /// its call data (EIP-7623).
    func gasUsed(
        _ transaction: Transaction, _ result: ExecutionResult, intrinsic: IntrinsicGas, authorizationRefund: Int64
    ) -> UInt64 {
        let used = transaction.gasLimit &- UInt64(clamping: result.gasLeft)
        var refund = authorizationRefund
        if result.outcome == .success { refund &+= result.gasRefund }
        let cap = used / (revision >= .london ? 5 : 2)
        return max(used &- min(UInt64(clamping: refund), cap), intrinsic.floor)
    }

    /// Pays back what was bought and not used, and pays who is to be paid.
    private mutating func settle(
        _ transaction: Transaction, _ account: AccountHandle, gasUsed used: UInt64, price: UInt256,
        _ extraFees: RollupFees?
    ) throws(StateError) {
        var returned = price &* UInt256(transaction.gasLimit &- used)
        if let extraFees {
            returned = returned &+ extraFees.returned(gasLimit: transaction.gasLimit, gasUsed: used)
        }
        try state.credit(account, returned)
        let tip = price &- environment.baseFee
        try state.credit(state.account(environment.coinbase), tip &* UInt256(used))
        if let extraFees { try pay(extraFees, gasUsed: used) }
    }

    /// Ends the transaction and writes its receipt.
    mutating func finish(
        _ transaction: Transaction, _ result: ExecutionResult, gasUsed used: UInt64, price: UInt256,
        depositNonce: UInt64? = nil
    ) throws(StateError) -> TransactionResult {
        let logs = try state.endTransaction()
        let receipt = try addReceipt(
            of: transaction, isSuccess: result.outcome == .success, logs: logs, gasUsed: used,
            depositNonce: depositNonce)
        return TransactionResult(
            receipt: receipt, gasUsed: used, outcome: result.outcome, output: result.output,
            createdAddress: result.createdAddress, effectiveGasPrice: price)
    }

    /// Counts a transaction that has ended among those of the block, and writes its receipt.
    mutating func addReceipt(
        of transaction: Transaction, isSuccess: Bool, logs: [Log], gasUsed used: UInt64, depositNonce: UInt64? = nil
    ) throws(StateError) -> Receipt {
        gasUsed &+= used
        blobGasUsed &+= transaction.blobGas
        let outcome: Receipt.Outcome =
            revision >= .byzantium ? .status(isSuccess) : .stateRoot(try source.root(after: state.diff()))
        let receipt = Receipt(
            kind: transaction.kind, outcome: outcome, cumulativeGasUsed: gasUsed,
            bloom: LogsBloom(logs, bits: &bloomBits), logs: logs,
            depositNonce: depositNonce, depositReceiptVersion: depositNonce == nil ? nil : 1)
        if !logs.isEmpty { logsBloom.formUnion(receipt.bloom) }
        receipts.append(receipt)
        return receipt
    }
}
