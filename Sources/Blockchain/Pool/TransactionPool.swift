import Cryptography
import EVM
import Primitives
public import Sequencing
import StateTransition
import Storage
import Synchronization

/// The transactions that wait for a block, for all threads.
///
/// What is dear (decoding, signatures, proofs of blobs) happens on the thread of whoever submits, outside of the lock.
public final class TransactionPool: Sendable {
    struct State: @unchecked Sendable {
        var pool: Mempool
        /// The state of the head; only touched under the lock.
        var head: StoredState
        /// What the block that is open has taken; the pool does not have it any more.
        var open: OpenBlockContent?

        /// What the pool has to know of an account; nil where the state cannot be read.
        func sender(_ address: Address) -> SenderState? {
            open?.accounts[address] ?? TransactionPool.senderState(address, head)
        }
    }

    let state: Mutex<State>
    private let chain: ChainConfiguration
    private let refusal = Mutex<String?>(nil)
    /// Where what is taken is written down.
    let journal = Mutex<PoolJournal?>(nil)
    let pending = Observers<[PooledTransaction]>()
    private let start = ContinuousClock.now

    init(configuration: MempoolConfiguration, head: MempoolHead, chain: ChainConfiguration, state: sending StoredState)
    {
        self.chain = chain
        self.state = Mutex(State(pool: Mempool(configuration: configuration, head: head), head: state))
    }

    /// Milliseconds since the pool was made.
    var now: UInt64 {
        let elapsed = (ContinuousClock.now - start).components
        return UInt64(elapsed.seconds) * 1_000 + UInt64(elapsed.attoseconds / 1_000_000_000_000_000)
    }

    /// Calls `body` with the pool, which nobody else has meanwhile: to be short.
    public func withPool<Result: Sendable>(_ body: (inout Mempool) -> Result) -> Result {
        state.withLock { body(&$0.pool) }
    }

    /// Calls `body` when transactions become executable, on the thread that made them so: to do little.
    public func observePending(_ body: @escaping @Sendable ([PooledTransaction]) -> Void) -> ObserverID {
        pending.add(body)
    }

    public func removeObserver(_ id: ObserverID) { pending.remove(id) }

    /// Whether there are transactions that a block could have.
    public var hasPending: Bool { state.withLock { $0.pool.status.pending > 0 } }

    // MARK: Submitting

    /// Takes no more transactions, or takes them again; those that are there stay.
    ///
    /// - Parameter reason: for who sends one; nil for taking them.
    public func refuseTransactions(_ reason: String?) { refusal.withLock { $0 = reason } }

    /// Takes a transaction in the form in which it is sent, with its blobs where it has any.
    public func submit(_ encoded: [UInt8]) throws(SubmissionError) -> PooledTransaction {
        try admit(try prepare(encoded))
    }

    /// Takes many, in their order, with their senders recovered on all processors.
    public func submit(batch: [[UInt8]]) -> [Result<PooledTransaction, SubmissionError>] {
        let prepared = SenderRecovery.concurrently(batch.count) { index in
            Result { () throws(SubmissionError) in try self.prepare(batch[index]) }
        }
        var change = MempoolChange()
        let now = now
        var results = state.withLock { state in
            prepared.map { result in
                result.flatMap { pooled in
                    Result { () throws(SubmissionError) in
                        try Self.admit(pooled, isLocal: false, now: now, &state, &change)
                        return pooled
                    }
                }
            }
        }
        note(results.compactMap { try? $0.get() })
        if !change.pending.isEmpty { pending.notify(change.pending) }
        // A blob transaction follows one that is in the pool: now those before it in the batch are.
        for (index, result) in prepared.enumerated() {
            guard case .failure(.refused(.nonceTooHigh)) = result else { continue }
            results[index] = Result { () throws(SubmissionError) in try submit(batch[index]) }
        }
        return results
    }

    /// Takes a transaction whose sender is known and trusted: of an impersonated account.
    public func admit(_ pooled: PooledTransaction, isLocal: Bool = false) throws(SubmissionError) -> PooledTransaction {
        var change = MempoolChange()
        let now = now
        let refusal: SubmissionError? = state.withLock { state in
            do throws(SubmissionError) {
                try Self.admit(pooled, isLocal: isLocal, now: now, &state, &change)
                return nil
            } catch {
                return error
            }
        }
        if refusal == nil { note([pooled]) }
        if !change.pending.isEmpty { pending.notify(change.pending) }
        if let refusal { throw refusal }
        return pooled
    }

