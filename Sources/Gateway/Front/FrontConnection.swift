import JSONRPC
import Lifecycles
import NIOCore

/// One client's connection to the gateway: reads requests one after the other, answers those whose answers are known, lets
/// the others wait until their rollup's process serves, and passes them and the answers on.
///
/// Confined to its loop.
final class FrontConnection: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A request that waits for the process, or for its answer.
    struct Waiting {
        var request: FrontRequest
        let place: RollupPlace
        /// Names it to the place.
        let id: UInt64
        /// Once a byte of the answer went to the client.
        var isBegun = false
        /// What becomes of the answer; nil where nobody else is to have it.
        var question: AnswerCache.Question?
        var call: ReadCall?
        /// Whether replicas help where there is much of its kind.
        var isOfReplicas = false
        /// The replica that answers in the node's place.
        var reading: Replicas.Reading?
        /// When somebody was asked.
        var askedAt = NIODeadline.uptimeNanoseconds(0)
    }

    /// A request whose answer another one has asked for.
    struct Sharing {
        var request: FrontRequest
        let place: RollupPlace
        let call: ReadCall
        let number: UInt64
        /// Whether an answer did not come once already.
        var isAgain: Bool
    }

    enum Stage {
        case head
        case body(FrontRequest, length: Int)
        case chunks(FrontRequest, ChunkedBody)
        case waiting(Waiting)
        case sharing(Sharing)
        /// The rollup has had its turn, and the next one comes.
        case queued(FrontRequest, RollupPlace)
        case tunnel(FrontRequest, RollupPlace, id: UInt64)
        /// The last answer is out; what still comes is dropped until the client closes.
        case draining
    }

    let gateway: Gateway
    var limits: ConnectionLimits { gateway.settings.limits }
    var context: ChannelHandlerContext?
    var stage = Stage.head
    var input = ByteBuffer()
    var deadline = NIODeadline.distantFuture
    var isStopping = false
    /// The process that answers the request, or answered the last one.
    var upstream: Upstream?
    /// One that answered before: node and replicas take turns.
    var spare: Upstream?
    /// Where the client is.
    private(set) var address = ClientAddress.loopback
    /// Of the last request.
    var place: RollupPlace?
    /// The body of an answer that is to be kept, as far as it has come.
    var kept: ByteBuffer?
    private var searched = 0
    /// Bytes of the gateway's memory that are counted for this connection.
    private var held = 0
    /// Whose requests they are.
    private var heldFor: RollupTraffic?
    private var clock: RepeatedTask?
    private var readIsHeld = false
    /// Whether the client is not listened to for a while.
    private var isPaused = false
    /// Whether something is written that was not sent yet.
    private var isUnsent = false
    /// Requests that were answered at once in this turn of the loop.
    private var turn = 0

    /// What may wait unread while a request is answered.
    private static let waitingInputLimit = 64 << 10
    /// Requests answered at once, after which others come first.
    private static let turnLimit = 32

    init(_ gateway: Gateway) { self.gateway = gateway }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        address = ClientAddress(context.remoteAddress)
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
        for upstream in [upstream, spare] { upstream?.close() }
        (upstream, spare) = (nil, nil)
        switch last {
        case .waiting(let waiting): finished(waiting)
        case .tunnel(_, let place, let id): place.finished(id)
        case .head, .body, .chunks, .queued, .sharing, .draining: break
        }
        place?.traffic.connections -= 1
        place = nil
        gateway.gate.leave(context.channel)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var incoming = unwrapInboundIn(data)
        switch stage {
        case .draining: return
        case .tunnel(let request, let place, _):
            upstream?.write(incoming)
            if let wait = tunnelWait(incoming.readableBytes, request, place) { pause(wait) }
        case .head, .body, .chunks, .queued, .waiting, .sharing:
            if input.readableBytes == 0 {
                (input, searched) = (incoming, 0)
            } else {
                input.writeBuffer(&incoming)
            }
            turn = 0
            advance()
            settle()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { flush() }

    func read(context: ChannelHandlerContext) { if holdsInput { readIsHeld = true } else { context.read() } }

    /// Whether more input would only pile up.
    private var holdsInput: Bool {
        switch stage {
        case .tunnel: isPaused || !(upstream?.isWritable ?? true)
        case .queued, .waiting, .sharing: input.readableBytes >= Self.waitingInputLimit
        case .head: isPaused || input.readableBytes >= Self.waitingInputLimit && !takesMore
        case .body, .chunks, .draining: false
        }
    }

    func resumeReading() {
        guard readIsHeld, !holdsInput, let context else { return }
        readIsHeld = false
        context.read()
    }

    /// Does not listen to the client for a while.
    func pause(_ time: TimeAmount) {
        guard !isPaused else { return }
        isPaused = true
        context?.eventLoop.scheduleTask(in: time) {
            self.isPaused = false
            self.goOnLater()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            upstream?.resume()
            if case .head = stage { goOnLater() }
        }
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
        case .waiting(let waiting):
            // A client that does not take its answer, or a process that gives none.
            guard !waiting.isBegun else { context?.close(promise: nil); return }
            upstream?.close()
            upstream = nil
            if let reading = waiting.reading {
                waiting.place.replicas?.timedOut(reading, askedAt: waiting.askedAt)
                return askNode(waiting)
            }
            answer(waiting.request.failure(.gatewayTimeout, code: -32002, "request timed out"))
        case .sharing(let sharing): answer(sharing.request.failure(.gatewayTimeout, code: -32002, "request timed out"))
        case .queued(let request, _): answer(request.failure(.gatewayTimeout, code: -32002, "request timed out"))
        case .head where input.readableBytes == 0, .draining: context?.close(promise: nil)
        case .head, .body, .chunks: refuse(.init(.requestTimeout, "request took too long"))
        }
    }

    // MARK: Writing

    /// Writes what is sent with the next `flush`.
    func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        place?.traffic.countSent(bytes.readableBytes)
        context.write(wrapOutboundOut(bytes), promise: nil)
        isUnsent = true
    }

    func flush() {
        guard isUnsent else { return }
        isUnsent = false
        context?.flush()
    }

    // MARK: Requests

    private func advance() {
        while true {
            do throws(RequestHead.Refusal) {
                switch stage {
                case .head:
                    // Not before the client has taken what it was answered, nor without end before others come.
                    guard takesMore, !isPaused else { return }
                    if turn >= Self.turnLimit { return goOnLater() }
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
                case .queued, .waiting, .sharing, .tunnel, .draining: return
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
        try belong(to: request)
        if request.expectsContinue, request.bodyLength != .none {
            write(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
            flush()
        }
        switch request.bodyLength {
        case .none: take(request)
        case .bytes(let length) where input.readableBytes >= length:
            var request = request
            request.body = input.readSlice(length: length) ?? ByteBuffer()
            take(request)
        case .bytes(let length):
            deadline = .now() + limits.bodyTimeout
            stage = .body(request, length: length)
        case .chunked:
            deadline = .now() + limits.bodyTimeout
            stage = .chunks(request, ChunkedBody())
        }
    }

    /// An answer is out at once: the next request may be read at once too, up to a limit.
    func goOn(_ request: FrontRequest) {
        let now = NIODeadline.now()
        request.trace?.end()
        deadline = now + limits.idleTimeout
        request.place?.traffic.countAnswer(after: now - request.takenAt)
        guard request.keepsAlive && !isStopping else { return drain() }
        stage = .head
        turn += 1
    }

    /// Reads the next request, not from within what has answered the last one: a client may have sent a thousand at once.
    func goOnLater() {
        context?.eventLoop.execute {
            self.turn = 0
            self.advance()
            self.settle()
            self.flush()
            self.resumeReading()
        }
    }

    private func drain() {
        stage = .draining
        input = ByteBuffer()
        deadline = .now() + .seconds(2)
        settle()
        flush()
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
    func settle() {
        var bytes = input.readableBytes
        switch stage {
        case .chunks(let request, _): bytes += request.body.readableBytes
        case .waiting(let waiting): bytes += waiting.request.body.readableBytes
        case .sharing(let sharing): bytes += sharing.request.body.readableBytes
        case .queued(let request, _): bytes += request.body.readableBytes
        case .head, .body, .tunnel, .draining: break
        }
        heldFor?.heldBytes -= held
        heldFor = bytes > 0 ? place?.traffic : nil
        heldFor?.heldBytes += bytes
        let isWithinShare = bytes <= held || heldFor?.heldBytes ?? 0 <= rollupMemory
        let hasRoom = gateway.hold(bytes - held) && isWithinShare
        held = bytes
        guard !hasRoom else { return }
        switch stage {
        case .head, .body, .chunks: refuse(.init(.serviceUnavailable, "the gateway holds as much as it may"))
        case .queued, .waiting, .sharing, .tunnel, .draining: break
        }
    }
}
