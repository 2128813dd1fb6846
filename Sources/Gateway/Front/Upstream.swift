import JSONRPC
import NIOCore

/// Whom a connection to a rollup's process tells what comes.
protocol UpstreamClient: AnyObject {
    var takesMore: Bool { get }
    /// An answer begins.
    ///
    func begin(_ head: AnswerHead)
    /// From now on everything goes both ways as it comes, the answer to the handshake first.
    func openTunnel()
    /// What comes of the body, or in a tunnel.
    func relay(_ bytes: ByteBuffer)
    /// The answer is whole.
    func answered()
    /// Nothing more has come for now.
    func upstreamHasPaused()
    /// The connection is gone; where an answer was awaited, it is not whole.
    func lost(_ upstream: Upstream)
    func upstreamIsWritable()
}

/// A connection to a rollup's process: passes answers on as they come, one after the other, or everything both ways.
///
/// Confined to its loop.
final class Upstream: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Stage: Equatable {
        case between
        case head
        /// An answer that may open a tunnel.
        case handshake
        case body(left: Int)
        case tunnel
    }

    let address: PlaceAddress
    private weak var client: (any UpstreamClient)?
    private var context: ChannelHandlerContext?
    private var stage = Stage.between
    private var input = ByteBuffer()
    private var readIsHeld = false
    /// Bytes of an answer's head.
    private static let headLimit = 16 << 10

    init(_ address: PlaceAddress, client: any UpstreamClient) {
        self.address = address
        self.client = client
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Whether another request can go this way.
    var isFree: Bool { stage == .between && context?.channel.isActive == true && input.readableBytes == 0 }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Sends a request; once an answer has opened a tunnel, all that comes back is passed on as it is.
    func send(_ request: ByteBuffer, isTunnel: Bool) {
        stage = isTunnel ? .handshake : .head
        write(request)
    }

    func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    func close() {
        client = nil
        context?.close(promise: nil)
    }

    // MARK: The channel

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        switch stage {
        case .tunnel: client?.relay(part)
        // Nobody asked.
        case .between: context.close(promise: nil)
        case .head, .handshake:
            if input.readableBytes == 0 { input = part } else { input.writeBuffer(&part) }
            readHead(context)
        case .body: relayBody(part, context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { client?.upstreamHasPaused() }

    private func readHead(_ context: ChannelHandlerContext) {
        let end = input.withUnsafeReadableBytes { RequestHead.end(in: $0, from: 0) }
        guard let end, end <= Self.headLimit, let text = input.readSlice(length: end) else {
            if input.readableBytes > Self.headLimit { context.close(promise: nil) }
            return
        }
        if case .handshake = stage, String(buffer: text).hasPrefix("HTTP/1.1 101 ") {
            stage = .tunnel
            var first = text
            first.writeBuffer(&input)
            client?.openTunnel()
            client?.relay(first)
            return
        }
        // The node's answers have a length.
        guard let head = AnswerHead(text) else { return context.close(promise: nil) }
        stage = .body(left: head.length)
        let rest = input
        input = ByteBuffer()
        client?.begin(head)
        relayBody(rest, context)
    }

    private func relayBody(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
        guard case .body(let left) = stage else { return }
        let count = min(left, part.readableBytes)
        if count > 0, let body = part.getSlice(at: part.readerIndex, length: count) { client?.relay(body) }
        guard case .body(let left) = stage else { return }
        stage = .body(left: left - count)
        guard left == count else { return }
        stage = .between
        if part.readableBytes > count { context.close(promise: nil) }
        client?.answered()
    }

    func channelInactive(context: ChannelHandlerContext) {
        let client = client
        self.client = nil
        client?.lost(self)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func read(context: ChannelHandlerContext) {
        if client?.takesMore ?? true { context.read() } else { readIsHeld = true }
    }

    /// The client takes more again.
    func resume() {
        guard readIsHeld, let context else { return }
        readIsHeld = false
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { client?.upstreamIsWritable() }
        context.fireChannelWritabilityChanged()
    }
}
