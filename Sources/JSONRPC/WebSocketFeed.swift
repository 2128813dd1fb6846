public import NIOCore
import NIOPosix

/// Why a WebSocket gives no more messages.
public enum WebSocketFeedError: Error, Equatable, Sendable {
    case unreachable(String)
    /// The server does not speak WebSocket there.
    case refused(String)
    /// The server broke the protocol, or sent a message that is too long; with the code of RFC 6455, section 7.4.
    case breach(UInt16)
    /// The server closed the connection.
    case ended
    /// Nothing came for too long.
    case silent

    /// What is the matter, for people.
    public var message: String {
        switch self {
        case .unreachable(let why): "cannot be reached (\(why))"
        case .refused(let why): "opens no WebSocket: \(why)"
        case .breach(1009): "sent a message that is too long"
        case .breach(let code): "broke the WebSocket protocol (\(code))"
        case .ended: "closed the connection"
        case .silent: "said nothing for too long"
        }
    }
}

/// Listens to what a WebSocket endpoint pushes.
///
/// A message is held in memory until the one before it was dealt with; the rest waits with the server.
public struct WebSocketFeed: Sendable {
    public let address: WebSocketAddress
    /// Bytes of a message.
    public var messageLimit = 16 << 20
    public var connectTimeout = TimeAmount.seconds(5)
    /// How long nothing may come, a ping included.
    public var silence = TimeAmount.seconds(30)

    public init(_ address: WebSocketAddress) { self.address = address }

    /// Opens the WebSocket and listens until the task is cancelled or `body` says so.
    ///
    /// - Parameter body: is given each message, the next one when it has returned; whether to go on.
    /// - Throws: whatever else ends it.
    public func listen(_ body: (ByteBuffer) async -> Bool) async throws(WebSocketFeedError) {
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(connectTimeout)
                .connect(host: address.host, port: address.port) { [silence] channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(IdleStateHandler(readTimeout: silence))
                        try channel.pipeline.syncOperations.addHandler(SilenceHandler())
                        return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            try await channel.executeThenClose { inbound, outbound in
                try await listen(inbound, outbound, body)
            }
        } catch let error as WebSocketFeedError {
            throw error
        } catch is CancellationError {
            return
        } catch is SilenceHandler.Silence {
            throw .silent
        } catch {
            if Task.isCancelled { return }
            throw .unreachable(Self.reason(error))
        }
    }

    private func listen(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        _ body: (ByteBuffer) async -> Bool
    ) async throws {
        var dialogue = WebSocketDialogue(
            address, key: (0..<16).map { _ in UInt8.random(in: .min ... .max) }, messageLimit: messageLimit)
        try await outbound.write(dialogue.request)
        for try await bytes in inbound {
            dialogue.receive(bytes)
            while let event = try dialogue.next() {
                switch event {
                case .opened: continue
                case .message(let message): if await !body(message) { return }
                case .reply(let frame): try await outbound.write(frame)
                case .ended: throw WebSocketFeedError.ended
                }
            }
        }
        if !Task.isCancelled { throw WebSocketFeedError.ended }
    }

    /// What went wrong with a connection, in a line.
    private static func reason(_ error: any Error) -> String {
        if let error = error as? NIOConnectionError, let first = error.connectionErrors.first {
            return reason(first.error)
        }
        if let error = error as? IOError { return error.description }
        return "\(error)"
    }
}

/// Ends a connection on which nothing comes.
private final class SilenceHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    struct Silence: Error {}

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
        context.fireErrorCaught(Silence())
        context.close(promise: nil)
    }
}
