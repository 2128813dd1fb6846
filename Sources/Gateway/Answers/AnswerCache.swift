import JSONRPC
import NIOCore

/// Who waits for the answer to the same question that another one has asked.
protocol AnswerWaiter: AnyObject {
    /// - Parameter answer: from `,"result":` on; nil where there is none for all.
    func shared(_ answer: ByteBuffer?, waiting number: UInt64)
}

/// What the node of one rollup has answered, as long as it would answer the same. Confined to its loop.
///
/// All answers are of one version of the node's state (`StateVersion`): when that moves, none is given any more. Without a
/// node there are none.
final class AnswerCache {
    struct Key: Hashable {
        var method: ReadMethod
        var params: ByteBuffer
    }

    /// A question that is with the node.
    final class Question {
        fileprivate let key: Key
        fileprivate let version: UInt64
        fileprivate let source: StateVersion
        fileprivate var waiting: [(waiter: any AnswerWaiter, number: UInt64)] = []

        fileprivate init(_ key: Key, _ version: UInt64, _ source: StateVersion) {
            (self.key, self.version, self.source) = (key, version, source)
        }
    }

    enum Finding {
        /// The answer, from `,"result":` on.
        case answer(ByteBuffer)
        /// Nobody has asked it: whoever does says what became of it.
        case new(Question)
        /// Somebody else has.
        case asked(Question)
        /// The answer is not to be kept.
        case nothing
    }

    private let budget: CacheBudget
    /// What the process counts its changes in.
    private(set) var source: StateVersion?
    /// Of which all answers are.
    private var version: UInt64 = 0
    private var answers: [Key: ByteBuffer] = [:]
    /// The oldest first.
    private var order = CircularBuffer<Key>()
    private var questions: [Key: Question] = [:]
    private(set) var byteCount = 0

    /// Bytes of an answer beside its text and its parameters, roughly.
    private static let overhead = 256

    init(_ budget: CacheBudget) { self.budget = budget }

    /// A process begins.
    ///
    /// - Returns: what it is to count its changes in.
    func begin() -> StateVersion? {
        clear()
        source = StateVersion()
        return source
    }

    /// The process is gone.
    func end() {
        clear()
        source = nil
    }

    /// What is known of a call.
    ///
    /// - Parameter body: the text that the call is in.
    func find(_ call: ReadCall, in body: ByteBuffer) -> Finding {
        guard budget.limits.rollupBytes > 0, let source, let now = source.stable else { return .nothing }
        if now != version {
            clear()
            version = now
        }
        let start = body.readerIndex + call.params.lowerBound
        guard let params = body.getSlice(at: start, length: call.params.count) else { return .nothing }
        let key = Key(method: call.method, params: params)
        if let answer = answers[key] { return .answer(answer) }
        if let question = questions[key] { return .asked(question) }
        // A copy: the slice would hold all that came with it.
        let question = Question(
            Key(method: call.method, params: ByteBuffer(bytes: params.readableBytesView)), now, source)
        questions[question.key] = question
        return .new(question)
    }

    /// Has somebody told what becomes of a question.
    func wait(for question: Question, _ waiter: any AnswerWaiter, _ number: UInt64) {
        question.waiting.append((waiter, number))
    }

    /// A question has been answered.
    ///
    /// - Parameter answer: from `,"result":` on; nil where that is not to be kept.
    func finish(_ question: Question, with answer: ByteBuffer?) {
        if questions[question.key] === question { questions[question.key] = nil }
        var kept: ByteBuffer?
        // What came while the state changed may be of either.
        if let answer, source === question.source, question.source.stable == question.version,
            answer.withUnsafeReadableBytes({ question.key.method.isOfChain($0) })
        {
            kept = ByteBuffer(bytes: answer.readableBytesView)
            if version == question.version, let kept { keep(kept, question.key) }
        }
        for (waiter, number) in question.waiting { waiter.shared(kept, waiting: number) }
    }

    /// Lets go of answers that nobody gets any more.
    func dropIfStale() { if source?.stable != version { clear() } }

    private func keep(_ answer: ByteBuffer, _ key: Key) {
        let size = answer.readableBytes + key.params.readableBytes + Self.overhead
        let limits = budget.limits
        guard answer.readableBytes <= limits.answerBytes, size <= limits.rollupBytes, answers[key] == nil else {
            return
        }
        while answers.count >= limits.count || byteCount + size > limits.rollupBytes { dropOldest() }
        while !budget.take(size) {
            guard !order.isEmpty else { return }
            dropOldest()
        }
        byteCount += size
        answers[key] = answer
        order.append(key)
    }

    private func dropOldest() {
        guard let key = order.popFirst(), let answer = answers.removeValue(forKey: key) else { return }
        let size = answer.readableBytes + key.params.readableBytes + Self.overhead
        byteCount -= size
        budget.giveBack(size)
    }

    private func clear() {
        if !answers.isEmpty {
            answers.removeAll(keepingCapacity: answers.capacity <= 1_024)
            order.removeAll(keepingCapacity: order.count <= 1_024)
        }
        questions.removeAll(keepingCapacity: true)
        budget.giveBack(byteCount)
        byteCount = 0
    }

    deinit { budget.giveBack(byteCount) }
}

/// What all rollups' answers may take together. Confined to the gateway's loop.
final class CacheBudget {
    let limits: CacheLimits
    private(set) var used = 0
    /// Has all caches let go of what nobody gets any more.
    var dropStale: () -> Void = {}
    private var lastDrop = NIODeadline.uptimeNanoseconds(0)

    init(_ limits: CacheLimits) { self.limits = limits }

    /// Counts bytes; false where there is no room for them.
    fileprivate func take(_ bytes: Int) -> Bool {
        if used + bytes > limits.bytes, NIODeadline.now() - lastDrop > .milliseconds(100) {
            lastDrop = .now()
            dropStale()
        }
        guard used + bytes <= limits.bytes else { return false }
        used += bytes
        return true
    }

    fileprivate func giveBack(_ bytes: Int) { used -= bytes }
}
