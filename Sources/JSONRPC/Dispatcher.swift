import NIOCore
import Spans
import Synchronization

/// Turns messages into answers: parses, finds the method and runs it where it should run.
final class Dispatcher: Sendable {
    let methods: Methods
    let limits: MessageLimits
    let workers: WorkerPool
    let budget: MemoryBudget
    /// Names longer than this are not looked for, nor echoed.
    static let methodNameLimit = 256

    init(methods: Methods, limits: MessageLimits, workers: WorkerPool, budget: MemoryBudget) {
        self.methods = methods
        self.limits = limits
        self.workers = workers
        self.budget = budget
    }

    /// What becomes of a message.
    enum Outcome {
        /// `output` with the answers after what it held; no more bytes where nothing is to be answered.
        case answered(ByteBuffer)
        /// The sink will be given the answers.
        case pending(Exchange)
    }

    /// Processes one message on the loop of its connection. Answers are appended to `output`; those that come later pass
    /// through `finishing` on their way. `span` is the message's, ended by whoever has it.
    func process(
        _ body: ByteBuffer, for sink: MessageSink, into output: consuming ByteBuffer,
        finishing: Exchange.Finishing? = nil, span: Span? = nil
    ) -> Outcome {
        workers.messageCount.wrappingAdd(1, ordering: .relaxed)
        var envelopes: [Envelope] = []
        var isBatch = false
        var answered: ByteBuffer?
        // Moves out, so that appending never copies.
        var spare: ByteBuffer? = consume output
        let deadline = NIODeadline.now() + limits.timeout
        body.withUnsafeReadableBytes { message in
            do throws(JSONError) {
                switch try Message(message, batchLimit: limits.batchCount) {
                case .single(let envelope):
                    if let done = answerInline(envelope, message, sink, deadline, span, &spare) {
                        answered = done
                    } else {
                        envelopes = [envelope]
                    }
                case .batch(let all):
                    isBatch = true
                    envelopes = all
                    if all.isEmpty {
                        answered = Self.refuse(.invalidRequest("empty batch"), spare.take() ?? ByteBuffer(), limits)
                    }
                case .tooLong(let first):
                    var writer = AnswerWriter(spare.take() ?? ByteBuffer(), isBatch: true, limits: limits)
                    var envelope = first
                    envelope.form = .call
                    writer.fail(envelope, of: message, .invalidRequest("batch too large"))
                    answered = writer.finish()
                }
            } catch {
                answered = Self.refuse(.parse(error), spare.take() ?? ByteBuffer(), limits)
            }
        }
        if let answered { return .answered(answered) }
        let runsInline = runsInline(envelopes, body)
        let exchange = Exchange(
            self, sink, body, envelopes, isBatch: isBatch, spare.take() ?? ByteBuffer(), finishing, deadline, span)
        if !exchange.hasRoom {
            exchange.fail(with: .overloaded)
        } else if runsInline {
            exchange.advance()
        } else {
            exchange.submit()
        }
        return .pending(exchange)
    }

    /// The answer to a single request where it can be given at once; takes `output` only then.
    private func answerInline(
        _ envelope: Envelope, _ message: UnsafeRawBufferPointer, _ sink: MessageSink, _ deadline: NIODeadline,
        _ span: Span?, _ output: inout ByteBuffer?
    ) -> ByteBuffer? {
        if envelope.form == .response { return output.take() }
        let method = find(envelope, of: message)
        span?.describe(method)
        guard let method else {
            var writer = AnswerWriter(output.take() ?? ByteBuffer(), isBatch: false, limits: limits)
            writer.fail(envelope, of: message, refusal(of: envelope, in: message))
            span?.note(errorCode: writer.errorCode)
            return writer.finish()
        }
        let handler: Methods.Handler
        switch method.execution {
        case .inline(let inline): handler = inline
        case .pooled(let pooled): handler = pooled
        case .deferred: return nil
        }
        guard method.isBrief(UnsafeRawBufferPointer(rebasing: message[envelope.params])) else { return nil }
        var writer = AnswerWriter(output.take() ?? ByteBuffer(), isBatch: false, limits: limits)
        var call = call(envelope, of: message, from: sink.peer, until: deadline)
        writer.answer(envelope, of: message) { json throws(RPCError) in try handler(&call, &json) }
        span?.note(errorCode: writer.errorCode)
        return writer.finish()
    }

    /// Whether the loop itself should start on the requests: a deferred one, or a few inline ones.
    private func runsInline(_ envelopes: [Envelope], _ body: ByteBuffer) -> Bool {
        guard envelopes.count <= limits.inlineBatchCount else { return false }
        return body.withUnsafeReadableBytes { message in
            envelopes.allSatisfy { envelope in
                guard let method = find(envelope, of: message) else { return true }
                if envelopes.count > 1, method.together != nil { return false }
                if case .pooled = method.execution { return false }
                return method.isBrief(UnsafeRawBufferPointer(rebasing: message[envelope.params]))
            }
        }
    }

    /// The method that a request is for; nil where it is none or there is none.
    func find(_ envelope: Envelope, of message: UnsafeRawBufferPointer) -> Methods.Method? {
        guard envelope.form == .call || envelope.form == .notification,
            envelope.method.count <= Self.methodNameLimit
        else { return nil }
        let name = UnsafeRawBufferPointer(rebasing: message[envelope.method])
        guard envelope.methodHasEscapes else { return methods.find(name) }
        return JSONText(raw: name, hasEscapes: true).unescaped.withUnsafeBytes { methods.find($0) }
    }

    /// Why `find` found nothing.
    func refusal(of envelope: Envelope, in message: UnsafeRawBufferPointer) -> RPCError {
        guard envelope.form == .call else { return .invalidRequest() }
        guard envelope.method.count <= Self.methodNameLimit else { return .invalidRequest("method name too long") }
        let name = UnsafeRawBufferPointer(rebasing: message[envelope.method])
        return .methodNotFound(JSONText(raw: name, hasEscapes: envelope.methodHasEscapes).string)
    }

    func call(
        _ envelope: Envelope, of message: UnsafeRawBufferPointer, from peer: Peer, until deadline: NIODeadline
    ) -> Call {
        Call(
            peer: peer, deadline: deadline,
            parameters: Parameters(UnsafeRawBufferPointer(rebasing: message[envelope.params])))
    }

    /// The answer to what cannot be answered by id.
    static func refuse(_ error: RPCError, _ output: consuming ByteBuffer, _ limits: MessageLimits) -> ByteBuffer {
        var writer = AnswerWriter(output, isBatch: false, limits: limits)
        writer.fail(.unreadable, of: UnsafeRawBufferPointer(start: nil, count: 0), error)
        return writer.finish()
    }
}
