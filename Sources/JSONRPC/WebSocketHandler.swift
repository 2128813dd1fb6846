import NIOCore

/// One WebSocket connection (RFC 6455), from after its handshake.
final class WebSocketHandler: StreamSink, @unchecked Sendable {
    private var frames: WebSocketFrames
    private var lastPing: NIODeadline?
    private let broadcast: Broadcast?

    init(_ endpoint: HTTPEndpointState, loop: any EventLoop, received: ByteBuffer) {
        frames = WebSocketFrames(messageLimit: endpoint.limits.messageBytes)
        broadcast = endpoint.broadcast
        super.init(
            .webSocket, endpoint.dispatcher, endpoint.limits, endpoint.gate, loop: loop, received: received)
    }

    /// Starts on what came with the handshake.
    func start(isReading: Bool) {
        if let broadcast, let subscriber = peer.subscriber { broadcast.join(subscriber) }
        advance()
        flushIfWritten()
        if isReading { context?.read() }
    }

    override var reserve: Int { 10 }

    override func seal(_ message: inout ByteBuffer) {
        var head = ByteBuffer()
        let length = message.writerIndex - reserve
        WebSocketFrames.writeHead(.text, length: length, to: &head)
        let start = reserve - head.readableBytes
        message.setBuffer(head, at: start)
        message.moveReaderIndex(to: start)
    }

    override var fragmentBytes: Int { frames.heldBytes }

    override func refuseForMemory() {
        frames.drop()
        send(WebSocketFrames.close(1013))
    }

    override var isWithinMessage: Bool { super.isWithinMessage || frames.isWithinMessage }

    override func nextMessage() -> ByteBuffer? {
        do throws(WebSocketFrames.Failure) {
            while !isEnding, let event = try frames.next(&input) {
                switch event {
                case .message(let message): return message
                case .ping(let payload): send(WebSocketFrames.frame(.pong, payload))
                case .pong: lastPing = nil
                case .close(let code):
                    send(WebSocketFrames.close(code))
                    end()
                }
            }
        } catch {
            send(WebSocketFrames.close(error.code))
            end(drains: true)
        }
        return nil
    }

    override func tick(_ now: NIODeadline) {
        guard now > lastHeard + limits.pingInterval else {
            lastPing = nil
            return
        }
        if let lastPing {
            if now > lastPing + limits.pingInterval { cutOff() }
            return
        }
        lastPing = now
        send(WebSocketFrames.frame(.ping, ByteBuffer()))
    }

    override func sayGoodbye() { send(WebSocketFrames.close(1001)) }
}
