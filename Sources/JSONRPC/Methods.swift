/// The methods that a server answers, by name.
public struct Methods: Sendable {
    /// Answers at once: reads the call's parameters and writes the result as one JSON value, or nothing for `null`.
    public typealias Handler = @Sendable (_ call: inout Call, _ result: inout JSONWriter) throws(RPCError) -> Void
    /// Answers later, from any thread: takes what it needs of the call before it returns.
    public typealias DeferredHandler = @Sendable (_ call: inout Call, _ responder: Responder) throws(RPCError) -> Void
    /// Answers the consecutive calls of a batch that are for one method, together and in order.
    public typealias BatchHandler = @Sendable (_ calls: inout [Call], _ answers: inout BatchAnswers) -> Void

    /// How a method runs.
    enum Execution: Sendable {
        case inline(Handler)
        case pooled(Handler)
        case deferred(DeferredHandler)
    }

    /// One method.
    final class Method: Sendable {
        let name: [UInt8]
        let execution: Execution
        let together: BatchHandler?
        /// A call with parameters of fewer bytes runs on the thread that reads the socket.
        private let inlineByteLimit: Int
        /// A call with this string among its parameters does not, in quotes; empty for none.
        private let slowString: [UInt8]

        init(
            _ name: String, _ execution: Execution, _ together: BatchHandler? = nil, inlineBelow limit: Int,
            slowString: String? = nil
        ) {
            self.name = Array(name.utf8)
            self.execution = execution
            self.together = together
            inlineByteLimit = limit
            self.slowString = slowString.map { Array("\"\($0)\"".utf8) } ?? []
        }

        /// What runs where `other` does, with other handlers.
        init(_ other: Method, _ execution: Execution, _ together: BatchHandler?) {
            name = other.name
            self.execution = execution
            self.together = together
            inlineByteLimit = other.inlineByteLimit
            slowString = other.slowString
        }

        /// Whether a call with these parameters takes so little that it may run on the thread that reads the socket.
        func isBrief(_ parameters: UnsafeRawBufferPointer) -> Bool {
            guard parameters.count < inlineByteLimit else { return false }
            guard let first = slowString.first else { return true }
            for (index, byte) in parameters.enumerated() {
                // With escapes any string can be written in other ways.
                if byte == UInt8(ascii: "\\") { return false }
                if byte == first, parameters[index...].starts(with: slowString) { return false }
            }
            return true
        }
    }

    private var methods: [Method] = []
    /// An open-addressed table of indices into `methods` plus one, a power of two long, at most half full.
    private var slots: [UInt16] = Array(repeating: 0, count: 64)

    public init() {}

    /// The names, in the order in which they were added.
    public var names: [String] { methods.map { String(decoding: $0.name, as: UTF8.self) } }

    /// Adds a method that takes microseconds and never waits: it runs on the thread that reads the socket.
    ///
    /// - Parameter slowString: a string with which as a parameter it takes longer: such a call runs on a worker.
    public mutating func addInline(_ name: String, unless slowString: String? = nil, _ handler: @escaping Handler) {
        add(Method(name, .inline(handler), inlineBelow: .max, slowString: slowString))
    }

    /// Adds a method that takes longer or may block: it runs on a worker.
    ///
    /// - Parameters:
    ///   - inlineBelow: a call alone whose parameters have fewer bytes runs as an inline one does: where how long it takes
    ///     depends on what it is given.
    ///   - together: where given, answers the neighbouring calls of the method in a batch.
    public mutating func add(
        _ name: String, inlineBelow limit: Int = 0, together: BatchHandler? = nil, _ handler: @escaping Handler
    ) {
        add(Method(name, .pooled(handler), together, inlineBelow: limit))
    }

    /// Adds a method that answers later; its handler runs as an inline one does, but for calls whose parameters are not
    /// below the limit. `together` as above; it may block.
    public mutating func addDeferred(
        _ name: String, inlineBelow limit: Int = .max, together: BatchHandler? = nil,
        _ handler: @escaping DeferredHandler
    ) {
        add(Method(name, .deferred(handler), together, inlineBelow: limit))
    }

    /// Adds those of `names` that `others` has, with what they do there.
    public mutating func add(_ names: [String], of others: Methods) {
        for name in names {
            if let method = others.methods.first(where: { $0.name.elementsEqual(name.utf8) }) { add(method) }
        }
    }

    /// Has `check` run before each call of the methods: where it throws, the call is answered with that.
    public mutating func guardCalls(of names: [String], _ check: @escaping @Sendable () throws(RPCError) -> Void) {
        for name in names {
            guard let method = methods.first(where: { $0.name.elementsEqual(name.utf8) }) else { continue }
            let execution: Execution =
                switch method.execution {
                case .inline(let handler): .inline(Self.guarded(handler, check))
                case .pooled(let handler): .pooled(Self.guarded(handler, check))
                case .deferred(let handler):
                    .deferred { call, responder throws(RPCError) in
                        try check()
                        try handler(&call, responder)
                    }
                }
            var together: BatchHandler?
            if let answer = method.together {
                together = { calls, answers in
                    do throws(RPCError) {
                        try check()
                        answer(&calls, &answers)
                    } catch {
                        for _ in calls { answers.next { _ throws(RPCError) in throw error } }
                    }
                }
            }
            add(Method(method, execution, together))
        }
    }

    private static func guarded(
        _ handler: @escaping Handler, _ check: @escaping @Sendable () throws(RPCError) -> Void
    ) -> Handler {
        { call, json throws(RPCError) in
            try check()
            try handler(&call, &json)
        }
    }

    private mutating func add(_ method: Method) {
        if let index = methods.firstIndex(where: { $0.name == method.name }) {
            methods[index] = method
            return
        }
        methods.append(method)
        if methods.count * 2 > slots.count { slots = Array(repeating: 0, count: slots.count * 2) }
        for slot in slots.indices { slots[slot] = 0 }
        for (index, method) in methods.enumerated() {
            var slot = method.name.withUnsafeBytes { Self.hash($0) } & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt16(index + 1)
        }
    }

    /// The method of that name.
    func find(_ name: UnsafeRawBufferPointer) -> Method? {
        var slot = Self.hash(name) & (slots.count - 1)
        while slots[slot] != 0 {
            let method = methods[Int(slots[slot]) - 1]
            if method.name.count == name.count, method.name.elementsEqual(name) { return method }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private static func hash(_ name: UnsafeRawBufferPointer) -> Int {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: state ^ state >> 32)
    }
}

/// The answers to calls that were handed over together, given in the order of the calls.
public struct BatchAnswers {
    var writer: AnswerWriter
    let envelopes: ArraySlice<Envelope>
    let message: UnsafeRawBufferPointer
    private(set) var given = 0

    init(_ writer: consuming AnswerWriter, _ envelopes: ArraySlice<Envelope>, _ message: UnsafeRawBufferPointer) {
        self.writer = writer
        self.envelopes = envelopes
        self.message = message
    }

    /// Answers the next call with what `write` writes, or with the error it throws.
    public mutating func next(_ write: (inout JSONWriter) throws(RPCError) -> Void) {
        guard given < envelopes.count else { return }
        writer.answer(envelopes[envelopes.startIndex + given], of: message, write)
        given += 1
    }
}
