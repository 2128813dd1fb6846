public import Primitives

/// How the chain went on.
public struct HeadUpdate: Sendable {
    /// What comes next on the new head.
    public var head: MempoolHead
    /// The state after the new head of every account that the old and the new blocks touched, as far as their states
    /// differ; of the senders in `dropped` at least.
    public var accounts: [(address: Address, state: SenderState)]
    /// Hashes of the transactions in the new blocks.
    public var included: [Hash256]
    /// The transactions of blocks that are no longer on the chain, in their order.
    public var dropped: [PooledTransaction]

    public init(
        head: MempoolHead, accounts: [(address: Address, state: SenderState)], included: [Hash256] = [],
        dropped: [PooledTransaction] = []
    ) {
        self.head = head
        self.accounts = accounts
        self.included = included
        self.dropped = dropped
    }
}

extension Mempool {
    /// Follows the chain to a new head: drops what was included or cannot be any more, takes back what was in blocks that
    /// are gone, and moves the rest to where it belongs.
    ///
    /// - Complexity: O(log n) for each account given and each of its transactions that moves, and for each account whose
    ///   first or last transaction the base fee makes pay by the other of its two prices. A new revision looks at all.
    public mutating func apply(_ update: HeadUpdate, now: UInt64) -> MempoolChange {
        var change = MempoolChange()
        lastTime = max(lastTime, now)
        let old = head
        head = update.head
        if head.baseFee != old.baseFee {
            let baseFee = head.baseFee.clampedToUInt64
            heads.setBaseFee(baseFee)
            for room in rooms.indices { rooms[room].tails.setBaseFee(baseFee) }
        }
        let included = Set(update.included.map { Hash256Key($0) })
        for (address, state) in update.accounts {
            guard let account = accountIndices[AddressKey(address)] else { continue }
            reconcile(account, state, included: included, &change)
        }
        if !update.dropped.isEmpty { reinject(update, included: included, &change) }
        for (address, _) in update.accounts {
            guard let account = accountIndices[AddressKey(address)] else { continue }
            settle(account, &change)
        }
        if head.blobBaseFee != old.blobBaseFee {
            for account in rooms[Room.Kind.blobs.rawValue].tails.members { renewTails(account) }
        }
        if head.revision != old.revision || head.blobLimit < old.blobLimit { dropInvalid(&change) }
        trim(&change)
        return change
    }

    /// Drops waiting transactions of accounts of which nothing was heard for the configured time.
    ///
    /// - Parameter now: milliseconds on the clock of `admit`.
    /// - Complexity: O(log n) for each transaction dropped.
    public mutating func expire(now: UInt64) -> MempoolChange {
        var change = MempoolChange()
        lastTime = max(lastTime, now)
        while let oldest = waiting.first, now >= ~oldest.primary, now - ~oldest.primary >= configuration.queuedLifetime
        {
            let account = Int(oldest.member)
            let entries = accounts[account].queued
            accounts[account].queued = entries.filter { $0.isProtected }
            for entry in entries where !entry.isProtected {
                forget(entry, isPending: false, reason: .expired, &change)
            }
            if !accounts[account].queued.isEmpty { waiting.set(account, primary: ~now, secondary: 0) }
            renewOrders(account)
            // Whatever happens, an account is not looked at twice.
            if waiting.first?.member == oldest.member, waiting.first?.primary == oldest.primary { break }
        }
        return change
    }

    /// Takes back what was in blocks that are gone and is not in the new ones. What is refused now is lost.
    private mutating func reinject(
        _ update: HeadUpdate, included: Set<Hash256Key>, _ change: inout MempoolChange
    ) {
        var states: [AddressKey: SenderState] = [:]
        for (address, state) in update.accounts { states[AddressKey(address)] = state }
        for dropped in update.dropped where !included.contains(Hash256Key(dropped.hash)) {
            let pooled = blobStore.takeIncluded(dropped.hash) ?? dropped
            guard byHash[Hash256Key(pooled.hash)] == nil, let state = states[AddressKey(pooled.sender)] else {
                continue
            }
            do throws(MempoolError) {
                try MempoolRules.check(pooled, head: head, configuration: configuration)
                try place(pooled, state: state, isLocal: false, &change)
            } catch {
                change.dropped.append(MempoolChange.Dropped(transaction: pooled, reason: .invalid))
            }
        }
    }

