import NIOCore
import Spans
import Synchronization

/// A message whose answers are not there yet: they are made on workers, or come later.
///
/// One thread at a time advances it: first the loop that read it, then a worker, then whoever completes a deferred call.
/// So `writer` and `index` need no lock; each hand-over (a submitted job, a responder) orders the memory.
final class Exchange: @unchecked Sendable {
    /// Takes the output and gives what is to be sent.
    typealias Finishing = @Sendable (ByteBuffer) -> ByteBuffer

    private let dispatcher: Dispatcher
    private let sink: MessageSink
    private let body: ByteBuffer
    private let envelopes: [Envelope]
    private let isBatch: Bool
    let deadline: NIODeadline
    /// What is done to the whole output on the thread that completed it, such as compressing.
    private let finishing: Finishing?
    private let span: Span?
    /// Of the call of a batch that is being answered.
    private var callSpan: Span?
    /// Nil while a thread is writing.
    private var writer: AnswerWriter?
    /// Of the message and of the answers so far.
    private let loan: MemoryLoan
    /// Whether the server had room for the message.
    let hasRoom: Bool
    /// The next request to answer.
    private var index = 0
    /// Set by who delivers the answer: the exchange itself or the timeout.
    private let isFinished = Atomic<Bool>(false)
    /// What a batch has been answered in time, for the case that the rest is not.
    private let finished = Mutex(AnswersInTime())

    private struct AnswersInTime {
        /// As `AnswerWriter.answers` gives them.
        var answers = ByteBuffer()
        /// Requests that they answer.
        var count = 0
    }

    init(
        _ dispatcher: Dispatcher, _ sink: MessageSink, _ body: ByteBuffer, _ envelopes: [Envelope], isBatch: Bool,
        _ output: consuming ByteBuffer, _ finishing: Finishing?, _ deadline: NIODeadline,
        _ span: Span? = nil
    ) {
        self.dispatcher = dispatcher
        self.sink = sink
        self.body = body
        self.envelopes = envelopes
        self.isBatch = isBatch
        self.finishing = finishing
        self.deadline = deadline
        self.span = span
        if isBatch {
            span?.rename("batch")
            span?.set("mayfly.rpc.batch_size", envelopes.count)
        }
        loan = MemoryLoan(dispatcher.budget)
        hasRoom = loan.grow(to: body.readableBytes)
        writer = AnswerWriter(output, isBatch: isBatch, limits: dispatcher.limits)
    }

    var isCancelled: Bool {
        sink.peer.isClosed || isFinished.load(ordering: .relaxed) || NIODeadline.now() > deadline
    }

    /// Goes on with the next request, on a worker.
    func submit() {
        guard !dispatcher.workers.submit({ self.advance() }) else { return }
        fail(with: .overloaded)
    }

    /// Answers requests until one answers later or none is left.
    func advance() {
        body.withUnsafeReadableBytes { message in
            guard var writer = self.writer.take() else { return }
            while index < envelopes.count {
                if isCancelled { return abandon() }
                guard hasRoom(for: writer.json.count) else {
                    self.writer = consume writer
                    return fail(with: .overloaded)
                }
                let envelope = envelopes[index]
                guard envelope.form != .response else {
                    index += 1
                    continue
                }
                guard let method = dispatcher.find(envelope, of: message) else {
                    writer.fail(envelope, of: message, dispatcher.refusal(of: envelope, in: message))
                    index += 1
                    continue
                }
                if isBatch { keep(writer) }
                if span != nil { beginCall(method) }
                if let together = method.together, isBatch {
                    writer = answerTogether(together, method, writer, message)
                    callSpan = nil
                    continue
                }
                var call = dispatcher.call(envelope, of: message, from: sink.peer, until: deadline)
                index += 1
                switch method.execution {
                case .inline(let handler), .pooled(let handler):
                    writer.answer(envelope, of: message) { json throws(RPCError) in try handler(&call, &json) }
                    if span != nil { endCall(writer.errorCode) }
                case .deferred(let handler):
                    self.writer = consume writer
                    let responder = Responder(self, index - 1)
                    if let work = callSpan ?? span {
                        return Span.$current.withValue(work) { Self.start(handler, &call, responder) }
                    }
                    return Self.start(handler, &call, responder)
                }
            }
            // What stopped because time was up has no result to speak of.
            if isCancelled { return abandon() }
            finish(writer.finish())
        }
    }

    private static func start(_ handler: Methods.DeferredHandler, _ call: inout Call, _ responder: Responder) {
        do throws(RPCError) { try handler(&call, responder) } catch { responder.fail(error) }
    }

    /// Calls of one batch that have spans of their own.
    private static let spanLimit = 100

    private func beginCall(_ method: Methods.Method) {
        guard isBatch else {
            span?.describe(method)
            return
        }
        guard index < Self.spanLimit else { return }
        callSpan = span?.child(String(decoding: method.name, as: UTF8.self))
        callSpan?.describe(method, isWhole: false)
    }

