public import Primitives
import StateTransition

/// The executable transactions, best first, each sender's in the order of their nonces.
///
/// A snapshot: what happens to the pool while it is in use does not show, and costs a copy of the pool's tables, so it is
/// best dropped before. The user takes what blocks have used off `gasAvailable` and `blobsAvailable`.
///
/// - Complexity: O(log n) a transaction, n being those that have been looked at; making one is O(1).
public struct BestTransactions: Sequence, IteratorProtocol, Sendable {
    /// What is left in the block; transactions with a higher gas limit are passed over, with their senders.
    public var gasAvailable: UInt64
    /// Likewise for blobs.
    public var blobsAvailable: Int

    private let accounts: [SenderTransactions]
    private let tipBound: [IndexedHeap.Node]
    private let capBound: [IndexedHeap.Node]
    private let baseFee: UInt256
    private let blobBaseFee: UInt256
    private let ordering: MempoolConfiguration.Ordering
    private var candidates: [Candidate] = []
    /// Whose transaction was given last, and its place in the run.
    private var current: (account: Int, index: Int)?

    /// The first transaction of an account at a node of the pool's heaps, or a later one of an account.
    private struct Candidate: Sendable {
        enum Place: UInt8, Sendable {
            case tipBound
            case capBound
            case run
        }

        var pays: UInt64
        /// Wins among equals where it is higher.
        var secondary: UInt64
        var place: Place
        /// The node, or the account.
        var position: UInt32
        /// Where in the account's run.
        var index: UInt32

        @inline(__always)
        func isAbove(_ other: Candidate) -> Bool {
            pays > other.pays || (pays == other.pays && secondary > other.secondary)
        }
    }

    init(_ pool: Mempool, baseFee: UInt256, blobBaseFee: UInt256, gasLimit: UInt64) {
        gasAvailable = gasLimit
        blobsAvailable = pool.head.blobLimit
        accounts = pool.accounts
        tipBound = pool.heads.tipBound.nodes
        capBound = pool.heads.capBound.nodes
        self.baseFee = baseFee
        self.blobBaseFee = blobBaseFee
        ordering = pool.configuration.ordering
        candidates.reserveCapacity(64)
        pushNode(.tipBound, 0)
        pushNode(.capBound, 0)
    }

    /// The next transaction; nil where none is left that the block has room for.
    public mutating func next() -> PooledTransaction? {
        if let (account, index) = current {
            current = nil
            pushRun(account, index + 1)
        }
        guard gasAvailable >= 21_000 else { return nil }
        while let best = pop() {
            var account = Int(best.position)
            if best.place != .run {
                let nodes = best.place == .tipBound ? tipBound : capBound
                account = Int(nodes[Int(best.position)].member)
                pushNode(best.place, 2 * Int(best.position) + 1)
                pushNode(best.place, 2 * Int(best.position) + 2)
            }
            let pooled = accounts[account].pending[Int(best.index)].transaction
            guard isPayable(pooled) else { continue }
            current = (account, Int(best.index))
            return pooled
        }
        return nil
    }

    /// Passes over the other transactions of the sender whose transaction was given last: it could not be executed, and so
    /// they cannot.
    public mutating func skipSender() { current = nil }

    @inline(__always)
    private func isPayable(_ pooled: PooledTransaction) -> Bool {
        guard pooled.transaction.gasLimit <= gasAvailable, pooled.transaction.maxFeePerGas >= baseFee else {
            return false
        }
        if !pooled.isBlob { return true }
        return pooled.blobCount <= blobsAvailable && pooled.transaction.maxFeePerBlobGas >= blobBaseFee
    }

    private mutating func pushNode(_ place: Candidate.Place, _ position: Int) {
        let nodes = place == .tipBound ? tipBound : capBound
        guard position < nodes.count else { return }
        let node = nodes[position]
        var pays = node.primary
        if place == .capBound {
            // Below it nobody pays the base fee either.
            guard pays >= baseFee.clampedToUInt64 else { return }
            pays -= baseFee.clampedToUInt64
        }
        push(
            Candidate(
                pays: pays, secondary: node.secondary, place: place,
                position: UInt32(truncatingIfNeeded: position), index: 0))
    }

    private mutating func pushRun(_ account: Int, _ index: Int) {
        guard index < accounts[account].pending.count else { return }
        let entry = accounts[account].pending[index]
        var pays: UInt64 = 0
        if ordering == .effectiveTip {
            let price = baseFee.clampedToUInt64
            guard entry.cap >= price else { return }
            pays = Swift.min(entry.tip, entry.cap - price)
        }
        push(
            Candidate(
                pays: pays, secondary: ~entry.arrival, place: .run,
                position: UInt32(truncatingIfNeeded: account), index: UInt32(truncatingIfNeeded: index)))
    }

    // MARK: The heap of candidates

    private mutating func push(_ candidate: Candidate) {
        candidates.append(candidate)
        var position = candidates.count - 1
        while position > 0, candidate.isAbove(candidates[(position - 1) / 2]) {
            candidates[position] = candidates[(position - 1) / 2]
            position = (position - 1) / 2
        }
        candidates[position] = candidate
    }

    private mutating func pop() -> Candidate? {
        guard let best = candidates.first else { return nil }
        let last = candidates.removeLast()
        var position = 0
        while true {
            var child = 2 * position + 1
            guard child < candidates.count else { break }
            if child + 1 < candidates.count, candidates[child + 1].isAbove(candidates[child]) { child += 1 }
            guard candidates[child].isAbove(last) else { break }
            candidates[position] = candidates[child]
            position = child
        }
        if position < candidates.count { candidates[position] = last }
        return best
    }
}

extension Mempool {
    /// The executable transactions in the configured order, for a block with these prices.
    ///
    /// - Parameters:
    ///   - baseFee: wei a gas; nil for that of the head's next block.
    ///   - blobBaseFee: wei a blob gas; likewise.
    ///   - gasLimit: of the block; likewise.
    /// - Complexity: O(1), and with a base fee other than the pool's what `apply` would cost for it.
    public mutating func best(
        baseFee: UInt256? = nil, blobBaseFee: UInt256? = nil, gasLimit: UInt64? = nil
    ) -> BestTransactions {
        let baseFee = baseFee ?? head.baseFee
        heads.setBaseFee(baseFee.clampedToUInt64)
        return BestTransactions(
            self, baseFee: baseFee, blobBaseFee: blobBaseFee ?? head.blobBaseFee, gasLimit: gasLimit ?? head.gasLimit)
    }
}
