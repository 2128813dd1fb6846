import JSONRPC
import Lifecycles
import NIOCore
import NIOPosix

/// From a whole request to its answer.
extension FrontConnection {
    func take(_ request: FrontRequest) {
        var request = request
        guard let place else {
            guard case .page(let page, let isHead) = request.purpose else { return }
            var answer = HTTPResponse.whole(page.status, page.contentType, request.extra, page.body)
            if isHead { answer.moveWriterIndex(to: answer.writerIndex - page.body.readableBytes) }
            write(answer)
            return goOn(request)
        }
        request.takenAt = .now()
        place.traffic.countRequest(bytes: request.body.readableBytes)
        if sheds(request, place, at: request.takenAt) { return }
        switch gateway.turns.begin(self, place.traffic, at: request.takenAt) {
        case .now: serve(request, place)
        case .later:
            deadline = request.takenAt + gateway.settings.wholeTime
            stage = .queued(request, place)
        case .never:
            let limit = place.traffic.limits.waiting
            shed(
                request, place, .waiting, .serviceUnavailable,
                "limit exceeded: \(limit) requests wait for this rollup, try again later", after: .seconds(1))
        }
    }

    /// The turn of a request that was in line; false where there is none.
    func itsTurn() -> Bool {
        guard case .queued(let request, let place) = stage else { return false }
        serve(request, place)
        goOnIfAnswered()
        return true
    }

    private func serve(_ request: FrontRequest, _ place: RollupPlace) {
        guard case .call = request.purpose, !request.bodyIsGzip,
            let call = request.body.withUnsafeReadableBytes({ ReadCall($0) })
        else { return ask(request, place) }
        look(request, place, call, isAgain: false)
    }

    // MARK: Answers that are known

    private func look(_ request: FrontRequest, _ place: RollupPlace, _ call: ReadCall, isAgain: Bool) {
        switch place.cache.find(call, in: request.body) {
        case .answer(let rest):
            place.traffic.countHit()
            request.trace?.hit()
            write(AnswerText.response(rest, to: call, in: request.body, extra: request.extra))
            goOn(request)
        case .asked(let question):
            let number = gateway.nextRequest()
            deadline = .now() + gateway.settings.wholeTime
            stage = .sharing(Sharing(request: request, place: place, call: call, number: number, isAgain: isAgain))
            place.cache.wait(for: question, self, number)
        case .new(let question): ask(request, place, question, call)
        case .nothing: ask(request, place, nil, call)
        }
    }

    // MARK: The process

    /// Has the process answer.
    private func ask(
        _ request: FrontRequest, _ place: RollupPlace, _ question: AnswerCache.Question? = nil, _ call: ReadCall? = nil
    ) {
        let limit = place.traffic.limits.inFlight
        guard place.traffic.inFlight < limit else {
            shed(
                request, place, .inFlight, .serviceUnavailable,
                "limit exceeded: the rollup's node has \(limit) requests in flight, try again later", after: .seconds(1)
            )
            if let question { place.cache.finish(question, with: nil) }
            return
        }
        let id = gateway.nextRequest()
        deadline = .now() + gateway.settings.wholeTime
        if call != nil { place.traffic.countMiss() }
        place.traffic.inFlight += 1
        place.traffic.spend(Turns.askingWeight)
        stage = .waiting(Waiting(request: request, place: place, id: id, question: question, call: call))
        request.trace?.asks(place)
        place.request(id, bytes: request.body.readableBytes, self)
    }

    /// The place and whoever shares the answer hear that a request is done with.
    ///
    /// - Parameter body: of the answer, where it is whole and may be kept.
    func finished(_ waiting: Waiting, _ body: ByteBuffer? = nil) {
        kept = nil
        waiting.place.traffic.inFlight -= 1
        if waiting.isOfReplicas, waiting.askedAt > .uptimeNanoseconds(0) {
            waiting.place.traffic.answeringTime += (NIODeadline.now() - waiting.askedAt).nanoseconds
        }
        if let reading = waiting.reading { waiting.place.replicas?.finished(reading) }
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
        case .queued(let request, _): end(request, answer)
        case .head, .body, .chunks, .tunnel, .draining: return
        }
    }

    private func end(_ request: FrontRequest, _ answer: ByteBuffer) {
        request.trace?.answered(answer)
        write(answer)
        goOn(request)
        goOnIfAnswered()
    }

    /// Sends what was answered outside of a turn of reading, and reads on.
    private func goOnIfAnswered() {
        guard case .head = stage else { return }
        flush()
        goOnLater()
    }
}