    /// - Parameter code: of the newest error among the answers.
    private func endCall(_ code: Int) {
        // A batch has the errors of all.
        if !isBatch { span?.note(errorCode: code) }
        callSpan = nil
    }

    /// Whether the server has room for answers of that size beside the message.
    private func hasRoom(for answers: Int) -> Bool {
        // A batch keeps them a second time.
        let bytes = body.readableBytes + (isBatch ? 2 * answers : answers)
        return bytes < loan.bytes + Self.loanStep || loan.grow(to: bytes)
    }

    /// Answers may grow by this before they are counted.
    private static let loanStep = 64 << 10

    /// Keeps the answers so far, before a request that may take longer than there is time.
    private func keep(_ writer: borrowing AnswerWriter) {
        finished.withLock { finished in
            writer.copyAnswers(to: &finished.answers)
            finished.count = index
        }
    }

    /// Hands over all calls of the method from `index` on, up to one that is for another.
    private func answerTogether(
        _ together: Methods.BatchHandler, _ method: Methods.Method, _ writer: consuming AnswerWriter,
        _ message: UnsafeRawBufferPointer
    ) -> AnswerWriter {
        let first = index
        var calls: [Call] = []
        while index < envelopes.count, dispatcher.find(envelopes[index], of: message) === method {
            calls.append(dispatcher.call(envelopes[index], of: message, from: sink.peer, until: deadline))
            index += 1
        }
        var answers = BatchAnswers(writer, envelopes[first..<index], message)
        together(&calls, &answers)
        while answers.given < calls.count { answers.next { _ throws(RPCError) in throw .internalError() } }
        return answers.writer
    }

    /// Answers a deferred call and goes on.
    func complete(_ index: Int, _ write: (inout JSONWriter) throws(RPCError) -> Void) {
        guard var writer = self.writer.take() else { return }
        if isCancelled { return abandon() }
        body.withUnsafeReadableBytes { writer.answer(envelopes[index], of: $0, write) }
        if span != nil { endCall(writer.errorCode) }
        if self.index == envelopes.count { return finish(writer.finish()) }
        keep(writer)
        self.writer = consume writer
        submit()
    }

    /// Answers all that is left with an error.
    func fail(with error: RPCError) {
        guard var writer = self.writer.take() else { return }
        span?.note(errorCode: error.code)
        body.withUnsafeReadableBytes { message in
            for envelope in envelopes[index...] { writer.fail(envelope, of: message, error) }
        }
        finish(writer.finish())
    }

    private func finish(_ output: ByteBuffer) {
        guard claim() else { return }
        let finished = finishing?(output) ?? output
        sink.loop.execute { self.sink.deliver(finished, from: self) }
    }

    /// Gives up what nobody waits for; the connection's own timeout answers where it is only late.
    private func abandon() {
        guard sink.peer.isClosed, claim() else { return }
        sink.loop.execute { self.sink.deliver(nil, from: self) }
    }

    private func claim() -> Bool {
        isFinished.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
    }

    /// The answers that were there in time, and for the rest that time is up, after what `output` holds; nil where all
    /// answers were first.
    func expire(_ output: ByteBuffer) -> ByteBuffer? {
        guard claim() else { return nil }
        var writer = AnswerWriter(output, isBatch: isBatch, limits: dispatcher.limits)
        let (answers, count) = finished.withLock { ($0.answers, $0.count) }
        writer.append(answers)
        body.withUnsafeReadableBytes { message in
            for envelope in envelopes[count...] { writer.fail(envelope, of: message, .timedOut) }
        }
        return writer.finish()
    }
}

/// The right to answer one call, once, from any thread.
public final class Responder: Sendable {
    private let exchange: Exchange
    private let index: Int
    private let isAnswered = Atomic<Bool>(false)

    init(_ exchange: Exchange, _ index: Int) {
        self.exchange = exchange
        self.index = index
    }

    /// Whether nobody waits for the answer any more.
    public var isCancelled: Bool { exchange.isCancelled }

    /// Answers with what `write` writes as one JSON value; later answers to the same call are ignored.
    public func succeed(_ write: (inout JSONWriter) throws(RPCError) -> Void) {
        guard !isAnswered.exchange(true, ordering: .acquiringAndReleasing) else { return }
        exchange.complete(index, write)
    }

    /// Answers with an error.
    public func fail(_ error: RPCError) { succeed { _ throws(RPCError) in throw error } }

    deinit { fail(.internalError("the method did not answer")) }
}

/// Where answers go: a connection, on its loop.
class MessageSink: @unchecked Sendable {
    let peer: Peer
    let loop: any EventLoop

    init(peer: Peer, loop: any EventLoop) {
        self.peer = peer
        self.loop = loop
    }

    /// Takes the answer of an exchange, or nil where there is none to give. On the loop.
    func deliver(_ output: ByteBuffer?, from exchange: Exchange) {}
}
