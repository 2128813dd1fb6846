public import NIOCore

/// Writes the answers to one message, a single request or a batch, after what the buffer holds already.
struct AnswerWriter {
    private(set) var json: JSONWriter
    private let start: Int
    private let isBatch: Bool
    private let limits: MessageLimits
    /// Whether the answers have outgrown the limit, so that only errors follow.
    private var isFull = false
    /// Of the newest error among the answers; zero for none.
    private(set) var errorCode = 0

    init(_ output: consuming ByteBuffer, isBatch: Bool, limits: MessageLimits) {
        json = JSONWriter(output)
        start = json.count
        self.isBatch = isBatch
        self.limits = limits
        if isBatch { json.beginArray() }
    }

    /// Answers a request with the result that `write` writes or the error that it throws; a notification with nothing.
    mutating func answer(
        _ envelope: Envelope, of message: UnsafeRawBufferPointer,
        _ write: (inout JSONWriter) throws(RPCError) -> Void
    ) {
        guard envelope.form == .call else {
            if envelope.form == .invalid { return fail(envelope, of: message, .invalidRequest()) }
            var unwanted = JSONWriter()
            try? write(&unwanted)
            return
        }
        if isFull { return fail(envelope, of: message, .responseTooLarge) }
        let mark = (json.count, json.needsComma)
        do throws(RPCError) {
            beginAnswer(envelope, of: message)
            json.key("result")
            let valueStart = json.count
            try write(&json)
            if json.count == valueStart { json.null() }
            json.endObject()
            guard json.count - start > limits.responseBytes else { return }
            isFull = true
            throw .responseTooLarge
        } catch {
            json.rewind(to: mark.0)
            json.needsComma = mark.1
            fail(envelope, of: message, error)
        }
    }

    /// Answers a request with an error; a notification with nothing.
    mutating func fail(_ envelope: Envelope, of message: UnsafeRawBufferPointer, _ error: RPCError) {
        guard envelope.form == .call || envelope.form == .invalid else { return }
        errorCode = error.code
        beginAnswer(envelope, of: message)
        json.key("error")
        error.write(to: &json)
        json.endObject()
    }

    @inline(__always)
    private mutating func beginAnswer(_ envelope: Envelope, of message: UnsafeRawBufferPointer) {
        json.beginObject()
        json.buffer.writeStaticString("\"jsonrpc\":\"2.0\",\"id\":")
        if envelope.id.isEmpty {
            json.buffer.writeStaticString("null")
        } else {
            json.buffer.writeBytes(UnsafeRawBufferPointer(rebasing: message[envelope.id]))
        }
        json.needsComma = true
    }

    /// Brings `answers`, which holds what this gave earlier or nothing, up to the answers so far.
    ///
    /// - Complexity: O(*n*) in what is new.
    func copyAnswers(to answers: inout ByteBuffer) {
        let known = answers.readableBytes
        json.buffer.withUnsafeReadableBytes { bytes in
            let new = bytes.dropFirst(start - json.buffer.readerIndex + (isBatch ? 1 : 0) + known)
            answers.writeBytes(UnsafeRawBufferPointer(rebasing: new))
        }
    }

    /// Takes over answers that another writer gave, before any of its own.
    mutating func append(_ answers: ByteBuffer) {
        guard answers.readableBytes > 0 else { return }
        json.buffer.writeImmutableBuffer(answers)
        json.needsComma = true
    }

    /// Ends the answers and gives the buffer; nothing is added where a batch had no answer.
    consuming func finish() -> ByteBuffer {
        if isBatch {
            if json.count == start + 1 {
                json.rewind(to: start)
            } else {
                json.endArray()
            }
        }
        return json.buffer
    }
}

/// What one message may cost.
public struct MessageLimits: Sendable {
    /// Requests in one batch.
    public var batchCount = 1000
    /// Bytes of the answer to one message.
    public var responseBytes = 25_000_000
    /// How long a request may take, waiting included.
    public var timeout = TimeAmount.seconds(30)
    /// Requests of one WebSocket or IPC connection that may be under way at a time; more wait unread.
    public var concurrentMessages = 64
    /// Batches of more inline methods than this go to a worker.
    public var inlineBatchCount = 20

    public init() {}
}
