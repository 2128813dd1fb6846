import JSONRPC
import NIOCore
import StateTransition

/// How a trace is wanted (execution-apis, debug_trace*, and what the common clients take beside it).
struct TraceOptions {
    /// What watches the execution.
    enum Kind {
        case structLogs
        case calls
        case prestate
        case selectors
        case nothing
        /// Something that there is not here.
        case unknown(String)
    }

    /// The longest that a client may let a trace run.
    static let longestTimeout = TimeAmount.seconds(60)

    var kind = Kind.structLogs
    /// How long the trace may take, as the client wrote it.
    var timeout: String?

    // MARK: Instructions

    var enablesMemory = false
    var disablesStack = false
    var disablesStorage = false
    var enablesReturnData = false
    /// Bytes of the answer after which no more instructions are recorded; zero for as many as the server allows.
    var limit: UInt64 = 0

    // MARK: Messages

    var onlyTopCall = false
    var withLog = false

    // MARK: State

    var diffMode = false
    var disablesCode = false
    var disablesPrestateStorage = false
    var includesEmpty = false

    // MARK: Calls

    var stateOverrides = StateOverrides()
    var blockOverrides: BlockOverrides?
    /// The transaction of the block before which the call is to run.
    var transactionIndex: UInt64?

    /// Reads an object; members that are null count as absent.
    static func read(_ reader: inout JSONReader) throws(JSONError) -> TraceOptions {
        var options = TraceOptions()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.readNull() { continue }
            switch key {
            case "tracer": options.kind = try readKind(&reader)
            case "timeout": options.timeout = try reader.readString().string
            case "enableMemory": options.enablesMemory = try reader.readBoolean()
            case "disableStack": options.disablesStack = try reader.readBoolean()
            case "disableStorage": options.disablesStorage = try reader.readBoolean()
            case "enableReturnData": options.enablesReturnData = try reader.readBoolean()
            case "limit": options.limit = try reader.readUInt64()
            case "tracerConfig": try options.readTracerConfiguration(&reader)
            case "stateOverrides": options.stateOverrides = try StateOverrides.read(&reader)
            case "blockOverrides": options.blockOverrides = try BlockOverrides.read(&reader)
            case "txIndex": options.transactionIndex = try reader.readQuantity()
            default: try reader.skipValue()
            }
        }
        return options
    }

    private mutating func readTracerConfiguration(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try reader.readNull() { continue }
            switch key {
            case "onlyTopCall": onlyTopCall = try reader.readBoolean()
            case "withLog": withLog = try reader.readBoolean()
            case "diffMode": diffMode = try reader.readBoolean()
            case "disableCode": disablesCode = try reader.readBoolean()
            case "disableStorage": disablesPrestateStorage = try reader.readBoolean()
            case "includeEmpty": includesEmpty = try reader.readBoolean()
            default: try reader.skipValue()
            }
        }
    }

    private static func readKind(_ reader: inout JSONReader) throws(JSONError) -> Kind {
        let name = try reader.readString()
        switch name {
        case "", "structLogger": return .structLogs
        case "callTracer": return .calls
        case "prestateTracer": return .prestate
        case "4byteTracer": return .selectors
        case "noopTracer": return .nothing
        default: return .unknown(name.string)
        }
    }

    /// When a trace that begins now has to be over.
    ///
    /// - Throws: where the duration that was asked for is none.
    func deadline(_ call: NIODeadline) throws(RPCError) -> NIODeadline {
        var duration = TimeAmount.seconds(5)
        if let timeout {
            guard let wanted = Self.duration(timeout) else {
                throw RPCError(code: -32_000, message: "time: invalid duration \"\(timeout.prefix(64))\"")
            }
            duration = min(wanted, Self.longestTimeout)
        }
        return min(call, .now() + duration)
    }

    /// A duration as Go writes them, such as `"1m30s"` or `"250ms"`: numbers, each with its unit; nil where it is none.
    static func duration(_ text: String) -> TimeAmount? {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest = rest.dropFirst() }
        if rest == "0" { return .zero }
        guard !rest.isEmpty else { return nil }
        var nanoseconds = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { "0"..."9" ~= $0 || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !("0"..."9" ~= $0) && $0 != "." }
            rest = rest.dropFirst(unit.count)
            let factor: Double? =
                switch unit {
                case "ns": 1
                case "us", "µs", "μs": 1e3
                case "ms": 1e6
                case "s": 1e9
                case "m": 60e9
                case "h": 3600e9
                default: nil
                }
            guard let factor, digits.contains(where: { $0 != "." }),
                let number = Double("0\(digits)\(digits.contains(".") ? "0" : "")")
            else {
                return nil
            }
            nanoseconds += number * factor
        }
        let limited = Int64(min(nanoseconds, 3600e9))
        return .nanoseconds(isNegative ? -limited : limited)
    }
}
