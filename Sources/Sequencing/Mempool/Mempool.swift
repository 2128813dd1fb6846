public import Primitives
import StateTransition

/// The transactions that wait for a block.
///
/// A value without clock, lock or thread: whoever owns it calls one operation after another and gives the time where it
/// matters. What is dear (decoding, signatures, proofs of blobs) happens before, in making a `PooledTransaction`.
///
/// Each account has a run of executable ("pending") transactions, whose nonces follow the account's and which its
/// balance covers all together, and a list of others ("queued"). Runs are ordered by what their first transaction pays
/// for building blocks, and by the worst that their transactions pay for making room.
///
/// - Complexity: admission and removal O(log n) beside the account's own transactions that change their state.
public struct Mempool: Sendable {
    public let configuration: MempoolConfiguration
    public internal(set) var head: MempoolHead

    /// Every transaction in the pool.
    var byHash: [Hash256Key: PooledTransaction] = [:]
    /// Where in `accounts` an account is.
    var accountIndices: [AddressKey: Int] = [:]
    /// Places in `freeAccounts` are empty and belong to nobody.
    var accounts: [SenderTransactions] = []
    var freeAccounts: [Int] = []
    /// How many pooled set-code transactions an address has signed an authorisation of.
    var authorities: [AddressKey: Int] = [:]
    /// Accounts with pending transactions, by the first of them, best first.
    var heads: FeeOrder
    /// What is held against the limits, and who has to go first, by kind of room.
    var rooms: [Room]
    /// Accounts with queued transactions by the time of the last news of them, oldest first.
    var waiting = IndexedHeap()
    var blobStore = BlobStore()
    /// How many times a transaction has come, gone or become executable.
    public private(set) var changeCount: UInt64 = 0
    var pendingCount = 0
    var queuedCount = 0
    /// The number of the next transaction in the order of admission.
    var nextArrival: UInt64 = 0
    /// The latest time that the pool was told, milliseconds.
    var lastTime: UInt64 = 0

    public init(configuration: MempoolConfiguration = MempoolConfiguration(), head: MempoolHead) {
        self.configuration = configuration
        self.head = head
        let baseFee = head.baseFee.clampedToUInt64
        heads = FeeOrder(isBestFirst: true, baseFee: baseFee)
        rooms = [configuration.pendingPlaces, configuration.queuedPlaces, configuration.blobs].map {
            Room(limit: $0, used: 0, tails: FeeOrder(isBestFirst: false, baseFee: baseFee))
        }
    }

    /// How many transactions there are.
    public var count: Int { byHash.count }

    /// The pooled transaction with this hash.
    public func transaction(_ hash: Hash256) -> PooledTransaction? { byHash[Hash256Key(hash)] }

    /// Whether the pool has transactions of an account.
    public func isKnown(_ address: Address) -> Bool { accountIndices[AddressKey(address)] != nil }

    /// The nonce that the account's next transaction should have; nil where the pool has nothing pending of it.
    public func pendingNonce(of address: Address) -> UInt64? {
        guard let index = accountIndices[AddressKey(address)], !accounts[index].pending.isEmpty else { return nil }
        return accounts[index].pendingNonce
    }

    /// A blob that a pooled or lately included transaction has.
    public func blob(_ versionedHash: Hash256) -> PooledBlob? {
        guard let (sidecar, index) = blobStore.find(versionedHash) else { return nil }
        let perBlob = sidecar.proofsPerBlob
        return PooledBlob(
            blob: sidecar.blobs[index], commitment: sidecar.commitments[index], version: sidecar.version,
            proofs: Array(sidecar.proofs[(index * perBlob)..<((index + 1) * perBlob)]))
    }

    /// Protects a transaction from having to make room: it was promised a place.
    public mutating func protect(_ hash: Hash256) {
        guard let pooled = byHash[Hash256Key(hash)], let account = accountIndices[AddressKey(pooled.sender)] else {
            return
        }
        if let index = accounts[account].pending.index(of: pooled.nonce) {
            accounts[account].pending.protect(at: index)
        } else {
            let index = accounts[account].queuedIndex(from: pooled.nonce)
            guard index < accounts[account].queued.count else { return }
            accounts[account].queued[index].isProtected = true
        }
        renewOrders(account)
    }

    /// Takes a transaction out that turned out not to be executable; those behind it wait.
    public mutating func remove(_ hash: Hash256) -> MempoolChange {
        var change = MempoolChange()
        guard let pooled = byHash[Hash256Key(hash)], let account = accountIndices[AddressKey(pooled.sender)] else {
            return change
        }
        if let index = accounts[account].pending.index(of: pooled.nonce) {
            demote(account, from: index)
        }
        let index = accounts[account].queuedIndex(from: pooled.nonce)
        if index < accounts[account].queued.count, accounts[account].queued[index].transaction.hash == hash {
            let entry = accounts[account].queued.remove(at: index)
            forget(entry, isPending: false, reason: .invalid, &change)
        }
        settle(account, &change)
        trim(&change)
        return change
    }
}

// MARK: Accounts

