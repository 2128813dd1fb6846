import Primitives
import StateTransition

extension Mempool {
    /// Takes a transaction into the pool.
    ///
    /// - Parameters:
    ///   - state: its sender's.
    ///   - block: the number of the block after which that is the state. What is older than the head that the pool was told
    ///     last counts only for accounts that the pool does not know.
    ///   - now: milliseconds on any clock that does not go back.
    ///   - isLocal: it does not have to make room for others.
    ///   - change: what happened is added here, also where the transaction is refused: a newer state can move others.
    /// - Throws: the rule for which the transaction is refused.
    /// - Complexity: O(*n*) in the call data and lists, O(log m) in the accounts.
    public mutating func admit(
        _ pooled: PooledTransaction, state: SenderState, block: UInt64, now: UInt64, isLocal: Bool = false,
        change: inout MempoolChange
    ) throws(MempoolError) {
        lastTime = max(lastTime, now)
        if byHash[Hash256Key(pooled.hash)] != nil { throw .alreadyKnown }
        try MempoolRules.check(pooled, head: head, configuration: configuration)
        var state = state
        if let account = accountIndices[AddressKey(pooled.sender)] {
            if block < head.number {
                state = accounts[account].state
            } else if accounts[account].state != state {
                reconcile(account, state, included: [], &change)
                if let account = accountIndices[AddressKey(pooled.sender)] { settle(account, &change) }
            }
        }
        try place(pooled, state: state, isLocal: isLocal, &change)
        trim(&change)
    }

    /// Asks all of a transaction that costs little, before what is dear is found out: whether its blobs are its own, and
    /// who signed its authorisations.
    ///
    /// - Parameters:
    ///   - draft: the transaction without either.
    ///   - sidecar: its blobs, not proven yet.
    ///   - state: its sender's, at the pool's head.
    /// - Throws: a rule for which `admit` would refuse it too, as the pool is now.
    public func precheck(
        _ draft: PooledTransaction, _ sidecar: BlobSidecar?, state: SenderState
    ) throws(MempoolError) {
        if byHash[Hash256Key(draft.hash)] != nil { throw .alreadyKnown }
        try MempoolRules.check(draft, sidecar, head: head, configuration: configuration)
        let account = accountIndices[AddressKey(draft.sender)]
        // What the pool knows of its sender is older: `admit` brings it up to date.
        if let account, accounts[account].state != state { return }
        try checkSender(draft, state: state, account: account)
        let pendingCost = account.map { accounts[$0].pendingCost } ?? .zero
        if let account, let old = accounts[account].entry(nonce: draft.nonce) {
            try checkBump(draft, over: old.transaction)
            if accounts[account].pending.index(of: draft.nonce) != nil {
                return try checkReplacementFunds(draft, old.transaction, account)
            }
            return try checkFunds(draft, balance: state.balance, pendingCost: pendingCost)
        }
        try checkFunds(draft, balance: state.balance, pendingCost: pendingCost)
        let pendingNonce = account.map { accounts[$0].pendingNonce } ?? state.nonce
        let isPending = draft.nonce == pendingNonce
        try checkLimits(draft, account: account, isPending: isPending, pendingNonce: pendingNonce)
        let last = isPending ? account.flatMap { accounts[$0].pending.last } : nil
        let entry = PooledEntry(draft, arrival: nextArrival, isProtected: false)
        let fees = worth(
            draft, tip: min(entry.tip, last?.lowestTip ?? .max), cap: min(entry.cap, last?.lowestCap ?? .max),
            arrival: entry.arrival)
        try checkRoom(Room.Kind(draft, isPending: isPending), size: size(of: draft), fees: fees)
    }

