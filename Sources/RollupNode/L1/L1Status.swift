public import Derivation
import Synchronization

/// Which blocks of L1 are its newest, safe and final, by the word of its endpoint.
public struct L1Status: Equatable, Sendable {
    public var head: L1BlockReference
    /// Nil where the endpoint names none yet.
    public var safe: L1BlockReference?
    public var finalized: L1BlockReference?

    public init(head: L1BlockReference, safe: L1BlockReference? = nil, finalized: L1BlockReference? = nil) {
        self.head = head
        self.safe = safe
        self.finalized = finalized
    }
}

/// A value that changes, for those who want to hear of it: each sees the newest, and none that was replaced meanwhile.
public final class Latest<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var listeners: [UInt64: AsyncStream<Value>.Continuation] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// The newest; nil before the first.
    public var value: Value? { state.withLock { $0.value } }

    public func set(_ value: Value) {
        let listeners = state.withLock { state in
            state.value = value
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.yield(value) }
    }

    /// The newest, and each that comes after it, until nobody listens any more.
    public func values() -> AsyncStream<Value> {
        let (stream, continuation) = AsyncStream.makeStream(of: Value.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            let id = state.next
            state.next += 1
            state.listeners[id] = continuation
            if let value = state.value { continuation.yield(value) }
            return id
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: id) }
        }
        return stream
    }
}