    /// Gives an account another state: drops what is used or cannot be paid for, and moves the rest without regard to
    /// limits, which `settle` enforces once everything has been told.
    mutating func reconcile(
        _ account: Int, _ state: SenderState, included: Set<Hash256Key>, _ change: inout MempoolChange
    ) {
        let balanceFell = state.balance < accounts[account].state.balance
        accounts[account].state = state
        dropUsed(account, included: included, &change)
        if state.code == .contract {
            demote(account, from: 0)
            dropQueued(account, reason: .invalid, &change) { _ in true }
        } else if let first = accounts[account].pending.first, first.nonce != state.nonce {
            demote(account, from: 0)
        } else if accounts[account].pendingCost > state.balance {
            var cost = accounts[account].pendingCost
            var index = accounts[account].pending.count
            while index > 0, cost > state.balance {
                index -= 1
                cost = cost &- accounts[account].pending[index].transaction.cost
            }
            demote(account, from: index)
        }
        if balanceFell {
            dropQueued(account, reason: .unaffordable, &change) { $0.cost > state.balance }
        }
        renewOrders(account)
    }

    /// Drops what has a nonce below the account's.
    private mutating func dropUsed(
        _ account: Int, included: Set<Hash256Key>, _ change: inout MempoolChange
    ) {
        let nonce = accounts[account].state.nonce
        var used = 0
        while used < accounts[account].pending.count, accounts[account].pending[used].nonce < nonce {
            let entry = accounts[account].pending[used]
            accounts[account].pendingCost = accounts[account].pendingCost &- entry.transaction.cost
            leave(entry, isPending: true, included: included, &change)
            used += 1
        }
        if used > 0 { accounts[account].pending.removeFirst(used) }
        let waiting = accounts[account].queuedIndex(from: nonce)
        if waiting > 0 {
            for index in 0..<waiting {
                leave(accounts[account].queued[index], isPending: false, included: included, &change)
            }
            accounts[account].queued.removeFirst(waiting)
        }
    }

    private mutating func leave(
        _ entry: PooledEntry, isPending: Bool, included: Set<Hash256Key>, _ change: inout MempoolChange
    ) {
        if included.contains(Hash256Key(entry.transaction.hash)) {
            forgetIncluded(entry, isPending: isPending)
        } else {
            forget(entry, isPending: isPending, reason: .stale, &change)
        }
    }

    private mutating func dropQueued(
        _ account: Int, reason: MempoolChange.Reason, _ change: inout MempoolChange,
        where shallGo: (PooledTransaction) -> Bool
    ) {
        guard accounts[account].queued.contains(where: { shallGo($0.transaction) }) else { return }
        let entries = accounts[account].queued
        accounts[account].queued = entries.filter { !shallGo($0.transaction) }
        for entry in entries where shallGo(entry.transaction) {
            forget(entry, isPending: false, reason: reason, &change)
        }
    }

    /// Promotes what an account can execute, and drops what is over its limit of waiting transactions, the last first.
    mutating func settle(_ account: Int, _ change: inout MempoolChange) {
        promote(account, &change)
        while accounts[account].queued.count > configuration.queuedPerAccount,
            accounts[account].queued.last?.isProtected == false, let entry = accounts[account].queued.popLast()
        {
            forget(entry, isPending: false, reason: .accountLimit, &change)
        }
        renewOrders(account)
    }

    /// Drops what the rules of the next block no longer allow.
    private mutating func dropInvalid(_ change: inout MempoolChange) {
        for pooled in Array(byHash.values) {
            do throws(MempoolError) {
                try MempoolRules.check(pooled, head: head, configuration: configuration)
            } catch {
                let removed = remove(pooled.hash)
                change.pending += removed.pending
                change.dropped += removed.dropped
            }
        }
    }
}
