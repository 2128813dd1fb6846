/// Where the parts of one request lie in the message that holds it, as offsets, so that it can go to another thread.
struct Envelope {
    /// What the request is, by the rules of the specification as the common clients read them.
    enum Form {
        case call, notification, response, invalid
    }

    var form = Form.invalid
    /// The text of the id, to be echoed byte for byte; empty where there is none or none that can be echoed.
    var id = 0..<0
    /// The method's name between its quotes.
    var method = 0..<0
    var methodHasEscapes = false
    /// The text of the parameters; empty where there are none.
    var params = 0..<0
    /// Containers around the value: one in a batch.
    static let batchDepth = 1

    /// Reads the value at the reader's position: an object that is a request, or anything else, which is invalid.
    init(_ reader: inout JSONReader, _ validator: inout JSONValidator, depth: Int) throws(JSONError) {
        guard reader.peek() == .object else {
            try validator.skipValue(&reader, depth: depth)
            return
        }
        var seen = Members()
        var others: [UInt64] = []
        var hasVersion = false
        var hasMethod = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let keyEnd = reader.position
            _ = reader.nextByte()
            let start = reader.position
            let kind = reader.peek()
            let member = Members(key)
            if member.isEmpty {
                others.append(KeyHash.hash(key))
            } else if !seen.isDisjoint(with: member) {
                throw JSONError(.duplicateKey, at: keyEnd)
            }
            seen.formUnion(member)
            if kind == .string, member == .version || member == .method {
                let text = try reader.readString()
                if member == .version {
                    hasVersion = text == "2.0"
                } else {
                    hasMethod = !text.raw.isEmpty
                    method = start + 1..<reader.position - 1
                    methodHasEscapes = text.hasEscapes
                }
                continue
            }
            try validator.skipValue(&reader, depth: depth + 1)
            switch member {
            case .id where kind != .object && kind != .array: id = start..<reader.position
            case .params where kind != .null: params = start..<reader.position
            default: break
            }
        }
        if KeyHash.hasDuplicate(&others, from: 0) { throw JSONError(.duplicateKey, at: reader.position - 1) }
        guard hasVersion else { return }
        if hasMethod {
            form = !seen.contains(.id) ? .notification : id.isEmpty ? .invalid : .call
        } else if !id.isEmpty, !seen.contains(.params), !seen.isDisjoint(with: .answer) {
            form = .response
        }
    }

    /// The members that the specification names.
    private struct Members: OptionSet {
        let rawValue: UInt8
        static let version = Members(rawValue: 1)
        static let id = Members(rawValue: 2)
        static let method = Members(rawValue: 4)
        static let params = Members(rawValue: 8)
        static let result = Members(rawValue: 16)
        static let error = Members(rawValue: 32)
        static let answer: Members = [.result, .error]

        init(rawValue: UInt8) { self.rawValue = rawValue }

        init(_ key: JSONText) {
            self =
                switch key {
                case "jsonrpc": .version
                case "id": .id
                case "method": .method
                case "params": .params
                case "result": .result
                case "error": .error
                default: []
                }
        }
    }
}

/// A message: one request, or a batch of them.
enum Message {
    case single(Envelope)
    case batch([Envelope])
    /// More requests than allowed; the first of them is given, for its id.
    case tooLong(Envelope)

    /// Reads the whole of `bytes`.
    ///
    /// - Complexity: O(bytes), but no further than the first request beyond `batchLimit`.
    init(_ bytes: UnsafeRawBufferPointer, batchLimit: Int) throws(JSONError) {
        var reader = JSONReader(bytes)
        var validator = JSONValidator()
        guard reader.peek() == .array else {
            self = .single(try Envelope(&reader, &validator, depth: 0))
            try reader.finish()
            return
        }
        var envelopes: [Envelope] = []
        try reader.beginArray()
        while try reader.nextElement() {
            if envelopes.count == batchLimit, let first = envelopes.first {
                self = .tooLong(first)
                return
            }
            envelopes.append(try Envelope(&reader, &validator, depth: Envelope.batchDepth))
        }
        try reader.finish()
        self = .batch(envelopes)
    }
}

extension Envelope {
    private init() {}

    /// Stands for what could not be read.
    static let unreadable = Envelope()
}
