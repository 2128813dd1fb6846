public import Primitives
import Sequencing
import StateTransition
import Storage
import Synchronization

/// What a block that is open has taken from the pool, and what it has made of accounts.
struct OpenBlockContent {
    /// Of the block.
    let id: UInt64
    /// The accounts that the block has changed, as they are after what it has so far.
    var accounts: [Address: SenderState] = [:]
    /// In the order of their execution.
    var included: [PooledTransaction] = []
    var hashes: Set<Hash256> = []
    /// What the codes that were met make of accounts.
    private var codes: [Hash256: SenderState.Code] = [:]

    init(id: UInt64) { self.id = id }

    /// Notes what a sub-block changed.
    ///
    /// - Returns: the accounts among those that `isKnown` knows.
    mutating func apply(
        _ diff: StateDiff, _ head: StoredState, isKnown: (Address) -> Bool
    ) -> [(address: Address, state: SenderState)] {
        for code in diff.codes { codes[code.hash] = TransactionPool.codeKind(code.bytes) }
        var known: [(address: Address, state: SenderState)] = []
        for change in diff.accounts {
            let state: SenderState
            if let record = change.record {
                state = SenderState(nonce: record.nonce, balance: record.balance, code: code(record.codeHash, head))
            } else {
                state = SenderState(nonce: 0, balance: 0)
            }
            accounts[change.address] = state
            if isKnown(change.address) { known.append((change.address, state)) }
        }
        return known
    }

    private mutating func code(_ hash: Hash256, _ head: StoredState) -> SenderState.Code {
        if hash == EmptyHash.code { return .none }
        if let known = codes[hash] { return known }
        // Where it cannot be read, execution finds out.
        let kind = (try? TransactionPool.codeKind(hash, head)) ?? .contract
        codes[hash] = kind
        return kind
    }
}

extension TransactionPool {
    /// The nonce of an account's next transaction, after those that wait and those of the block that is open; nil where
    /// there are none.
    public func nextNonce(of address: Address) -> UInt64? {
        state.withLock { $0.pool.pendingNonce(of: address) ?? $0.open?.accounts[address]?.nonce }
    }

    /// How many times a transaction has come, gone or become executable.
    public var changeCount: UInt64 { withPool { $0.changeCount } }

    /// The best executable transactions that a block which is open has room for, a number at most, but those of some
    /// accounts; nil where the block is not open any more.
    func best(
        for id: UInt64, baseFee: UInt256, gasLimit: UInt64, skipping accounts: Set<Address>, count: Int
    ) -> [PooledTransaction]? {
        state.withLock { state in
            guard state.open?.id == id else { return nil }
            var chosen: [PooledTransaction] = []
            var best = state.pool.best(baseFee: baseFee, gasLimit: gasLimit)
            while chosen.count < count, let pooled = best.next() {
                if !accounts.isEmpty && accounts.contains(pooled.sender) {
                    best.skipSender()
                } else {
                    chosen.append(pooled)
                }
            }
            return chosen
        }
    }

    /// Drops transactions that could not be executed in a block, where it is still open: on another head they might be.
    func discard(_ hashes: [Hash256], for id: UInt64) {
        state.withLock { state in
            guard state.open?.id == id else { return }
            for hash in hashes { _ = state.pool.remove(hash) }
        }
    }

    /// Follows a block that was opened on the head.
    ///
    /// - Parameter changes: of its first sub-block.
    /// - Returns: false where the head is another.
    func open(_ id: UInt64, on head: BlockReference, changes: StateDiff) -> Bool {
        let isOpen = state.withLock { state in
            guard state.head.block == head else { return false }
            state.open = OpenBlockContent(id: id)
            return true
        }
        return isOpen && extend(id, with: [], changes: changes)
    }

    /// Hands transactions over to a block that is open.
    ///
    /// - Parameter changes: of the sub-block with the transactions.
    /// - Returns: false where the block is not open any more.
    func extend(_ id: UInt64, with taken: [PooledTransaction], changes: StateDiff) -> Bool {
        let now = now
        let change: MempoolChange? = state.withLock { state in
            guard state.open?.id == id else { return nil }
            let accounts = state.open?.apply(changes, state.head) { state.pool.isKnown($0) } ?? []
            state.open?.included += taken
            for pooled in taken { state.open?.hashes.insert(pooled.hash) }
            return state.pool.apply(
                HeadUpdate(head: state.pool.head, accounts: accounts, included: taken.map { $0.hash }), now: now)
        }
        guard let change else { return false }
        if !change.pending.isEmpty { pending.notify(change.pending) }
        return true
    }

    /// Takes back what a block had that will never be.
    func release(_ id: UInt64) {
        let now = now
        let change: MempoolChange? = state.withLock { state in
            guard state.open?.id == id, let open = state.open.take() else { return nil }
            var addresses = Set(open.included.map { $0.sender })
            for address in open.accounts.keys where state.pool.isKnown(address) { addresses.insert(address) }
            var accounts: [(address: Address, state: SenderState)] = []
            for address in addresses {
                guard let sender = Self.senderState(address, state.head) else { continue }
                accounts.append((address, sender))
            }
            return state.pool.apply(
                HeadUpdate(head: state.pool.head, accounts: accounts, dropped: open.included), now: now)
        }
        if let change, !change.pending.isEmpty { pending.notify(change.pending) }
    }
}
