import Synchronization

/// Bounds what all connections of a server hold together: requests that have come in part or wait for their answers, and
/// answers that clients have not taken.
///
/// When it is used up, the connection that has been holding bytes for longest has to go: who trickles pays, and who sends
/// or reads at a usual pace is served however many others do not. Where nobody can go the newcomer is refused.
final class MemoryBudget: Sendable {
    private struct Entry {
        var bytes = 0
        /// When it began to hold what it holds, as a number that grows.
        var since: UInt64 = 0
        var isEvicted = false
        let evict: @Sendable () -> Void
    }

    private struct State {
        var held = 0
        var clock: UInt64 = 0
        var entries: [ObjectIdentifier: Entry] = [:]
    }

    /// Who holds less than this never has to go for others: it would free next to nothing.
    private static let smallest = 8 << 10

    let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// Bytes that are held now.
    var held: Int { state.withLock { $0.held } }

    /// Takes bytes that nobody can be made to give back early; false where there is no room.
    func take(_ bytes: Int) -> Bool { change(nil) { _ in bytes } }

    /// Gives back what was taken.
    func giveBack(_ bytes: Int) { state.withLock { $0.held -= bytes } }

    fileprivate func register(_ id: ObjectIdentifier, _ evict: @escaping @Sendable () -> Void) {
        state.withLock { $0.entries[id] = Entry(evict: evict) }
    }

    fileprivate func unregister(_ id: ObjectIdentifier) {
        state.withLock { state in
            guard let entry = state.entries.removeValue(forKey: id) else { return }
            state.held -= entry.bytes
        }
    }

    /// Has a connection hold so many bytes in all; false where there is no room, or where it has been chosen to go and
    /// still holds something.
    fileprivate func hold(_ id: ObjectIdentifier, _ bytes: Int, anew: Bool) -> Bool {
        change(id) { state in
            guard var entry = state.entries[id] else { return nil }
            if entry.isEvicted {
                guard bytes == 0 else { return nil }
                entry.isEvicted = false
            }
            if entry.bytes == 0 || anew {
                state.clock += 1
                entry.since = state.clock
            }
            let difference = bytes - entry.bytes
            if difference <= 0 { entry.bytes = bytes }
            state.entries[id] = entry
            return difference
        }
    }

    /// Changes what is held by what `difference` gives, nil for a refusal; where that is too much others have to go.
    private func change(_ id: ObjectIdentifier?, by difference: (inout State) -> Int?) -> Bool {
        var evictions: [@Sendable () -> Void] = []
        let isHeld = state.withLock { state in
            guard let difference = difference(&state) else { return false }
            guard difference > 0 else {
                state.held += difference
                return true
            }
            guard difference <= limit else { return false }
            while state.held + difference > limit {
                let oldest = state.entries.lazy
                    .filter { $0.value.bytes + ($0.key == id ? difference : 0) >= Self.smallest }
                    .min { $0.value.since < $1.value.since }
                guard let oldest, oldest.key != id else { return false }
                state.held -= oldest.value.bytes
                state.entries[oldest.key]?.bytes = 0
                state.entries[oldest.key]?.isEvicted = true
                evictions.append(oldest.value.evict)
            }
            state.held += difference
            if let id { state.entries[id]?.bytes += difference }
            return true
        }
        for evict in evictions { evict() }
        return isHeld
    }
}

/// What one connection holds of a budget; gives it back when it is released. Confined to the connection's loop.
final class MemoryClaim {
    private let budget: MemoryBudget
    private let evict: @Sendable () -> Void
    private var bytes = 0
    private var isRegistered = false

    /// - Parameter evict: called from any thread when the connection has to go: it then settles with what it still holds.
    init(_ budget: MemoryBudget, evict: @escaping @Sendable () -> Void) {
        self.budget = budget
        self.evict = evict
    }

    /// Holds so many bytes in all from now on; false where the connection has to go.
    ///
    /// - Parameter anew: whether they are others than before, so that the connection has not held them for long.
    func hold(_ bytes: Int, anew: Bool = false) -> Bool {
        if bytes == self.bytes && (bytes == 0 || !anew) { return true }
        self.bytes = bytes
        if !isRegistered { budget.register(ObjectIdentifier(self), evict) }
        isRegistered = true
        return budget.hold(ObjectIdentifier(self), bytes, anew: anew)
    }

    /// Settles after the connection has been chosen to go; whether it may stay, as it holds nothing any more.
    func settleEviction(_ bytes: Int) -> Bool {
        guard isRegistered else { return hold(bytes) }
        self.bytes = bytes
        return budget.hold(ObjectIdentifier(self), bytes, anew: false)
    }

    deinit { if isRegistered { budget.unregister(ObjectIdentifier(self)) } }
}

/// What a message under way takes of a budget, until it is released. One thread at a time uses it.
final class MemoryLoan {
    private let budget: MemoryBudget
    private(set) var bytes = 0

    init(_ budget: MemoryBudget) { self.budget = budget }

    /// Takes more, so that it is so many bytes in all; false where there is no room.
    func grow(to bytes: Int) -> Bool {
        guard bytes > self.bytes else { return true }
        guard budget.take(bytes - self.bytes) else { return false }
        self.bytes = bytes
        return true
    }

    deinit { budget.giveBack(bytes) }
}
