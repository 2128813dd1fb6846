public import EVM
public import Primitives

/// What a transaction read or changed, as it was before and as it is after: the data of geth's `prestateTracer`.
public struct PrestateTrace: Sendable {
    /// One slot that the transaction read or wrote.
    public struct Slot: Equatable, Sendable {
        public var key: UInt256
        public var before: UInt256
        public var after: UInt256

        public init(key: UInt256, before: UInt256, after: UInt256) {
            self.key = key
            self.before = before
            self.after = after
        }
    }

    /// One account that the transaction touched; nil where the state has none.
    public struct Account: Sendable {
        public var address: Address
        public var before: AccountRecord?
        public var after: AccountRecord?
        public var codeBefore: [UInt8]
        public var codeAfter: [UInt8]
        /// In the order of first access.
        public var slots: [Slot]
    }

    /// In the order of first access; first sender, recipient (or created contract) and coinbase.
    public var accounts: [Account]
}

extension BlockExecution {
    /// Executes a transaction like `execute`, and says what it read and changed.
    ///
    /// - Complexity: besides the execution, O(*n*) in what the block has changed so far.
    /// - Throws: as `execute` does.
    public mutating func tracePrestate(
        _ transaction: Transaction, sender: Address
    ) throws(TransactionFailure) -> (result: TransactionResult, trace: PrestateTrace) {
        let before = currentState()
        var tracer = AccessTracer(seed: state.seed)
        tracer.didAccess(sender)
        if let recipient = transaction.to { tracer.didAccess(recipient) }
        let result = try execute(transaction, sender: sender, tracer: &tracer)
        if let created = result.createdAddress { tracer.didAccess(created) }
        tracer.didAccess(environment.coinbase)
        for authorization in transaction.authorizations {
            if let authority = authorization.authority { tracer.didAccess(authority) }
        }
        do throws(StateError) {
            return (result, try PrestateTrace(of: tracer, before: before, after: currentState()))
        } catch {
            throw .state(error)
        }
    }
}

extension BlockExecution {
    /// The state as it is after the transactions so far; what comes later does not change it.
    ///
    /// - Complexity: O(*n*) in what the block has changed.
    public func currentState() -> ChangedState { ChangedState(source, after: stateDiff(), seed: state.seed) }
}

extension PrestateTrace {
    /// The former and the present values of everything that was recorded.
    ///
    /// - Parameter includesCodes: whether codes are read; together they may be larger than memory should hold.
    public init(
        of access: AccessTracer, before: StateSource, after: StateSource, includesCodes: Bool = true
    ) throws(StateError) {
        accounts = []
        for entry in access.accounts.entries {
            let (recordBefore, recordAfter) = (try before.account(entry.key), try after.account(entry.key))
            var account = Account(
                address: entry.key, before: recordBefore, after: recordAfter,
                codeBefore: includesCodes ? try Self.code(of: recordBefore, in: before) : [],
                codeAfter: includesCodes ? try Self.code(of: recordAfter, in: after) : [], slots: [])
            for slot in entry.value.written.entries {
                account.slots.append(
                    Slot(
                        key: slot.key, before: try before.storage(entry.key, slot.key),
                        after: try after.storage(entry.key, slot.key)))
            }
            accounts.append(account)
        }
    }

    private static func code(of record: AccountRecord?, in state: StateSource) throws(StateError) -> [UInt8] {
        guard let record, record.codeHash != EmptyHash.code else { return [] }
        return try state.code(record.codeHash)
    }
}
