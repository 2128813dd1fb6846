import JSONRPC
import Lifecycles
import NIOCore
import NIOPosix

/// One client's connection to the gateway: reads requests one after the other, lets each wait until its rollup's process
/// serves, and passes them and the answers on.
///
/// Confined to its loop.
final class FrontConnection: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Stage {
        case head
        case body(FrontRequest, length: Int)
        case chunks(FrontRequest, ChunkedBody)
        /// For the process, or for its answer; `isBegun` once a byte of it went to the client.
        case waiting(FrontRequest, RollupPlace, id: UInt64, isBegun: Bool)
        case tunnel(RollupPlace, id: UInt64)
        /// The last answer is out; what still comes is dropped until the client closes.
        case draining
    }

    private let gateway: Gateway
    private var limits: ConnectionLimits { gateway.settings.limits }
    private var context: ChannelHandlerContext?
    private var stage = Stage.head
    private var input = ByteBuffer()
    private var searched = 0
    /// Bytes of the gateway's memory that are counted for this connection.
    private var held = 0
    private var deadline = NIODeadline.distantFuture
    private var clock: RepeatedTask?
    private var readIsHeld = false
    private var isStopping = false
    private var upstream: Upstream?

    /// What may wait unread while a request is answered.
    private static let waitingInputLimit = 64 << 10

    init(_ gateway: Gateway) { self.gateway = gateway }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        deadline = .now() + min(limits.openingTimeout, limits.idleTimeout)
        let tick = limits.tick
        clock = context.eventLoop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { _ in self.lookAtClock() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        clock?.cancel()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        clock?.cancel()
        let last = stage
        stage = .draining
        input = ByteBuffer()
        settle()
        upstream?.close()
        upstream = nil
        switch last {
        case .waiting(_, let place, let id, _), .tunnel(let place, let id): place.finished(id)
        case .head, .body, .chunks, .draining: break
        }
        gateway.gate.leave(context.channel)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var incoming = unwrapInboundIn(data)
        switch stage {
        case .draining: return
        case .tunnel:
            upstream?.write(incoming)
            return
        case .head, .body, .chunks, .waiting:
            if input.readableBytes == 0 {
                (input, searched) = (incoming, 0)
            } else {
                input.writeBuffer(&incoming)
            }
            advance()
            settle()
        }
    }

    func read(context: ChannelHandlerContext) { if holdsInput { readIsHeld = true } else { context.read() } }

    /// Whether more input would only pile up.
    private var holdsInput: Bool {
        switch stage {
        case .tunnel: !(upstream?.isWritable ?? true)
        case .waiting: input.readableBytes >= Self.waitingInputLimit
        case .head, .body, .chunks, .draining: false
        }
    }

    private func resumeReading() {
        guard readIsHeld, !holdsInput, let context else { return }
        readIsHeld = false
        context.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { upstream?.resume() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is StopEvent else { return context.fireUserInboundEventTriggered(event) }
        isStopping = true
        if case .head = stage { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func lookAtClock() {
        guard NIODeadline.now() > deadline else { return }
        switch stage {
        case .tunnel: return
        case .waiting(let request, _, _, let isBegun):
            // A client that does not take its answer, or a process that gives none.
            guard !isBegun else { context?.close(promise: nil); return }
            upstream?.close()
            upstream = nil
            answer(request.failure(.gatewayTimeout, code: -32002, "request timed out"))
        case .head where input.readableBytes == 0, .draining: context?.close(promise: nil)
        case .head, .body, .chunks: refuse(.init(.requestTimeout, "request took too long"))
        }
    }

    // MARK: Requests

    private func advance() {
        while true {
            do throws(RequestHead.Refusal) {
                switch stage {
                case .head:
                    guard let request = try readHead() else { return }
                    try begin(request)
                case .body(var request, let length):
                    guard input.readableBytes >= length else { return }
                    request.body = input.readSlice(length: length) ?? ByteBuffer()
                    take(request)
                case .chunks(var request, var body):
                    let isWhole = try body.read(&input, into: &request.body, limit: limits.bodyBytes)
                    guard isWhole else {
                        stage = .chunks(request, body)
                        return
                    }
                    take(request)
                case .waiting, .tunnel, .draining: return
                }
            } catch {
                return refuse(error)
            }
            if input.readableBytes == 0, case .head = stage { return }
        }
    }

    private func readHead() throws(RequestHead.Refusal) -> FrontRequest? {
        if input.readableBytes == 0 { return nil }
        let gateway = gateway
        let found: Result<(FrontRequest, Int)?, RequestHead.Refusal> = input.withUnsafeReadableBytes { bytes in
            guard let end = RequestHead.end(in: bytes, from: searched) else {
                searched = max(0, bytes.count - 3)
                return bytes.count > limits.headBytes
                    ? .failure(.init(.headerTooLarge, "header too large")) : .success(nil)
            }
            guard end <= limits.headBytes else { return .failure(.init(.headerTooLarge, "header too large")) }
            do throws(RequestHead.Refusal) {
                let head = try RequestHead(UnsafeRawBufferPointer(rebasing: bytes[..<end]))
                return .success((try gateway.admit(head), end))
            } catch {
                return .failure(error)
            }
        }
        guard let (request, end) = try found.get() else {
            deadline = .now() + limits.headTimeout
            return nil
        }
        input.moveReaderIndex(forwardBy: end)
        searched = 0
        return request
    }

    private func begin(_ request: FrontRequest) throws(RequestHead.Refusal) {
        deadline = .now() + limits.bodyTimeout
        if request.expectsContinue, request.bodyLength != .none {
            write(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
        }
        switch request.bodyLength {
        case .none: take(request)
        case .bytes(let length): stage = .body(request, length: length)
        case .chunked: stage = .chunks(request, ChunkedBody())
        }
    }

    /// A request is whole.
    private func take(_ request: FrontRequest) {
        let place: RollupPlace
        switch request.purpose {
        case .page(let page, let isHead):
            var answer = HTTPResponse.whole(page.status, page.contentType, request.extra, page.body)
            if isHead { answer.moveWriterIndex(to: answer.writerIndex - page.body.readableBytes) }
            write(answer)
            return goOn(keepsAlive: request.keepsAlive)
        case .call(let found), .webSocket(let found, _): place = found
        }
        let id = gateway.nextRequest()
        deadline =
            .now() + .milliseconds(Int64(gateway.settings.idling.patience))
            + .seconds(gateway.settings.answerTime)
        stage = .waiting(request, place, id: id, isBegun: false)
        place.request(id, bytes: request.body.readableBytes, self)
    }

    private func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    /// Answers the request that waits, and goes on with the next.
    private func answer(_ answer: ByteBuffer) {
        guard case .waiting(let request, let place, let id, false) = stage else { return }
        write(answer)
        place.finished(id)
        goOn(keepsAlive: request.keepsAlive)
    }

    /// An answer is out: reads the next request, or ends.
    private func goOn(keepsAlive: Bool) {
        deadline = .now() + limits.idleTimeout
        if keepsAlive && !isStopping {
            stage = .head
            // Not from within what answers: a client may have sent a thousand requests at once.
            context?.eventLoop.execute {
                self.advance()
                self.settle()
                self.resumeReading()
            }
        } else {
            drain()
        }
    }

    private func drain() {
        stage = .draining
        input = ByteBuffer()
        deadline = .now() + .seconds(2)
        settle()
        context?.close(mode: .output, promise: nil)
    }

    private func refuse(_ refusal: RequestHead.Refusal) {
        write(
            HTTPResponse.whole(
                refusal.status.rawValue, "text/plain; charset=utf-8", ["Connection: close"],
                ByteBuffer(string: "\(refusal.message)\n")))
        drain()
    }

    /// Counts what the connection holds; one for which there is no room is refused.
    private func settle() {
        var bytes = input.readableBytes
        switch stage {
        case .chunks(let request, _), .waiting(let request, _, _, _): bytes += request.body.readableBytes
        case .head, .body, .tunnel, .draining: break
        }
        let hasRoom = gateway.hold(bytes - held)
        held = bytes
        guard !hasRoom else { return }
        switch stage {
        case .head, .body, .chunks: refuse(.init(.serviceUnavailable, "the gateway holds as much as it may"))
        case .waiting, .tunnel, .draining: break
        }
    }
}

// MARK: The rollup's process

extension FrontConnection: PlaceGuest {
    func admitted(to address: PlaceAddress) {
        guard case .waiting(let request, let place, let id, _) = stage, let context else { return }
        let isTunnel = if case .webSocket = request.purpose { true } else { false }
        if let upstream, upstream.address == address, upstream.isFree, !isTunnel {
            return upstream.send(request.forwarded(), isTunnel: false)
        }
        upstream?.close()
        let new = Upstream(address, client: self)
        upstream = new
        ClientBootstrap(group: context.eventLoop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(.seconds(2))
            .channelInitializer { $0.pipeline.addHandler(new) }
            .connect(host: address.host, port: address.port)
            .whenComplete { result in
                switch result {
                case .success(let channel):
                    guard self.upstream === new, case .waiting(let request, _, _, _) = self.stage else {
                        return channel.close(promise: nil)
                    }
                    new.send(request.forwarded(), isTunnel: isTunnel)
                    if isTunnel { self.openTunnel() }
                case .failure:
                    if let outside = place.outside, self.upstream === new { return outside.unreachable(id) }
                    self.lost(new)
                }
            }
    }

    /// From now on everything goes both ways as it comes, the answer to the handshake first.
    private func openTunnel() {
        guard case .waiting(_, let place, let id, _) = stage else { return }
        stage = .tunnel(place, id: id)
        if input.readableBytes > 0 { upstream?.write(input) }
        input = ByteBuffer()
        settle()
        resumeReading()
    }

    func refused(_ refusal: Idling.Refusal, retryAfter: UInt64) {
        guard case .waiting(let request, _, _, false) = stage else { return }
        let message =
            switch refusal {
            case .tooManyWaiting: "the rollup is waking up and too many requests wait for it, try again later"
            case .tooLate: "the rollup did not wake up in time, try again later"
            case .shuttingDown: "the gateway is being stopped, try again later"
            }
        answer(request.failure(.serviceUnavailable, code: -32005, message, retryAfter: retryAfter))
    }
}

extension FrontConnection: UpstreamClient {
    var takesMore: Bool { context?.channel.isWritable ?? true }

    var extraLines: [String] { if case .waiting(let request, _, _, _) = stage { request.extra } else { [] } }

    func relay(_ bytes: ByteBuffer) {
        if case .waiting(let request, let place, let id, _) = stage {
            stage = .waiting(request, place, id: id, isBegun: true)
            deadline = .now() + limits.writeTimeout
        }
        write(bytes)
    }

    func answered() {
        guard case .waiting(let request, let place, let id, _) = stage else { return }
        place.finished(id)
        goOn(keepsAlive: request.keepsAlive)
    }

    func lost(_ upstream: Upstream) {
        guard self.upstream === upstream else { return }
        self.upstream = nil
        switch stage {
        case .waiting(let request, _, _, let isBegun):
            guard !isBegun else { context?.close(promise: nil); return }
            answer(
                request.failure(
                    .badGateway, code: -32603, "the rollup's node ended before it answered", retryAfter: 1_000))
        case .tunnel: context?.close(promise: nil)
        case .head, .body, .chunks, .draining: break
        }
    }

    func upstreamIsWritable() { resumeReading() }
}