    /// Places a transaction that is well-formed among its sender's, who is in this state.
    mutating func place(
        _ pooled: PooledTransaction, state: SenderState, isLocal: Bool, _ change: inout MempoolChange
    ) throws(MempoolError) {
        let account = accountIndices[AddressKey(pooled.sender)]
        try checkSender(pooled, state: state, account: account)
        if let account, let old = accounts[account].entry(nonce: pooled.nonce) {
            try replace(old, account, pooled, isLocal: isLocal, &change)
            return
        }
        let pendingCost = account.map { accounts[$0].pendingCost } ?? .zero
        try checkFunds(pooled, balance: state.balance, pendingCost: pendingCost)
        let pendingNonce = account.map { accounts[$0].pendingNonce } ?? state.nonce
        let isPending = pooled.nonce == pendingNonce
        try checkLimits(pooled, account: account, isPending: isPending, pendingNonce: pendingNonce)
        let entry = newEntry(pooled, isLocal: isLocal)
        let last = isPending ? account.flatMap { accounts[$0].pending.last } : nil
        let fees = worth(
            pooled, tip: min(entry.tip, last?.lowestTip ?? .max), cap: min(entry.cap, last?.lowestCap ?? .max),
            arrival: entry.arrival)
        if !isLocal {
            try makeRoom(
                Room.Kind(pooled, isPending: isPending), size: size(of: pooled), fees: fees, sender: pooled.sender,
                &change)
        }
        insert(entry, state: state, isPending: isPending, &change)
    }

    private mutating func newEntry(_ pooled: PooledTransaction, isLocal: Bool) -> PooledEntry {
        defer { nextArrival &+= 1 }
        return PooledEntry(pooled, arrival: nextArrival, isProtected: isLocal)
    }

    private mutating func insert(
        _ entry: PooledEntry, state: SenderState, isPending: Bool, _ change: inout MempoolChange
    ) {
        let index = accountIndex(entry.transaction.sender, state: state)
        remember(entry.transaction)
        if isPending {
            appendPending(index, entry)
            change.pending.append(entry.transaction)
            promote(index, &change)
        } else {
            accounts[index].queued.insert(entry, at: accounts[index].queuedIndex(from: entry.nonce))
            count(entry, isPending: false)
        }
        if !accounts[index].queued.isEmpty { waiting.set(index, primary: ~lastTime, secondary: 0) }
        renewOrders(index)
    }

    // MARK: Checks

    /// Nonce, code, and what an account may have in the pool at the same time.
    private func checkSender(
        _ pooled: PooledTransaction, state: SenderState, account: Int?
    ) throws(MempoolError) {
        if state.code == .contract && !pooled.isImpersonated { throw .senderHasCode(pooled.sender) }
        if pooled.nonce < state.nonce { throw .nonceTooLow(next: state.nonce, nonce: pooled.nonce) }
        if let account, accounts[account].isBlob != pooled.isBlob { throw .addressReserved }
        if state.code == .delegation || (!authorities.isEmpty && authorities[AddressKey(pooled.sender)] != nil) {
            // Whoever runs the delegated code can spend what pays for the rest: one at a time (EIP-7702).
            if let account, !accounts[account].pending.isEmpty {
                if accounts[account].pending.index(of: pooled.nonce) == nil { throw .inFlightLimit }
            } else if pooled.nonce != state.nonce {
                throw .gappedFromDelegated
            }
        }
        for authority in pooled.authorities {
            guard let other = accountIndices[AddressKey(authority)] else { continue }
            if accounts[other].count > 1 || accounts[other].isBlob { throw .authorityReserved }
        }
    }

    private func checkFunds(
        _ pooled: PooledTransaction, balance: UInt256, pendingCost: UInt256
    ) throws(MempoolError) {
        guard let cost = pooled.greatestCost, cost <= balance else {
            throw .insufficientFunds(balance: balance, cost: pooled.greatestCost)
        }
        guard let total = pendingCost.adding(cost), total <= balance else {
            throw .overdraft(balance: balance, queued: pendingCost, cost: cost)
        }
    }

