import JSONRPC
import Lifecycles
import NIOCore
import NIOPosix

/// From a whole request to its answer.
extension FrontConnection {
    func take(_ request: FrontRequest) {
        switch request.purpose {
        case .page(let page, let isHead):
            var answer = HTTPResponse.whole(page.status, page.contentType, request.extra, page.body)
            if isHead { answer.moveWriterIndex(to: answer.writerIndex - page.body.readableBytes) }
            write(answer)
            goOn(keepsAlive: request.keepsAlive)
        case .call(let place):
            let call = request.bodyIsGzip ? nil : request.body.withUnsafeReadableBytes { ReadCall($0) }
            if let call { look(request, place, call, isAgain: false) } else { ask(request, place) }
        case .webSocket(let place, _): ask(request, place)
        }
    }

    // MARK: Answers that are known

    private func look(_ request: FrontRequest, _ place: RollupPlace, _ call: ReadCall, isAgain: Bool) {
        switch place.cache.find(call, in: request.body) {
        case .answer(let rest):
            write(AnswerText.response(rest, to: call, in: request.body, extra: request.extra))
            goOn(keepsAlive: request.keepsAlive)
        case .asked(let question):
            let number = gateway.nextRequest()
            deadline = .now() + gateway.settings.wholeTime
            stage = .sharing(Sharing(request: request, place: place, call: call, number: number, isAgain: isAgain))
            place.cache.wait(for: question, self, number)
        case .new(let question): ask(request, place, question, call)
        case .nothing: ask(request, place)
        }
    }

    // MARK: The process

    /// Has the process answer.
    private func ask(
        _ request: FrontRequest, _ place: RollupPlace, _ question: AnswerCache.Question? = nil, _ call: ReadCall? = nil
    ) {
        let id = gateway.nextRequest()
        deadline = .now() + gateway.settings.wholeTime
        stage = .waiting(Waiting(request: request, place: place, id: id, question: question, call: call))
        place.request(id, bytes: request.body.readableBytes, self)
    }

    /// The place and whoever shares the answer hear that a request is done with.
    ///
    /// - Parameter body: of the answer, where it is whole and may be kept.
    func finished(_ waiting: Waiting, _ body: ByteBuffer? = nil) {
        kept = nil
        waiting.place.finished(waiting.id)
        guard let question = waiting.question, let call = waiting.call else { return }
        let rest = body.flatMap { AnswerText.rest(of: $0, to: call, in: waiting.request.body) }
        waiting.place.cache.finish(question, with: rest)
    }

    /// Answers the request that waits, and goes on with the next.
    func answer(_ answer: ByteBuffer) {
        switch stage {
        case .waiting(let waiting):
            guard !waiting.isBegun else { return }
            end(waiting.request, answer)
            finished(waiting)
        case .sharing(let sharing): end(sharing.request, answer)
        case .head, .body, .chunks, .tunnel, .draining: return
        }
    }

    private func end(_ request: FrontRequest, _ answer: ByteBuffer) {
        write(answer)
        flush()
        goOn(keepsAlive: request.keepsAlive)
        goOnLater()
    }
}

extension FrontConnection: AnswerWaiter {
    func shared(_ answer: ByteBuffer?, waiting number: UInt64) {
        guard case .sharing(let sharing) = stage, sharing.number == number else { return }
        if let answer {
            end(
                sharing.request,
                AnswerText.response(answer, to: sharing.call, in: sharing.request.body, extra: sharing.request.extra))
        } else if sharing.isAgain {
            ask(sharing.request, sharing.place)
        } else {
            look(sharing.request, sharing.place, sharing.call, isAgain: true)
        }
    }
}

extension FrontConnection: PlaceGuest {
    func admitted(port: Int) {
        guard case .waiting(let waiting) = stage, let context else { return }
        let isTunnel = if case .webSocket = waiting.request.purpose { true } else { false }
        let passesGzip = waiting.call?.isOftenLong ?? true
        let bytes = waiting.request.forwarded(passesGzip: passesGzip)
        if let upstream, upstream.port == port, upstream.isFree, !isTunnel {
            return upstream.send(bytes, isTunnel: false)
        }
        upstream?.close()
        let new = Upstream(port: port, client: self)
        upstream = new
        ClientBootstrap(group: context.eventLoop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { $0.pipeline.addHandler(new) }
            .connect(host: "127.0.0.1", port: port)
            .whenComplete { result in
                switch result {
                case .success(let channel):
                    guard self.upstream === new, case .waiting = self.stage else { return channel.close(promise: nil) }
                    new.send(bytes, isTunnel: isTunnel)
                    if isTunnel { self.openTunnel() }
                case .failure: self.lost(new)
                }
            }
    }

    /// From now on everything goes both ways as it comes, the answer to the handshake first.
    private func openTunnel() {
        guard case .waiting(let waiting) = stage else { return }
        stage = .tunnel(waiting.place, id: waiting.id)
        if input.readableBytes > 0 { upstream?.write(input) }
        input = ByteBuffer()
        settle()
        resumeReading()
    }

    func refused(_ refusal: Idling.Refusal, retryAfter: UInt64) {
        guard case .waiting(let waiting) = stage, !waiting.isBegun else { return }
        let message =
            switch refusal {
            case .tooManyWaiting: "the rollup is waking up and too many requests wait for it, try again later"
            case .tooLate: "the rollup did not wake up in time, try again later"
            case .shuttingDown: "the gateway is being stopped, try again later"
            }
        answer(waiting.request.failure(.serviceUnavailable, code: -32005, message, retryAfter: retryAfter))
    }
}

extension FrontConnection: UpstreamClient {
    var takesMore: Bool { context?.channel.isWritable ?? true }

    func begin(_ head: ByteBuffer, isPlain: Bool) {
        guard case .waiting(var waiting) = stage else { return }
        waiting.isBegun = true
        kept = isPlain && waiting.question != nil ? ByteBuffer() : nil
        deadline = .now() + limits.writeTimeout
        var head = head
        for line in waiting.request.extra { head.writeString("\(line)\r\n") }
        head.writeStaticString("\r\n")
        stage = .waiting(waiting)
        write(head)
    }

    func relay(_ bytes: ByteBuffer) {
        if case .waiting = stage {
            deadline = .now() + limits.writeTimeout
            if kept != nil {
                kept?.writeImmutableBuffer(bytes)
                if kept?.readableBytes ?? 0 > gateway.settings.cache.answerBytes { kept = nil }
            }
        }
        write(bytes)
    }

    func upstreamHasPaused() { flush() }

    func answered() {
        guard case .waiting(let waiting) = stage else { return }
        flush()
        let body = kept
        goOn(keepsAlive: waiting.request.keepsAlive)
        finished(waiting, body)
        goOnLater()
    }

    func lost(_ upstream: Upstream) {
        guard self.upstream === upstream else { return }
        self.upstream = nil
        switch stage {
        case .waiting(let waiting):
            guard !waiting.isBegun else { context?.close(promise: nil); return }
            answer(
                waiting.request.failure(
                    .badGateway, code: -32603, "the rollup's node ended before it answered", retryAfter: 1_000))
        case .tunnel: context?.close(promise: nil)
        case .head, .body, .chunks, .sharing, .draining: break
        }
    }

    func upstreamIsWritable() { resumeReading() }
}
