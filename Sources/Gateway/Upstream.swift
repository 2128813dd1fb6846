import JSONRPC
import NIOCore

/// Whom a connection to a rollup's process tells what comes.
protocol UpstreamClient: AnyObject {
    var takesMore: Bool { get }
    /// Header lines to add to the answer's head.
    var extraLines: [String] { get }
    func relay(_ bytes: ByteBuffer)
    /// The answer is whole.
    func answered()
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

    /// Sends a request; all that comes back is passed on as it is where it opens a tunnel.
    func send(_ request: ByteBuffer, isTunnel: Bool) {
        stage = isTunnel ? .tunnel : .head
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
        case .head:
            input.writeBuffer(&part)
            readHead(context)
        case .body: relayBody(part, context)
        }
    }

    private func readHead(_ context: ChannelHandlerContext) {
        let end = input.withUnsafeReadableBytes { RequestHead.end(in: $0, from: 0) }
        guard let end, end <= Self.headLimit, let text = input.readString(length: end) else {
            if input.readableBytes > Self.headLimit { context.close(promise: nil) }
            return
        }
        var length: Int?
        var head = ByteBufferAllocator().buffer(capacity: end + 256)
        for line in text.split(separator: "\r\n") {
            let lower = line.lowercased()
            if lower.hasPrefix("content-length:") {
                length = Int(line.dropFirst(15).filter { $0 != " " })
            } else if lower.hasPrefix("connection:") {
                continue
            }
            head.writeString("\(line)\r\n")
        }
        // The node's answers have a length.
        guard let length, length >= 0 else { return context.close(promise: nil) }
        for line in client?.extraLines ?? [] { head.writeString("\(line)\r\n") }
        head.writeStaticString("\r\n")
        stage = .body(left: length)
        let rest = input
        input = ByteBuffer()
        let whole = min(rest.readableBytes, length)
        if let body = rest.getSlice(at: rest.readerIndex, length: whole) { head.writeImmutableBuffer(body) }
        client?.relay(head)
        advance(whole, rest.readableBytes, context)
    }

    private func relayBody(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
        guard case .body(let left) = stage else { return }
        let count = min(left, part.readableBytes)
        if let body = part.getSlice(at: part.readerIndex, length: count) { client?.relay(body) }
        advance(count, part.readableBytes, context)
    }

    private func advance(_ taken: Int, _ given: Int, _ context: ChannelHandlerContext) {
        guard case .body(let left) = stage else { return }
        stage = .body(left: left - taken)
        guard left == taken else { return }
        stage = .between
        if given > taken { context.close(promise: nil) }
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