    private func checkLimits(
        _ pooled: PooledTransaction, account: Int?, isPending: Bool, pendingNonce: UInt64
    ) throws(MempoolError) {
        if pooled.isBlob && !isPending { throw .nonceTooHigh(nonce: pooled.nonce, gap: pendingNonce) }
        guard let account else { return }
        let count = isPending ? accounts[account].pending.count : accounts[account].queued.count
        let limit = isPending ? configuration.pendingPerAccount : configuration.queuedPerAccount
        if count >= limit { throw .accountLimit(count: count) }
        if pooled.isBlob && accounts[account].count >= configuration.blobTransactionsPerAccount {
            throw .accountLimit(count: accounts[account].count)
        }
    }

    // MARK: Replacement

    private mutating func replace(
        _ old: PooledEntry, _ account: Int, _ pooled: PooledTransaction, isLocal: Bool, _ change: inout MempoolChange
    ) throws(MempoolError) {
        try checkBump(pooled, over: old.transaction)
        let balance = accounts[account].state.balance
        let pendingIndex = accounts[account].pending.index(of: pooled.nonce)
        if pendingIndex != nil {
            try checkReplacementFunds(pooled, old.transaction, account)
        } else {
            try checkFunds(pooled, balance: balance, pendingCost: accounts[account].pendingCost)
        }
        let entry = newEntry(pooled, isLocal: isLocal || old.isProtected)
        let kind = Room.Kind(pooled, isPending: pendingIndex != nil)
        let extra = size(of: pooled) - size(of: old.transaction)
        if extra > 0 && !entry.isProtected {
            let fees = worth(pooled, tip: entry.tip, cap: entry.cap, arrival: entry.arrival)
            try makeRoom(kind, size: extra, fees: fees, sender: pooled.sender, &change)
        }
        forget(old, isPending: pendingIndex != nil, reason: .replaced, &change)
        remember(pooled)
        count(entry, isPending: pendingIndex != nil)
        if let pendingIndex {
            accounts[account].pendingCost =
                accounts[account].pendingCost &- old.transaction.cost &+ pooled.cost
            accounts[account].pending.replace(at: pendingIndex, with: entry)
            change.pending.append(pooled)
        } else {
            accounts[account].queued[accounts[account].queuedIndex(from: pooled.nonce)] = entry
        }
        promote(account, &change)
        if !accounts[account].queued.isEmpty { waiting.set(account, primary: ~lastTime, secondary: 0) }
        renewOrders(account)
    }

    private func checkReplacementFunds(
        _ pooled: PooledTransaction, _ old: PooledTransaction, _ account: Int
    ) throws(MempoolError) {
        let balance = accounts[account].state.balance
        guard let cost = pooled.greatestCost, cost <= balance else {
            throw .insufficientFunds(balance: balance, cost: pooled.greatestCost)
        }
        let pendingCost = accounts[account].pendingCost
        guard let total = (pendingCost &- old.cost).adding(cost), total <= balance else {
            throw .replacementOverdraft(balance: balance, queued: pendingCost, bump: cost &- old.cost)
        }
    }

    /// Every price has to be above the old one by so many percent, so that replacing is not for free.
    private func checkBump(_ pooled: PooledTransaction, over old: PooledTransaction) throws(MempoolError) {
        let percent = pooled.isBlob ? configuration.blobPriceBump : configuration.priceBump
        let (new, old) = (pooled.transaction, old.transaction)
        var prices = [
            (new.maxFeePerGas, old.maxFeePerGas), (new.maxPriorityFeePerGas, old.maxPriorityFeePerGas),
        ]
        if pooled.isBlob { prices.append((new.maxFeePerBlobGas, old.maxFeePerBlobGas)) }
        for (price, before) in prices {
            guard price > before, let raised = before.multiplying(UInt256(100 &+ percent)),
                price >= raised / UInt256(100)
            else { throw .replacementUnderpriced }
        }
    }
}
