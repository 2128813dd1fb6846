import Blockchain
import JSONRPC
import Primitives
import Storage

/// Which logs of which blocks somebody wants (execution-apis, Filter).
struct LogQuery: Sendable {
    enum Place: Sendable {
        case block(Hash256)
        /// Nil for the newest block.
        case range(from: BlockTag?, to: BlockTag?)
    }

    var place: Place
    var filter: LogFilter

    /// A log has no more topics.
    private static let topicLimit = 4
    /// Addresses, or alternatives for one topic.
    private static let alternativeLimit = 1_000

    /// Takes the query that is the next parameter.
    init(_ parameters: inout Parameters) throws(RPCError) {
        let index = parameters.index
        let fields = try parameters.required { reader throws(JSONError) in try Fields(&reader) }
        try self.init(fields, index)
    }

    /// Takes the query that is the next parameter, or one for everything where there is none.
    init(optional parameters: inout Parameters) throws(RPCError) {
        let index = parameters.index
        let fields = try parameters.optional { reader throws(JSONError) in try Fields(&reader) }
        try self.init(fields ?? Fields(), index)
    }

    private init(_ fields: Fields, _ index: Int) throws(RPCError) {
        if let hash = fields.blockHash {
            guard fields.from == nil, fields.to == nil else {
                throw .invalidParams(
                    "invalid argument \(index): cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other"
                )
            }
            place = .block(hash)
        } else {
            place = .range(from: fields.from, to: fields.to)
        }
        guard fields.topics.count <= Self.topicLimit,
            fields.topics.allSatisfy({ $0.count <= Self.alternativeLimit })
        else { throw .invalidParams("invalid argument \(index): exceed max topics") }
        guard fields.addresses.count <= Self.alternativeLimit else {
            throw RPCError(code: -32_000, message: "exceed max addresses or topics per search position")
        }
        filter = LogFilter(addresses: fields.addresses, topics: fields.topics)
    }

    /// The query as it stands in the request.
    private struct Fields {
        var blockHash: Hash256?
        var from: BlockTag?
        var to: BlockTag?
        var addresses: [Address] = []
        var topics: [[Hash256]] = []

        init() {}

        init(_ reader: inout JSONReader) throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if try reader.readNull() { continue }
                switch key {
                case "blockHash": blockHash = try reader.readHash()
                case "fromBlock": from = try BlockTag.readNumberOrTag(&reader)
                case "toBlock": to = try BlockTag.readNumberOrTag(&reader)
                case "address":
                    let readAddress = { (reader: inout JSONReader) throws(JSONError) in try reader.readAddress() }
                    addresses = reader.peek() == .array ? try reader.readArray(readAddress) : [try readAddress(&reader)]
                case "topics":
                    topics = try reader.readArray { reader throws(JSONError) in
                        try Self.readOneOrMore(&reader) { reader throws(JSONError) in try reader.readHash() }
                    }
                default: try reader.skipValue()
                }
            }
        }

        /// Reads a value, or an array of them; null, or null among them, stands for anything.
        private static func readOneOrMore<Value>(
            _ reader: inout JSONReader, _ read: (inout JSONReader) throws(JSONError) -> Value
        ) throws(JSONError) -> [Value] {
            if try reader.readNull() { return [] }
            guard reader.peek() == .array else { return [try read(&reader)] }
            var values: [Value] = []
            var isAny = false
            try reader.beginArray()
            while try reader.nextElement() {
                if try reader.readNull() { isAny = true } else { values.append(try read(&reader)) }
            }
            return isAny ? [] : values
        }
    }

    /// The numbers of the blocks that a filter for what is to come is about: those from now on, or a range that begins with a
    /// number.
    ///
    /// - Throws: where they can be no such range.
    func comingBlocks() throws(RPCError) -> ClosedRange<UInt64> {
        guard case .range(let from, let to) = place else { return 0...UInt64.max }
        switch (from ?? .latest, to ?? .latest) {
        case (.pending, _), (_, .pending): throw .pendingLogsUnsupported
        case (.latest, .latest), (.earliest, .latest): return 0...UInt64.max
        case (.number(let first), .latest): return first...UInt64.max
        case (.earliest, .number(let last)): return 0...last
        case (.number(let first), .number(let last)) where first <= last: return first...last
        default: throw .invalidBlockRange
        }
    }
}

extension RPCError {
    static let invalidBlockRange = invalidParams("invalid block range params")
    static let pendingLogsUnsupported = invalidParams("pending logs are not supported")
}
