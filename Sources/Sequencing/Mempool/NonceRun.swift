import Primitives
import StateTransition

/// A transaction at its place in the pool.
struct PooledEntry {
    var transaction: PooledTransaction
    /// Its number in the order of admission.
    var arrival: UInt64
    /// Wei a gas, at most 2⁶⁴ − 1.
    var tip: UInt64
    /// Wei a gas, at most 2⁶⁴ − 1.
    var cap: UInt64
    /// The lowest tip and cap from the first of the run to this one, which can pay no sooner than those.
    var lowestTip: UInt64
    var lowestCap: UInt64
    /// Whether it stays however little it pays: it is the node's own, or was promised a place.
    var isProtected: Bool

    init(_ transaction: PooledTransaction, arrival: UInt64, isProtected: Bool) {
        self.transaction = transaction
        self.arrival = arrival
        self.isProtected = isProtected
        tip = transaction.transaction.maxPriorityFeePerGas.clampedToUInt64
        cap = transaction.transaction.maxFeePerGas.clampedToUInt64
        lowestTip = tip
        lowestCap = cap
    }

    var nonce: UInt64 { transaction.transaction.nonce }
}

/// Transactions of one account with consecutive nonces.
///
/// - Complexity: appending, and removing at either end, are O(1) amortised, beside the renewal of the lowest prices: that
///   ends at the first transaction for which they stay what they were.
struct NonceRun {
    /// The run is what begins at `start`; what lies before it was taken off and is no longer than the run.
    private var entries: [PooledEntry] = []
    private var start = 0

    var count: Int { entries.count &- start }
    var isEmpty: Bool { entries.count == start }
    var first: PooledEntry? { isEmpty ? nil : entries[start] }
    var last: PooledEntry? { isEmpty ? nil : entries[entries.count - 1] }
    var all: ArraySlice<PooledEntry> { entries[start...] }

    subscript(index: Int) -> PooledEntry {
        @inline(__always) _read { yield entries[start &+ index] }
    }

    /// The place of a nonce.
    func index(of nonce: UInt64) -> Int? {
        guard let first, nonce >= first.nonce, nonce &- first.nonce < UInt64(count) else { return nil }
        return Int(nonce &- first.nonce)
    }

    mutating func append(_ entry: PooledEntry) {
        var entry = entry
        if let last {
            entry.lowestTip = min(entry.tip, last.lowestTip)
            entry.lowestCap = min(entry.cap, last.lowestCap)
        } else {
            entry.lowestTip = entry.tip
            entry.lowestCap = entry.cap
        }
        entries.append(entry)
    }

    /// Puts another transaction in the place of one with the same nonce.
    mutating func replace(at index: Int, with entry: PooledEntry) {
        entries[start + index] = entry
        renewLowest(from: start + index, changed: true)
    }

    mutating func protect(at index: Int) { entries[start + index].isProtected = true }

    mutating func removeFirst(_ count: Int) {
        start += min(count, self.count)
        if start * 2 >= entries.count {
            entries.removeFirst(start)
            start = 0
        }
        renewLowest(from: start, changed: false)
    }

    mutating func removeLast() -> PooledEntry? {
        guard !isEmpty else { return nil }
        let entry = entries.removeLast()
        if isEmpty {
            entries.removeAll()
            start = 0
        }
        return entry
    }

    /// Takes off everything from `index` on.
    mutating func removeFrom(_ index: Int) -> [PooledEntry] {
        guard index < count else { return [] }
        let removed = Array(entries[(start + index)...])
        entries.removeLast(removed.count)
        return removed
    }

    private mutating func renewLowest(from position: Int, changed: Bool) {
        var position = position
        var mustGoOn = changed
        while position < entries.count {
            var tip = entries[position].tip
            var cap = entries[position].cap
            if position > start {
                tip = min(tip, entries[position - 1].lowestTip)
                cap = min(cap, entries[position - 1].lowestCap)
            }
            if !mustGoOn, entries[position].lowestTip == tip, entries[position].lowestCap == cap { return }
            entries[position].lowestTip = tip
            entries[position].lowestCap = cap
            mustGoOn = false
            position += 1
        }
    }
}
