public import NIOCore

/// An error as JSON-RPC answers it: a code, a message a person can act on, and data where there are some.
public struct RPCError: Error, Equatable, Sendable {
    public var code: Int
    public var message: String
    /// A JSON value that is the member `data`.
    public var data: ByteBuffer?

    /// An error without data.
    public init(code: Int, message: String) {
        self.code = code
        self.message = message
    }

    /// An error with data, which `writeData` must write as one JSON value.
    public init(code: Int, message: String, data writeData: (inout JSONWriter) -> Void) {
        self.init(code: code, message: message)
        var writer = JSONWriter()
        writeData(&writer)
        data = writer.buffer
    }

    /// The text is no JSON.
    public static func parse(_ error: JSONError) -> RPCError {
        RPCError(code: -32700, message: "parse error: \(error)")
    }

    /// The JSON is no request.
    public static func invalidRequest(_ message: String = "invalid request") -> RPCError {
        RPCError(code: -32600, message: message)
    }

    /// No such method here.
    public static func methodNotFound(_ name: String) -> RPCError {
        RPCError(code: -32601, message: "the method \(name) does not exist/is not available")
    }

    /// Subscriptions need a transport on which the server can speak first.
    public static let notificationsUnsupported = RPCError(code: -32601, message: "notifications not supported")

    /// The parameters are not what the method takes.
    public static func invalidParams(_ message: String) -> RPCError { RPCError(code: -32602, message: message) }

    /// The parameter at `index` is not what the method takes.
    public static func invalidArgument(_ index: Int, _ error: JSONError) -> RPCError {
        invalidParams("invalid argument \(index): \(error.message)")
    }

    /// The parameter at `index` is needed and absent.
    public static func missingArgument(_ index: Int) -> RPCError {
        invalidParams("missing value for required argument \(index)")
    }

    /// The method failed for a reason of its own.
    public static func internalError(_ message: String = "internal error") -> RPCError {
        RPCError(code: -32603, message: message)
    }

    /// The answer did not come in time.
    public static let timedOut = RPCError(code: -32002, message: "request timed out")
    /// The answer would be larger than this server sends.
    public static let responseTooLarge = RPCError(code: -32003, message: "response too large")
    /// Too many requests are waiting.
    public static let overloaded = RPCError(code: -32005, message: "server is overloaded, try again later")

    /// The server holds as much as it may for all its clients.
    public static let outOfMemory = RPCError(
        code: -32005,
        message: "too many bytes of unfinished requests and unread answers on this server, try again later")

    /// Writes the error as the object that an answer's `error` is.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("code")
        writer.number(Int64(code))
        writer.key("message")
        writer.string(message)
        if let data {
            writer.key("data")
            writer.raw(data)
        }
        writer.endObject()
    }
}
