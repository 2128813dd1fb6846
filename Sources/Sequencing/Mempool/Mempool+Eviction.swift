import Primitives
import StateTransition

/// Making room.
///
/// Only the last transaction of an account can go without leaving others stranded, and it pays no sooner than those before
/// it: so it is worth the lowest price of the run, and accounts are ordered by that.
extension Mempool {
    /// A transaction that was taken out to make room, and from where.
    struct Evicted {
        var entry: PooledEntry
        var account: Int
        var isPending: Bool
    }

    /// Gives the account its places in the orders by which room is made.
    mutating func renewTails(_ index: Int) {
        let isBlob = accounts[index].isBlob
        let pending = accounts[index].pending.last.flatMap { $0.isProtected ? nil : worth(ofRunEnding: $0) }
        let queued = accounts[index].queued.last.flatMap { $0.isProtected ? nil : worthOfQueue(index) }
        let pendingRoom = Room.Kind.pending.rawValue
        let queuedRoom = Room.Kind.queued.rawValue
        let blobRoom = Room.Kind.blobs.rawValue
        setTail(pendingRoom, index, isBlob ? nil : pending)
        setTail(queuedRoom, index, isBlob ? nil : queued)
        guard isBlob else { return setTail(blobRoom, index, nil) }
        if var waiting = queued {
            // Waiting ones before everything that can be executed.
            (waiting.tip, waiting.cap) = (0, 0)
            setTail(blobRoom, index, waiting)
        } else {
            setTail(blobRoom, index, accounts[index].queued.isEmpty ? pending : nil)
        }
    }

    private mutating func setTail(_ room: Int, _ index: Int, _ fees: FeeOrder.Fees?) {
        if let fees { rooms[room].tails.set(index, fees) } else { rooms[room].tails.remove(index) }
    }

    private func worth(ofRunEnding entry: PooledEntry) -> FeeOrder.Fees {
        worth(entry.transaction, tip: entry.lowestTip, cap: entry.lowestCap, arrival: entry.arrival)
    }

    private func worthOfQueue(_ index: Int) -> FeeOrder.Fees? {
        guard let last = accounts[index].queued.last else { return nil }
        var (tip, cap) = (last.tip, last.cap)
        for entry in accounts[index].queued {
            tip = min(tip, entry.tip)
            cap = min(cap, entry.cap)
        }
        return worth(last.transaction, tip: tip, cap: cap, arrival: last.arrival)
    }

    /// What keeping a transaction is worth: nothing where it could not pay for its blobs.
    func worth(_ transaction: PooledTransaction, tip: UInt64, cap: UInt64, arrival: UInt64) -> FeeOrder.Fees {
        if transaction.isBlob, transaction.transaction.maxFeePerBlobGas < head.blobBaseFee {
            return FeeOrder.Fees(tip: 0, cap: 0, arrival: arrival)
        }
        return FeeOrder.Fees(tip: tip, cap: cap, arrival: arrival)
    }

    /// Takes out what pays less than `fees` until there is room for `size` more.
    ///
    /// - Throws: where that is not to be had; then nothing has changed.
    mutating func makeRoom(
        _ kind: Room.Kind, size: Int, fees: FeeOrder.Fees, sender: Address, _ change: inout MempoolChange
    ) throws(MempoolError) {
        let room = kind.rawValue
        guard rooms[room].used + size > rooms[room].limit else { return }
        let baseFee = Int128(rooms[room].tails.baseFee)
        let pays = min(Int128(fees.tip), Int128(fees.cap) - baseFee)
        var evicted: [Evicted] = []
        while rooms[room].used + size > rooms[room].limit {
            guard let cheapest = rooms[room].tails.first else {
                restore(evicted)
                throw .poolFull
            }
            guard cheapest.pays < pays, accounts[cheapest.account].address != sender else {
                restore(evicted)
                throw .underpriced
            }
            guard let entry = evictTail(room, cheapest.account) else {
                restore(evicted)
                throw .poolFull
            }
            evicted.append(entry)
        }
        for entry in evicted { forgetCounted(entry, &change) }
    }

    /// Whether room could be made at all: asked before what is dear to find out, and of the cheapest only.
    func checkRoom(_ kind: Room.Kind, size: Int, fees: FeeOrder.Fees) throws(MempoolError) {
        let room = rooms[kind.rawValue]
        guard room.used + size > room.limit else { return }
        guard let cheapest = room.tails.first else { throw .poolFull }
        let pays = min(Int128(fees.tip), Int128(fees.cap) - Int128(room.tails.baseFee))
        if cheapest.pays >= pays { throw .underpriced }
    }

    /// Drops the cheapest until every limit holds again; what is protected stays.
    mutating func trim(_ change: inout MempoolChange) {
        for room in rooms.indices {
            while rooms[room].used > rooms[room].limit, let cheapest = rooms[room].tails.first,
                let entry = evictTail(room, cheapest.account)
            {
                forgetCounted(entry, &change)
            }
        }
    }

    /// Takes the last transaction of an account in a room out of its account and its counts.
    private mutating func evictTail(_ room: Int, _ account: Int) -> Evicted? {
        let fromQueue =
            room == Room.Kind.queued.rawValue
            || (room == Room.Kind.blobs.rawValue && !accounts[account].queued.isEmpty)
        let entry: PooledEntry
        if fromQueue {
            guard let last = accounts[account].queued.popLast() else { return nil }
            entry = last
        } else {
            guard let last = accounts[account].pending.removeLast() else { return nil }
            accounts[account].pendingCost = accounts[account].pendingCost &- last.transaction.cost
            entry = last
        }
        uncount(entry, isPending: !fromQueue)
        let evicted = Evicted(entry: entry, account: account, isPending: !fromQueue)
        // The account stays where it is, even empty, until it is clear whether the transaction comes back.
        renewTails(account)
        return evicted
    }

    /// Puts back what `evictTail` took, last first.
    private mutating func restore(_ evicted: [Evicted]) {
        for one in evicted.reversed() {
            if one.isPending {
                appendPending(one.account, one.entry)
            } else {
                accounts[one.account].queued.append(one.entry)
                count(one.entry, isPending: false)
            }
            renewTails(one.account)
        }
    }

    /// Forgets what `evictTail` took out of its counts.
    private mutating func forgetCounted(_ evicted: Evicted, _ change: inout MempoolChange) {
        count(evicted.entry, isPending: evicted.isPending)
        forget(evicted.entry, isPending: evicted.isPending, reason: .underpriced, &change)
        if accountIndices[AddressKey(accounts[evicted.account].address)] == evicted.account {
            renewOrders(evicted.account)
        }
    }
}
