public import NIOCore
import Synchronization

/// Sends notifications on one WebSocket or IPC connection, from any thread.
///
/// What the client does not read is bounded: beyond `MessageLimits`' queue the connection is closed, and every
/// subscription's `onCancel` runs.
public final class Subscriber: Sendable {
    private struct State {
        var sink: StreamSink?
        var cancellations: [SubscriptionID: @Sendable () -> Void] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())
    /// Bytes on their way to the loop.
    private let queuedBytes = Atomic<Int>(0)
    private let queueLimit: Int
    private let subscriptionLimit: Int
    private let budget: MemoryBudget

    init(queueLimit: Int, subscriptionLimit: Int, budget: MemoryBudget) {
        self.budget = budget
        self.queueLimit = queueLimit
        self.subscriptionLimit = subscriptionLimit
    }

    func attach(_ sink: StreamSink) { state.withLock { $0.sink = sink } }

    /// Opens a subscription. `onCancel` runs once: when the client ends it or the connection closes.
    public func subscribe(onCancel: @escaping @Sendable () -> Void) throws(RPCError) -> SubscriptionID {
        let id = SubscriptionID(number: UInt128.random(in: .min ... .max))
        let refusal: RPCError? = state.withLock { state in
            if state.isClosed { return .internalError("connection closed") }
            if state.cancellations.count >= subscriptionLimit {
                return RPCError(code: -32005, message: "too many subscriptions on this connection")
            }
            state.cancellations[id] = onCancel
            return nil
        }
        if let refusal { throw refusal }
        return id
    }

    /// Ends a subscription; false where there is none of that id.
    public func cancel(_ id: SubscriptionID) -> Bool {
        guard let onCancel = state.withLock({ $0.cancellations.removeValue(forKey: id) }) else { return false }
        onCancel()
        return true
    }

    /// Sends the notification `{"method": method, "params": {"subscription": id, "result": result}}`.
    ///
    /// - Parameter result: JSON text; the same buffer may go to many subscribers.
    public func notify(_ id: SubscriptionID, method: StaticString = "eth_subscription", result: ByteBuffer) {
        var json = JSONWriter(ByteBufferAllocator().buffer(capacity: result.readableBytes + 160))
        json.beginObject()
        json.key("jsonrpc")
        json.raw("\"2.0\"")
        json.key("method")
        json.raw("\"")
        json.buffer.writeStaticString(method)
        json.buffer.writeStaticString("\"")
        json.key("params")
        json.beginObject()
        json.key("subscription")
        json.string(id.description)
        json.key("result")
        json.raw(result)
        json.endObject()
        json.endObject()
        send(json.buffer)
    }

    /// Sends a message of any form.
    func push(_ message: ByteBuffer) { send(message) }

    private func send(_ message: ByteBuffer) {
        guard let sink = state.withLock({ $0.sink }) else { return }
        let size = message.readableBytes
        let queued = queuedBytes.wrappingAdd(size, ordering: .relaxed).newValue
        guard queued <= queueLimit, budget.take(size) else {
            queuedBytes.wrappingSubtract(size, ordering: .relaxed)
            return sink.loop.execute { sink.cutOff() }
        }
        sink.loop.execute {
            self.queuedBytes.wrappingSubtract(size, ordering: .relaxed)
            self.budget.giveBack(size)
            sink.push(message)
        }
    }

    /// Closes the connection: its client could not be told all that it wants to hear.
    public func cutOff() {
        guard let sink = state.withLock({ $0.sink }) else { return }
        sink.loop.execute { sink.cutOff() }
    }

    /// Ends all subscriptions: the connection is gone.
    func close() {
        let cancellations = state.withLock { state in
            state.isClosed = true
            state.sink = nil
            defer { state.cancellations = [:] }
            return state.cancellations
        }
        for onCancel in cancellations.values { onCancel() }
    }
}

/// The name of a subscription on its connection: 128 random bits.
public struct SubscriptionID: Hashable, Sendable, CustomStringConvertible {
    let number: UInt128

    init(number: UInt128) { self.number = number }

    /// Reads `0x` and 1 to 32 hexadecimal digits.
    public init?(_ text: String) {
        guard text.hasPrefix("0x"), let number = UInt128(text.dropFirst(2), radix: 16) else { return nil }
        self.number = number
    }

    public var description: String { "0x" + String(number, radix: 16) }
}