extension FrontConnection: AnswerWaiter {
    func shared(_ answer: ByteBuffer?, waiting number: UInt64) {
        guard case .sharing(let sharing) = stage, sharing.number == number else { return }
        if let answer {
            sharing.place.traffic.countHit()
            sharing.request.trace?.hit()
            write(AnswerText.response(answer, to: sharing.call, in: sharing.request.body, extra: sharing.request.extra))
            goOn(sharing.request)
        } else if sharing.isAgain {
            ask(sharing.request, sharing.place)
        } else {
            look(sharing.request, sharing.place, sharing.call, isAgain: true)
        }
        goOnIfAnswered()
    }
}

extension FrontConnection: PlaceGuest {
    func admitted(to address: PlaceAddress) {
        guard case .waiting(var waiting) = stage else { return }
        waiting.askedAt = .now()
        waiting.request.trace?.admitted()
        if let replicas = waiting.place.replicas, let call = waiting.call, call.isOfReplicas(in: waiting.request.body) {
            waiting.isOfReplicas = true
            waiting.reading = replicas.reading(
                node: waiting.place.cache.source?.standing?.name, inFlight: waiting.place.traffic.inFlight,
                preferred: [upstream?.address, spare?.address])
            if waiting.reading != nil { deadline = waiting.askedAt + Self.replicaTime }
        }
        stage = .waiting(waiting)
        send(waiting, to: waiting.reading?.replica.address ?? address)
    }

    /// How long a replica may take to begin its answer before the node is asked.
    private static let replicaTime = TimeAmount.seconds(10)

    /// Has the node answer what a replica did not.
    func askNode(_ waiting: Waiting) {
        var waiting = waiting
        deadline = .now() + gateway.settings.wholeTime
        if let reading = waiting.reading { waiting.place.replicas?.gaveUp(reading) }
        waiting.reading = nil
        stage = .waiting(waiting)
        send(waiting, to: waiting.place.address)
    }

    private func send(_ waiting: Waiting, to address: PlaceAddress) {
        guard let context else { return }
        let isTunnel = if case .webSocket = waiting.request.purpose { true } else { false }
        let passesGzip = waiting.call?.isOftenLong ?? true
        let bytes = waiting.request.forwarded(passesGzip: passesGzip)
        if upstream?.address != address { swap(&upstream, &spare) }
        if let upstream, upstream.address == address, upstream.isFree, !isTunnel {
            return upstream.send(bytes, isTunnel: false)
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
                    guard self.upstream === new, case .waiting = self.stage else { return channel.close(promise: nil) }
                    new.send(bytes, isTunnel: isTunnel)
                case .failure:
                    if case .waiting(let waiting) = self.stage, let outside = waiting.place.outside,
                        self.upstream === new
                    {
                        return outside.unreachable(waiting.id)
                    }
                    self.lost(new)
                }
            }
    }

    func openTunnel() {
        guard case .waiting(let waiting) = stage else { return }
        waiting.place.traffic.inFlight -= 1
        stage = .tunnel(waiting.request, waiting.place, id: waiting.id)
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

    func begin(_ answer: AnswerHead) {
        guard case .waiting(var waiting) = stage else { return }
        if let reading = waiting.reading, !answer.isSuccess || !reading.holds {
            // The state is another meanwhile: what comes is no use, and neither is the connection that it comes by.
            upstream?.close()
            upstream = nil
            return askNode(waiting)
        }
        if let reading = waiting.reading { waiting.place.replicas?.answered(reading) }
        waiting.isBegun = true
        waiting.request.trace?.answered(answer.lines)
        kept = answer.isPlain && waiting.question != nil ? ByteBuffer() : nil
        deadline = .now() + limits.writeTimeout
        var head = answer.lines
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
        let body = kept
        goOn(waiting.request)
        finished(waiting, body)
        goOnIfAnswered()
    }

    func lost(_ upstream: Upstream) {
        if spare === upstream { spare = nil }
        guard self.upstream === upstream else { return }
        self.upstream = nil
        switch stage {
        case .waiting(let waiting):
            guard !waiting.isBegun else { context?.close(promise: nil); return }
            if waiting.reading != nil { return askNode(waiting) }
            answer(
                waiting.request.failure(
                    .badGateway, code: -32603, "the rollup's node ended before it answered", retryAfter: 1_000))
        case .tunnel: context?.close(promise: nil)
        case .head, .body, .chunks, .queued, .sharing, .draining: break
        }
    }

    func upstreamIsWritable() { resumeReading() }
}