extension Mempool {
    /// The place of an account, made where it had none.
    mutating func accountIndex(_ address: Address, state: @autoclosure () -> SenderState) -> Int {
        let key = AddressKey(address)
        if let index = accountIndices[key] { return index }
        let account = SenderTransactions(address: address, state: state())
        let index: Int
        if let free = freeAccounts.popLast() {
            accounts[free] = account
            index = free
        } else {
            accounts.append(account)
            index = accounts.count - 1
        }
        accountIndices[key] = index
        return index
    }

    /// Gives the account its place in every order, or forgets it where it has nothing left.
    mutating func renewOrders(_ index: Int) {
        if let first = accounts[index].pending.first {
            switch configuration.ordering {
            case .effectiveTip:
                heads.set(index, FeeOrder.Fees(tip: first.tip, cap: first.cap, arrival: first.arrival))
            case .arrival:
                // A cap that leaves every base fee behind, so that nothing but the arrival counts.
                heads.set(index, FeeOrder.Fees(tip: 0, cap: .max, arrival: first.arrival))
            }
        } else {
            heads.remove(index)
        }
        if accounts[index].queued.isEmpty { waiting.remove(index) }
        renewTails(index)
        if accounts[index].isEmpty {
            accountIndices[AddressKey(accounts[index].address)] = nil
            accounts[index] = SenderTransactions(address: Address(), state: SenderState(nonce: 0, balance: 0))
            freeAccounts.append(index)
        }
    }

    // MARK: Moving transactions

    /// Moves what can be executed next from the queue to the run.
    mutating func promote(_ account: Int, _ change: inout MempoolChange) {
        var taken = 0
        while taken < accounts[account].queued.count,
            accounts[account].pending.count < configuration.pendingPerAccount
        {
            let entry = accounts[account].queued[taken]
            guard accounts[account].isNext(entry) else { break }
            appendPending(account, entry)
            uncount(entry, isPending: false)
            change.pending.append(entry.transaction)
            taken += 1
        }
        if taken > 0 { accounts[account].queued.removeFirst(taken) }
    }

    /// Moves what is pending from a place on to the queue, whatever its limits.
    mutating func demote(_ account: Int, from index: Int) {
        let entries = accounts[account].pending.removeFrom(index)
        for entry in entries {
            accounts[account].pendingCost = accounts[account].pendingCost &- entry.transaction.cost
            uncount(entry, isPending: true)
            count(entry, isPending: false)
        }
        guard let first = entries.first else { return }
        let place = accounts[account].queuedIndex(from: first.nonce)
        accounts[account].queued.insert(contentsOf: entries, at: place)
        if !waiting.contains(account) { waiting.set(account, primary: ~lastTime, secondary: 0) }
    }

    mutating func appendPending(_ account: Int, _ entry: PooledEntry) {
        accounts[account].pending.append(entry)
        accounts[account].pendingCost = accounts[account].pendingCost &+ entry.transaction.cost
        count(entry, isPending: true)
    }

    // MARK: Counting

    /// What a transaction takes of its room: blobs, or places.
    func size(of transaction: PooledTransaction) -> Int {
        transaction.isBlob ? transaction.blobCount : transaction.places(of: configuration.placeSize)
    }

    mutating func count(_ entry: PooledEntry, isPending: Bool) {
        changeCount &+= 1
        if isPending { pendingCount += 1 } else { queuedCount += 1 }
        rooms[Room.Kind(entry.transaction, isPending: isPending).rawValue].used += size(of: entry.transaction)
    }

    mutating func uncount(_ entry: PooledEntry, isPending: Bool) {
        changeCount &+= 1
        if isPending { pendingCount -= 1 } else { queuedCount -= 1 }
        rooms[Room.Kind(entry.transaction, isPending: isPending).rawValue].used -= size(of: entry.transaction)
    }

    /// Enters a transaction that came to the pool in the indices.
    mutating func remember(_ transaction: PooledTransaction) {
        byHash[Hash256Key(transaction.hash)] = transaction
        for authority in transaction.authorities { authorities[AddressKey(authority), default: 0] += 1 }
        if transaction.isBlob { blobStore.insert(transaction) }
    }

    /// Strikes a transaction that has been taken from its account out of everything else.
    mutating func forget(
        _ entry: PooledEntry, isPending: Bool, reason: MempoolChange.Reason, _ change: inout MempoolChange
    ) {
        strike(entry, isPending: isPending)
        if entry.transaction.isBlob { blobStore.remove(entry.transaction) }
        change.dropped.append(MempoolChange.Dropped(transaction: entry.transaction, reason: reason))
    }

    /// The same for one that was included: of a blob transaction the blobs are kept for a while.
    mutating func forgetIncluded(_ entry: PooledEntry, isPending: Bool) {
        strike(entry, isPending: isPending)
        if entry.transaction.isBlob {
            blobStore.keepIncluded(entry.transaction, limit: configuration.includedBlobTransactions)
        }
    }

    private mutating func strike(_ entry: PooledEntry, isPending: Bool) {
        uncount(entry, isPending: isPending)
        byHash[Hash256Key(entry.transaction.hash)] = nil
        for authority in entry.transaction.authorities {
            let key = AddressKey(authority)
            let left = (authorities[key] ?? 0) - 1
            authorities[key] = left > 0 ? left : nil
        }
    }
}
