import Primitives

/// What the pool holds of one account.
struct SenderTransactions {
    let address: Address
    var state: SenderState
    /// Executable one after the other: their nonces follow the account's, and its balance covers them all together.
    var pending = NonceRun()
    /// The rest, in order of nonce: there is a gap before them, or the balance does not reach for them too.
    var queued: [PooledEntry] = []
    /// The greatest cost of all that is pending, wei; never over the balance.
    var pendingCost = UInt256.zero

    init(address: Address, state: SenderState) {
        self.address = address
        self.state = state
    }

    var isEmpty: Bool { pending.isEmpty && queued.isEmpty }
    var count: Int { pending.count + queued.count }

    /// The nonce after everything that is pending.
    var pendingNonce: UInt64 { state.nonce &+ UInt64(pending.count) }

    /// Whether what it has are blob transactions: an account has those or others, not both.
    var isBlob: Bool { (pending.last ?? queued.first)?.transaction.isBlob ?? false }

    /// The place in `queued` of the first transaction whose nonce is not below `nonce`.
    func queuedIndex(from nonce: UInt64) -> Int {
        var low = 0
        var high = queued.count
        while low < high {
            let middle = (low + high) / 2
            if queued[middle].nonce < nonce { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The transaction with this nonce.
    func entry(nonce: UInt64) -> PooledEntry? {
        if let index = pending.index(of: nonce) { return pending[index] }
        let index = queuedIndex(from: nonce)
        return index < queued.count && queued[index].nonce == nonce ? queued[index] : nil
    }

    /// Whether the transaction could be pending next.
    func isNext(_ entry: PooledEntry) -> Bool {
        guard entry.nonce == pendingNonce, let cost = pendingCost.adding(entry.transaction.cost) else { return false }
        return cost <= state.balance
    }
}
