public import NIOCore
import Synchronization

/// Who a call came from: one connection, until it closes.
public final class Peer: Sendable {
    /// How the connection speaks.
    public enum Transport: String, Sendable {
        case http, webSocket = "ws", ipc
        /// Without a connection, from this very process.
        case local
    }

    public let transport: Transport
    /// A number no other connection of this process has.
    public let number: UInt64
    /// What sends notifications on the connection; nil over HTTP, where the server cannot speak first.
    public let subscriber: Subscriber?
    private let closed = Atomic<Bool>(false)

    private static let count = Atomic<UInt64>(0)

    init(_ transport: Transport, subscriber: Subscriber? = nil) {
        self.transport = transport
        self.subscriber = subscriber
        number = Self.count.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// Whether the client has gone away, so that an answer would reach nobody.
    public var isClosed: Bool { closed.load(ordering: .relaxed) }

    func close() {
        closed.store(true, ordering: .relaxed)
        subscriber?.close()
    }
}

/// One call, as its handler sees it: valid only while the handler runs.
public struct Call {
    public let peer: Peer
    /// When the server stops waiting for the answer.
    public let deadline: NIODeadline
    public var parameters: Parameters

    /// Whether nobody waits for the answer any more: long work should look now and then.
    public var isCancelled: Bool { peer.isClosed || NIODeadline.now() > deadline }
}