    private static func admit(
        _ pooled: PooledTransaction, isLocal: Bool, now: UInt64, _ state: inout State, _ change: inout MempoolChange
    ) throws(SubmissionError) {
        if state.open?.hashes.contains(pooled.hash) == true { throw .refused(.alreadyKnown) }
        guard let sender = state.sender(pooled.sender) else { throw .state }
        _ = state.pool.expire(now: now)
        do throws(MempoolError) {
            try state.pool.admit(
                pooled, state: sender, block: state.pool.head.number, now: now, isLocal: isLocal, change: &change)
        } catch {
            throw .refused(error)
        }
    }

    /// Everything about a transaction that takes time and no lock.
    private func prepare(_ encoded: [UInt8]) throws(SubmissionError) -> PooledTransaction {
        if let reason = refusal.withLock({ $0 }) { throw .notTaken(reason) }
        let form: NetworkForm
        do throws(TransactionDecodingError) {
            form = try NetworkForm(decoding: encoded)
        } catch {
            throw .malformed(error)
        }
        guard form.transaction.deposit == nil else { throw .deposit }
        guard form.transaction.chainID != nil else { throw .unprotected }
        let head = state.withLock { $0.pool.head }
        let draft: PooledTransaction
        do throws(MempoolError) {
            draft = PooledTransaction(
                form.transaction, hash: Keccak256.hash(form.encoded),
                sender: try Self.sender(of: form.transaction, head), encoded: form.encoded,
                extraCost: Self.extraCost(of: form.transaction, form.encoded, head))
        } catch {
            throw .refused(error)
        }
        // Most have nothing that is dearer than their sender.
        if form.sidecar == nil && form.transaction.authorizations.isEmpty { return draft }
        if let refusal = precheck(draft, form.sidecar) { throw refusal }
        do throws(MempoolError) {
            return try Self.proven(draft, form.sidecar, head)
        } catch {
            throw .refused(error)
        }
    }

    /// What a rollup takes for a transaction beyond its gas, wei.
    private static func extraCost(of transaction: Transaction, _ encoded: [UInt8], _ head: MempoolHead) -> UInt256 {
        head.rollup?.cost(of: transaction, encoded: encoded) ?? 0
    }

    /// What a transaction would be refused for, as far as that costs little to find out.
    private func precheck(_ draft: PooledTransaction, _ sidecar: BlobSidecar?) -> SubmissionError? {
        state.withLock { state in
            guard let sender = state.sender(draft.sender) else { return .state }
            do throws(MempoolError) {
                try state.pool.precheck(draft, sidecar, state: sender)
                return nil
            } catch {
                return .refused(error)
            }
        }
    }

    /// The transaction with what takes milliseconds: proofs of its blobs, signers of its authorisations.
    private static func proven(
        _ draft: PooledTransaction, _ sidecar: BlobSidecar?, _ head: MempoolHead
    ) throws(MempoolError) -> PooledTransaction {
        var verified = try sidecar?.verified(for: draft.transaction.blobHashes)
        if head.revision >= .osaka { verified = try verified?.withCellProofs(kzg) }
        return PooledTransaction(
            draft.transaction, hash: draft.hash, sender: draft.sender, encoded: draft.encoded,
            authorities: draft.transaction.authorizations.compactMap { $0.authority }, sidecar: verified,
            extraCost: extraCost(of: draft.transaction, draft.encoded, head))
    }

    /// Made when the first blob without cell proofs comes.
    private static let kzg = KZG(.mainnet())

    private static func sender(
        of transaction: Transaction, _ head: MempoolHead
    ) throws(MempoolError) -> Address {
        do throws(InvalidTransaction) {
            return try transaction.sender(revision: head.revision, chainID: head.chainID)
        } catch {
            switch error {
            case .wrongChainID: throw .wrongChainID(have: transaction.chainID ?? 0, want: head.chainID)
            case .typeNotAvailable: throw .typeNotSupported(transaction.kind.rawValue)
            default: throw .invalidSignature
            }
        }
    }

