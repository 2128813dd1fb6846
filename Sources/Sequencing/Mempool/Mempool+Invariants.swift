import Primitives
import StateTransition

extension Mempool {
    /// What should hold of the tables and does not; for tests.
    ///
    /// - Complexity: O(n).
    package var brokenInvariants: [String] {
        var broken: [String] = []
        func check(_ holds: Bool, _ what: @autoclosure () -> String) { if !holds { broken.append(what()) } }
        var used = [0, 0, 0]
        var (pending, queued) = (0, 0)
        for (key, index) in accountIndices {
            let account = accounts[index]
            check(account.address == key.value, "index of an account")
            check(!account.isEmpty, "an account without transactions")
            broken += Self.brokenInvariants(of: account)
            pending += account.pending.count
            queued += account.queued.count
            for (entries, isPending) in [(Array(account.pending.all), true), (account.queued, false)] {
                for entry in entries {
                    used[Room.Kind(entry.transaction, isPending: isPending).rawValue] += size(of: entry.transaction)
                    check(byHash[Hash256Key(entry.transaction.hash)] === entry.transaction, "index of a transaction")
                }
            }
            check(waiting.contains(index) == !account.queued.isEmpty, "time of waiting transactions")
            check((heads.fees(of: index) == nil) == account.pending.isEmpty, "order of accounts")
            let isBlob = account.isBlob
            for (room, entry) in [(Room.Kind.pending, account.pending.last), (.queued, account.queued.last)] {
                let isMember = entry.map { !isBlob && !$0.isProtected } ?? false
                check((rooms[room.rawValue].tails.fees(of: index) != nil) == isMember, "who may have to go")
            }
            let tail = rooms[Room.Kind.pending.rawValue].tails.fees(of: index)
            if let tail, let last = account.pending.last {
                check(tail.tip == last.lowestTip && tail.cap == last.lowestCap, "what the last is worth")
                check(tail.arrival == last.arrival, "arrival of the last")
            }
            if let first = account.pending.first, configuration.ordering == .effectiveTip {
                check(heads.fees(of: index)?.tip == first.tip, "place in the order of accounts")
            }
        }
        check(pending == pendingCount && queued == queuedCount, "counts")
        check(pending + queued == byHash.count, "number of transactions")
        for (room, used) in zip(rooms, used) {
            check(room.used == used, "room in use")
            let least = room.tails.members.compactMap { room.tails.fees(of: $0) }.map { fees in
                min(Int128(fees.tip), Int128(fees.cap) - Int128(room.tails.baseFee))
            }.min()
            check(room.tails.first?.pays == least, "who has to go first")
        }
        check(accountIndices.count + freeAccounts.count == accounts.count, "free places of accounts")
        return broken
    }

    private static func brokenInvariants(of account: SenderTransactions) -> [String] {
        var broken: [String] = []
        var cost = UInt256.zero
        var (tip, cap) = (UInt64.max, UInt64.max)
        for (place, entry) in account.pending.all.enumerated() {
            if entry.nonce != account.state.nonce + UInt64(place) { broken.append("nonces of a run") }
            cost = cost.adding(entry.transaction.cost) ?? .max
            (tip, cap) = (min(tip, entry.tip), min(cap, entry.cap))
            if entry.lowestTip != tip || entry.lowestCap != cap { broken.append("lowest prices of a run") }
        }
        if cost != account.pendingCost { broken.append("cost of a run") }
        if cost > account.state.balance { broken.append("a run that the balance does not cover") }
        for (entry, next) in zip(account.queued, account.queued.dropFirst()) where entry.nonce >= next.nonce {
            broken.append("order of waiting transactions")
        }
        for entry in account.queued where account.pending.index(of: entry.nonce) != nil {
            broken.append("a nonce both executable and waiting")
        }
        if let first = account.queued.first, first.nonce < account.state.nonce { broken.append("a used nonce") }
        return broken
    }
}
