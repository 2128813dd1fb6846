public import NIOCore
import Synchronization

/// Messages to everyone who has a WebSocket open on an endpoint.
///
/// What a listener does not read is bounded by the endpoint's `ConnectionLimits.unreadBytes`; who is slower is closed.
public final class Broadcast: Sendable {
    private let listeners = Mutex<[ObjectIdentifier: Subscriber]>([:])
    private let count = Atomic<Int>(0)

    public init() {}

    public var hasListeners: Bool { count.load(ordering: .relaxed) > 0 }

    public var listenerCount: Int { count.load(ordering: .relaxed) }

    /// Sends a text to all listeners, without waiting for any.
    public func send(_ message: ByteBuffer) {
        for listener in listeners.withLock({ Array($0.values) }) { listener.push(message) }
    }

    /// Takes a listener in, who leaves when the connection closes.
    func join(_ subscriber: Subscriber) {
        let id = ObjectIdentifier(subscriber)
        listeners.withLock { $0[id] = subscriber }
        count.wrappingAdd(1, ordering: .relaxed)
        do throws(RPCError) {
            _ = try subscriber.subscribe { [weak self] in self?.leave(id) }
        } catch {
            leave(id)
        }
    }

    private func leave(_ id: ObjectIdentifier) {
        if listeners.withLock({ $0.removeValue(forKey: id) }) != nil { count.wrappingSubtract(1, ordering: .relaxed) }
    }
}
