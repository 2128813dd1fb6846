import JSONRPC

/// The errors that the Engine API adds to those of JSON-RPC (Engine API, common definitions, errors).
enum EngineError {
    static let unknownPayload = RPCError(code: -38001, message: "Unknown payload")

    static func invalidForkChoiceState(_ why: String) -> RPCError {
        error(-38002, "Invalid forkchoice state", why)
    }

    static func invalidPayloadAttributes(_ why: String) -> RPCError {
        error(-38003, "Invalid payload attributes", why)
    }

    static func tooLargeRequest(_ why: String) -> RPCError { error(-38004, "Too large request", why) }
    static func unsupportedFork(_ why: String) -> RPCError { error(-38005, "Unsupported fork", why) }
    static func tooDeepReorganisation(_ why: String) -> RPCError { error(-38006, "Too deep reorg", why) }

    /// A parameter that is missing, or there where its version has none.
    static func invalidParameters(_ why: String) -> RPCError { error(-32602, "Invalid params", why) }

    private static func error(_ code: Int, _ message: String, _ why: String) -> RPCError {
        RPCError(code: code, message: message) { json in
            json.beginObject()
            json.key("err")
            json.string(why)
            json.endObject()
        }
    }
}
