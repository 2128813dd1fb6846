import NIOCore
import NIOPosix

/// Asks a rollup's process for one of its pages, on a connection of its own.
final class PlaceProbe: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let path: String
    private let promise: EventLoopPromise<String?>
    private var answer = ByteBuffer()
    private var channel: (any Channel)?
    private var isDone = false

    /// Bytes of an answer.
    private static let limit = 1 << 20

    /// - Returns: with `answer`, which gets the page, or nil where there is none.
    static func ask(
        port: Int, _ path: String, on loop: any EventLoop, answer: @escaping @Sendable (String?) -> Void
    ) -> PlaceProbe {
        let probe = PlaceProbe(path, loop)
        probe.promise.futureResult.whenSuccess(answer)
        ClientBootstrap(group: loop)
            .channelInitializer { channel in channel.pipeline.addHandler(probe) }
            .connect(host: "127.0.0.1", port: port)
            .whenFailure { _ in probe.finish(nil) }
        return probe
    }

    private init(_ path: String, _ loop: any EventLoop) {
        self.path = path
        promise = loop.makePromise(of: String?.self)
    }

    /// Gives up.
    func cancel() {
        finish(nil)
        channel?.close(promise: nil)
    }

    private func finish(_ page: String?) {
        guard !isDone else { return }
        isDone = true
        promise.succeed(page)
    }

    func channelActive(context: ChannelHandlerContext) {
        channel = context.channel
        if isDone { return context.close(promise: nil) }
        let text = "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        answer.writeBuffer(&part)
        if answer.readableBytes > Self.limit { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        channel = nil
        let text = String(buffer: answer)
        guard text.hasPrefix("HTTP/1.1 200 "), let end = text.range(of: "\r\n\r\n") else { return finish(nil) }
        finish(String(text[end.upperBound...]))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

extension String {
    /// Where a text is found first.
    fileprivate func range(of text: StaticString) -> Range<String.Index>? {
        let (bytes, sought) = (utf8, Array(text.description.utf8))
        guard bytes.count >= sought.count else { return nil }
        var index = bytes.startIndex
        while let end = bytes.index(index, offsetBy: sought.count, limitedBy: bytes.endIndex) {
            if bytes[index..<end].elementsEqual(sought) { return index..<end }
            if index == bytes.endIndex { return nil }
            index = bytes.index(after: index)
        }
        return nil
    }
}