    // MARK: Following the chain

    /// The best executable transactions that a block with `gasLimit` has room for, but those in `excluding`.
    func best(baseFee: UInt256, gasLimit: UInt64, excluding seen: Set<Hash256>) -> [PooledTransaction] {
        state.withLock { state in
            var chosen: [PooledTransaction] = []
            var best = state.pool.best(baseFee: baseFee, gasLimit: gasLimit)
            var gas: UInt64 = 0
            while let pooled = best.next() {
                if seen.contains(pooled.hash) { continue }
                // Most use less than their limits: a few at least, so that the pool is not gone through too often.
                guard gas < gasLimit || chosen.count < 4_096 else { break }
                gas = gas.addingReportingOverflow(pooled.transaction.gasLimit).partialValue
                chosen.append(pooled)
            }
            return chosen
        }
    }

    /// Drops transactions that could not be executed.
    func discard(_ hashes: [Hash256]) {
        state.withLock { state in for hash in hashes { _ = state.pool.remove(hash) } }
    }

    /// Follows the chain to its new head.
    func follow(
        _ event: ChainEvent, changes: [StateDiff], keepsTransactions: Bool, head: MempoolHead, sealing: UInt64? = nil,
        state newState: sending StoredState
    ) {
        let removed = event.removed.isEmpty || !keepsTransactions ? [] : Self.dropped(event, head.rollup)
        let included = event.added.flatMap { $0.transactionHashes }
        let now = now
        let (change, dropped) = state.withLock { state in
            state.head = newState
            _ = state.pool.expire(now: now)
            let open = state.open.take()
            let abandoned = open?.id == sealing ? nil : open
            let dropped = removed + (abandoned?.included ?? [])
            var accounts: [(address: Address, state: SenderState)] = []
            if event.removed.isEmpty && abandoned == nil {
                for diff in changes {
                    for account in diff.accounts where state.pool.isKnown(account.address) {
                        guard let sender = Self.senderState(account.address, newState) else { continue }
                        accounts.append((account.address, sender))
                    }
                }
            } else {
                let addresses = Set(state.pool.content.map { $0.sender } + dropped.map { $0.sender })
                for address in addresses {
                    guard let sender = Self.senderState(address, newState) else { continue }
                    accounts.append((address, sender))
                }
            }
            let change = state.pool.apply(
                HeadUpdate(head: head, accounts: accounts, included: included, dropped: dropped), now: now)
            return (change, dropped)
        }
        if !dropped.isEmpty { note(dropped) }
        if !change.pending.isEmpty { pending.notify(change.pending) }
    }

    /// The transactions of blocks that lost their place, oldest first.
    private static func dropped(_ event: ChainEvent, _ costs: RollupCosts?) -> [PooledTransaction] {
        var dropped: [PooledTransaction] = []
        for block in event.removed.reversed() {
            for (index, transaction) in block.block.transactions.enumerated() where transaction.deposit == nil {
                let encoded = transaction.encoded
                dropped.append(
                    PooledTransaction(
                        transaction, hash: block.transactionHashes[index], sender: block.senders[index],
                        encoded: encoded, authorities: transaction.authorizations.compactMap { $0.authority },
                        extraCost: costs?.cost(of: transaction, encoded: encoded) ?? 0))
            }
        }
        return dropped
    }

    /// What the pool has to know of an account; nil where the state cannot be read.
    static func senderState(_ address: Address, _ state: StoredState) -> SenderState? {
        do throws(StateError) {
            guard let account = try state.account(address) else { return SenderState(nonce: 0, balance: 0) }
            let code = try codeKind(account.codeHash, state)
            return SenderState(nonce: account.nonce, balance: account.balance, code: code)
        } catch {
            return nil
        }
    }

    /// What an account's code makes of it as a sender.
    static func codeKind(_ hash: Hash256, _ state: StoredState) throws(StateError) -> SenderState.Code {
        hash == EmptyHash.code ? .none : codeKind(try state.code(hash))
    }

    static func codeKind(_ bytes: [UInt8]) -> SenderState.Code {
        bytes.withUnsafeBytes { Code.delegationTarget(of: $0) } == nil ? .contract : .delegation
    }
}
