public import Storage
import Synchronization

/// What happened to the chain.
public struct ChainEvent: Sendable {
    /// Blocks that are no longer in the chain, newest first; those that were never executed here are left out.
    public var removed: [SealedBlock] = []
    /// Blocks that are in the chain now, oldest first.
    public var added: [SealedBlock] = []
    public var head: BlockReference
    public var safe: BlockReference?
    public var finalized: BlockReference?
}

/// Names an observer, to be rid of it again.
public struct ObserverID: Hashable, Sendable {
    let number: UInt64
}

/// Who wants to hear of events.
final class Observers<Event: Sendable>: Sendable {
    private struct State {
        var observers: [(id: ObserverID, body: @Sendable (Event) -> Void)] = []
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    func add(_ body: @escaping @Sendable (Event) -> Void) -> ObserverID {
        state.withLock { state in
            let id = ObserverID(number: state.next)
            state.next += 1
            state.observers.append((id, body))
            return id
        }
    }

    func remove(_ id: ObserverID) { state.withLock { $0.observers.removeAll { $0.id == id } } }

    func notify(_ event: Event) {
        for observer in state.withLock({ $0.observers }) { observer.body(event) }
    }
}
