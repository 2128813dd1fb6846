import NIOCore

/// One HTTP connection: reads requests one after the other, hands them on, writes the answers in order.
///
/// Confined to its loop.
final class HTTPHandler: MessageSink, ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Stage {
        case head
        case body(HTTPAdmission, length: Int)
        case chunks(HTTPAdmission, ChunkedBody, body: ByteBuffer)
        case waiting(HTTPAdmission, Work)
        /// The last answer is out; what still comes is dropped until the client closes.
        case draining
    }

    /// What is to answer a request.
    private enum Work {
        case exchange(Exchange)
        /// The number tells it from other routes' on the connection: what comes too late is of none.
        case route(number: Int, deadline: NIODeadline)

        var deadline: NIODeadline {
            switch self {
            case .exchange(let exchange): exchange.deadline
            case .route(_, let deadline): deadline
            }
        }
    }

    private let endpoint: HTTPEndpointState
    private var routeCount = 0
    private var context: ChannelHandlerContext?
    private var stage = Stage.head
    /// What has come and is not used yet.
    private var input = ByteBuffer()
    /// How far the end of the head has been searched for.
    private var searched = 0
    /// When the connection has been patient enough in this stage.
    private var deadline = NIODeadline.distantFuture
    private var clock: RepeatedTask?
    private var readIsHeld = false
    private var unwritableSince: NIODeadline?
    /// Of the server's memory.
    private lazy var claim = MemoryClaim(endpoint.dispatcher.budget) { [weak self] in self?.leaveForOthers() }
    /// Bytes of answers that the client had not taken when it was last looked.
    private var unreadBytes = 0
    /// Whether a request has been answered since what is held was last accounted for.
    private var hasAnswered = false
    private var hasWritten = false
    private var inputEnded = false
    private var isStopping = false

    /// What may wait unread in `input` while a request is answered.
    private static let waitingInputLimit = 64 << 10

    init(_ endpoint: HTTPEndpointState, loop: any EventLoop) {
        self.endpoint = endpoint
        super.init(peer: Peer(.http), loop: loop)
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        deadline = .now() + min(endpoint.limits.openingTimeout, endpoint.limits.idleTimeout)
        let tick = endpoint.limits.tick
        clock = loop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { _ in self.lookAtClock() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        clock?.cancel()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        clock?.cancel()
        peer.close()
        _ = claim.hold(0)
        input = ByteBuffer()
        stage = .draining
        endpoint.gate.leave(context.channel)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .draining = stage { return }
        var incoming = unwrapInboundIn(data)
        if input.readableBytes == 0 {
            input = incoming
            searched = 0
        } else {
            input.writeBuffer(&incoming)
        }
        advance()
        if input.readableBytes > 0 { settle() }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flushIfWritten()
        settle()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if holdsInput { readIsHeld = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        unwritableSince = context.channel.isWritable ? nil : .now()
        if context.channel.isWritable {
            advance()
            flushIfWritten()
        }
        settle()
        resumeReading()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as ChannelEvent where event == .inputClosed:
            inputEnded = true
            // Nobody can ask any more; the last answers may still be on their way.
            if case .head = stage, unwritableSince != nil { return }
            context.close(promise: nil)
        case is StopEvent:
            isStopping = true
            guard case .head = stage else { return }
            // Who is between two requests is not waited for.
            if heldBytes(looksAtUnread: true) == 0 { context.close(promise: nil) } else { closeAfterwards(context) }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Whether more input would only pile up.
    private var holdsInput: Bool {
        guard let context else { return true }
        guard context.channel.isWritable else { return true }
        if case .waiting = stage { return input.readableBytes >= Self.waitingInputLimit }
        return false
    }

    private func resumeReading() {
        guard readIsHeld, !holdsInput, let context else { return }
        readIsHeld = false
        context.read()
    }

    private func flushIfWritten() {
        guard hasWritten, let context else { return }
        hasWritten = false
        context.flush()
    }

    private func lookAtClock() {
        let now = NIODeadline.now()
        settle(looksAtUnread: true)
        if let unwritableSince, now > unwritableSince + endpoint.limits.writeTimeout {
            context?.close(promise: nil)
            return
        }
        if case .waiting(let admission, let work) = stage {
            guard now > work.deadline else { return }
            switch work {
            case .exchange(let exchange):
                guard var output = exchange.expire(HTTPResponse.head(admission.extra)) else { return }
                HTTPResponse.setLength(&output, bodyStart: admission.bodyStart)
                respond(output, admission)
            case .route: respond(Self.unavailable("the answer took too long\n", admission), admission)
            }
            advance()
            return flushIfWritten()
        }
        guard now > deadline else { return }
        switch stage {
        case .head where input.readableBytes == 0, .draining: context?.close(promise: nil)
        default:
            refuse(RequestHead.Refusal(.requestTimeout, "request took too long"))
            flushIfWritten()
        }
    }

    // MARK: Memory

    /// Bytes that the connection keeps the server from using for others.
    private func heldBytes(looksAtUnread: Bool) -> Int {
        guard let context else { return 0 }
        if looksAtUnread || unreadBytes > 0 || !context.channel.isWritable {
            unreadBytes = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        }
        var bytes = unreadBytes
        if input.readableBytes > 0 {
            input.shedSpare()
            bytes += input.storageCapacity
        }
        if case .chunks(_, _, let body) = stage { bytes += body.storageCapacity }
        return bytes
    }

    /// Accounts for what is held; where the server has no room for it the connection ends.
    private func settle(looksAtUnread: Bool = false) {
        guard context != nil else { return }
        let hasAnswered = hasAnswered
        self.hasAnswered = false
        if !claim.hold(heldBytes(looksAtUnread: looksAtUnread), anew: hasAnswered) { refuseForMemory() }
    }

    /// Others need what this connection has been holding for long.
    private func leaveForOthers() {
        loop.execute {
            if !self.claim.settleEviction(self.heldBytes(looksAtUnread: true)) { self.refuseForMemory() }
        }
    }

    private func refuseForMemory() {
        guard let context else { return }
        var extra = ["Retry-After: 1", "Connection: close"]
        switch stage {
        case .body(let admission, _) where context.channel.isWritable: extra += admission.extra
        case .chunks(let admission, _, _) where context.channel.isWritable: extra += admission.extra
        case .head where context.channel.isWritable && input.readableBytes > 0: break
        // The client gets no answer in any case: it reads none, or is behind one that is being made.
        default: return context.close(promise: nil)
        }
        let body = Dispatcher.refuse(.outOfMemory, ByteBuffer(), endpoint.dispatcher.limits)
        let response = HTTPResponse.whole(
            HTTPStatus.serviceUnavailable.rawValue, "application/json", extra, body)
        context.write(wrapOutboundOut(response), promise: nil)
        closeAfterwards(context)
    }

    // MARK: Requests

    /// Goes on as far as what has come allows, one request after the other.
    private func advance() {
        while let context, context.channel.isWritable {
            do throws(RequestHead.Refusal) {
                guard try step() else { break }
            } catch {
                refuse(error)
                break
            }
        }
        resumeReading()
    }

    /// One step; false where it needs more bytes or an answer.
    private func step() throws(RequestHead.Refusal) -> Bool {
        switch stage {
        case .head: return try readHead()
        case .body(let admission, let length):
            guard input.readableBytes >= length, let body = input.readSlice(length: length) else { return false }
            try handle(body, admission)
            return true
        case .chunks(let admission, var chunks, var body):
            stage = .head
            guard try chunks.read(&input, into: &body, limit: endpoint.limits.bodyBytes) else {
                stage = .chunks(admission, chunks, body: body)
                compactInput()
                return false
            }
            try handle(body, admission)
            return true
        case .waiting, .draining: return false
        }
    }

    private func readHead() throws(RequestHead.Refusal) -> Bool {
        guard input.readableBytes > 0 else {
            if inputEnded { context?.close(promise: nil) }
            return false
        }
        let end = input.withUnsafeReadableBytes { RequestHead.end(in: $0, from: searched) }
        guard let end else {
            guard input.readableBytes <= endpoint.limits.headBytes else {
                throw RequestHead.Refusal(.headerTooLarge, "request head too large")
            }
            if searched == 0 { deadline = .now() + endpoint.limits.headTimeout }
            searched = max(3, input.readableBytes - 3)
            return false
        }
        searched = 0
        guard end <= endpoint.limits.headBytes else {
            throw RequestHead.Refusal(.headerTooLarge, "request head too large")
        }
        guard let bytes = input.readSlice(length: end) else { return false }
        let admission: HTTPAdmission = try bytes.withUnsafeReadableBytes { bytes throws(RequestHead.Refusal) in
            try endpoint.admit(RequestHead(bytes))
        }
        switch admission.bodyLength {
        case .none: try handle(ByteBuffer(), admission)
        case .bytes(let length):
            if input.readableBytes >= length, let body = input.readSlice(length: length) {
                try handle(body, admission)
                return true
            }
            try awaitBody(admission)
            stage = .body(admission, length: length)
        case .chunked:
            try awaitBody(admission)
            stage = .chunks(admission, ChunkedBody(), body: ByteBuffer())
        }
        return true
    }

    private func awaitBody(_ admission: HTTPAdmission) throws(RequestHead.Refusal) {
        deadline = .now() + endpoint.limits.bodyTimeout
        guard admission.expectsContinue, let context else { return }
        context.write(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        hasWritten = true
    }

    /// Lets go of bytes that have been read.
    private func compactInput() {
        if input.readableBytes == 0 { input = ByteBuffer() } else { input.discardReadBytes() }
    }

    private func handle(_ body: ByteBuffer, _ admission: HTTPAdmission) throws(RequestHead.Refusal) {
        stage = .head
        switch admission.purpose {
        case .call: try call(body, admission)
        case .answer(let status):
            respond(HTTPResponse.whole(status.rawValue, "", admission.extra, ByteBuffer()), admission)
        case .route(let route, let request, let isHead): self.route(route, request, isHead: isHead, admission)
        case .webSocket(let key): upgrade(key)
        }
    }

    private func call(_ received: ByteBuffer, _ admission: HTTPAdmission) throws(RequestHead.Refusal) {
        var body = received
        if admission.bodyIsGzip {
            guard let plain = Gzip.decompress(body, limit: endpoint.limits.bodyBytes) else {
                throw RequestHead.Refusal(.badRequest, "malformed or too large gzip body")
            }
            body = plain
        }
        let head = HTTPResponse.head(admission.extra)
        let start = head.writerIndex
        var admission = admission
        admission.bodyStart = start
        let finishing = admission.acceptsGzip ? Self.compressing(admission, endpoint.limits.compressionBytes) : nil
        switch endpoint.dispatcher.process(body, for: self, into: head, finishing: finishing, span: admission.span) {
        case .answered(var output):
            if let finishing {
                output = finishing(output)
            } else {
                HTTPResponse.setLength(&output, bodyStart: start)
            }
            respond(output, admission)
        case .pending(let exchange): stage = .waiting(admission, .exchange(exchange))
        }
    }

    override func deliver(_ output: ByteBuffer?, from exchange: Exchange) {
        guard case .waiting(let admission, .exchange(let current)) = stage, current === exchange else { return }
        guard var output else { return }
        if !admission.acceptsGzip { HTTPResponse.setLength(&output, bodyStart: admission.bodyStart) }
        respond(output, admission)
        advance()
        flushIfWritten()
        settle()
    }

    /// Compresses an output from `least` bytes of body on, and gives it its length.
    private static func compressing(_ admission: HTTPAdmission, _ least: Int) -> Exchange.Finishing {
        let start = admission.bodyStart
        let extra = admission.extra + ["Content-Encoding: gzip", "Vary: Accept-Encoding"]
        return { output in
            guard output.writerIndex - start >= least else {
                var plain = output
                HTTPResponse.setLength(&plain, bodyStart: start)
                return plain
            }
            return HTTPResponse.compressed(output, bodyStart: start, head: HTTPResponse.head(extra))
        }
    }

    private func route(_ route: HTTPRoute, _ received: HTTPRequest, isHead: Bool, _ admission: HTTPAdmission) {
        var request = received
        request.deadline = .now() + endpoint.dispatcher.limits.timeout
        request.peer = peer
        let byteLimit = endpoint.dispatcher.limits.responseBytes
        let render: @Sendable () -> ByteBuffer = { [request] in
            Self.response(of: route, request, isHead: isHead, admission, byteLimit: byteLimit)
        }
        if route.isInline { return respond(render(), admission) }
        routeCount += 1
        let number = routeCount
        stage = .waiting(admission, .route(number: number, deadline: request.deadline))
        let isSubmitted = endpoint.dispatcher.workers.submit { [request] in
            if request.isCancelled { return }
            let response = render()
            // What stopped because time was up has no answer to speak of.
            if request.isCancelled { return }
            self.loop.execute {
                guard case .waiting(_, .route(number, _)) = self.stage else { return }
                self.respond(response, admission)
                self.advance()
                self.flushIfWritten()
                self.settle()
            }
        }
        if !isSubmitted { respond(Self.unavailable("server is overloaded\n", admission), admission) }
    }

    private static func response(
        of route: HTTPRoute, _ request: HTTPRequest, isHead: Bool, _ admission: HTTPAdmission, byteLimit: Int
    ) -> ByteBuffer {
        let answer = route.respond(request)
        guard answer.body.readableBytes <= byteLimit else {
            return HTTPResponse.whole(
                HTTPStatus.internalServerError.rawValue, "text/plain", admission.extra,
                ByteBuffer(string: "the answer is too large\n"))
        }
        let response = HTTPResponse.whole(
            answer.status, answer.contentType, admission.extra, isHead ? ByteBuffer() : answer.body)
        guard admission.acceptsGzip, !isHead, answer.body.readableBytes >= 1024 else { return response }
        let head = HTTPResponse.head(
            HTTPStatus.line(answer.status), answer.contentType,
            admission.extra + ["Content-Encoding: gzip", "Vary: Accept-Encoding"])
        return HTTPResponse.compressed(
            response, bodyStart: response.writerIndex - answer.body.readableBytes, head: head)
    }

    private static func unavailable(_ text: String, _ admission: HTTPAdmission) -> ByteBuffer {
        HTTPResponse.whole(
            HTTPStatus.serviceUnavailable.rawValue, "text/plain", admission.extra, ByteBuffer(string: text))
    }

    private func respond(_ response: ByteBuffer, _ admission: HTTPAdmission) {
        guard let context else { return }
        stage = .head
        hasAnswered = true
        admission.span?.end(with: response)
        deadline = .now() + endpoint.limits.idleTimeout
        context.write(wrapOutboundOut(response), promise: nil)
        hasWritten = true
        if !admission.keepsAlive || isStopping { closeAfterwards(context) }
    }

    /// Answers with an error in plain text and closes: what follows cannot be told apart from the body.
    private func refuse(_ refusal: RequestHead.Refusal) {
        guard let context else { return }
        let body = ByteBuffer(string: "\(refusal.message)\n")
        let response = HTTPResponse.whole(
            refusal.status.rawValue, "text/plain; charset=utf-8", ["Connection: close"], body)
        context.write(wrapOutboundOut(response), promise: nil)
        hasWritten = true
        closeAfterwards(context)
    }

    /// Ends the output and drops input until the client has closed: closing at once could lose the answer to a reset.
    private func closeAfterwards(_ context: ChannelHandlerContext) {
        stage = .draining
        input = ByteBuffer()
        _ = claim.settleEviction(0)
        deadline = .now() + min(endpoint.limits.idleTimeout, .seconds(2))
        context.flush()
        hasWritten = false
        context.close(mode: .output, promise: nil)
    }

    // MARK: WebSocket

    private func upgrade(_ key: String) {
        guard let context else { return }
        let response = """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Accept: \(WebSocketHandshake.accept(key))\r
            \r

            """
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: response)), promise: nil)
        let handler = WebSocketHandler(endpoint, loop: loop, received: input)
        input = ByteBuffer()
        _ = claim.settleEviction(0)
        let isReading = readIsHeld
        // Closing is the new handler's to report: this one leaves without.
        do { try context.pipeline.syncOperations.addHandler(handler, position: .after(self)) } catch {
            return context.close(promise: nil)
        }
        self.context = nil
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        handler.start(isReading: isReading)
    }
}

extension HTTPHandler: RemovableChannelHandler {}
