public import NIOCore

/// What a route is asked.
public struct HTTPRequest: Sendable {
    /// The path without the query, percent-encoded as it came.
    public let path: String
    /// What follows the question mark.
    public let query: String
    /// The header `Accept`.
    public let accept: String?
    /// When the server stops waiting for the answer.
    public internal(set) var deadline = NIODeadline.distantFuture
    var peer: Peer?

    init(path: String, query: String, accept: String?) {
        self.path = path
        self.query = query
        self.accept = accept
    }

    /// Whether nobody waits for the answer any more: long work should look now and then.
    public var isCancelled: Bool { peer?.isClosed == true || NIODeadline.now() > deadline }
}

/// What a route answers.
public struct HTTPAnswer: Sendable {
    public var status: Int
    public var contentType: String
    public var body: ByteBuffer

    public init(status: Int = 200, contentType: String = "text/plain; charset=utf-8", body: ByteBuffer) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// A plain text.
    public init(status: Int = 200, text: String) { self.init(status: status, body: ByteBuffer(string: text)) }

    /// A JSON value that `write` writes.
    public static func json(status: Int = 200, _ write: (inout JSONWriter) -> Void) -> HTTPAnswer {
        var writer = JSONWriter()
        write(&writer)
        return HTTPAnswer(status: status, contentType: "application/json", body: writer.buffer)
    }
}

/// An answer to GET and HEAD beside JSON-RPC: `/health`, `/metrics`, the beacon API.
public struct HTTPRoute: Sendable {
    /// A path, or with a final slash the start of all paths that the route answers.
    public let path: String
    let isInline: Bool
    package let needsAuthorisation: Bool
    package let respond: @Sendable (HTTPRequest) -> HTTPAnswer

    /// - Parameters:
    ///   - path: with a final slash, all that begins with it; of two routes the longer path wins.
    ///   - isInline: whether it runs on the thread that reads the socket: only where it takes microseconds.
    ///   - needsAuthorisation: whether the endpoint's authoriser is asked, where there is one.
    public init(
        _ path: String, isInline: Bool = false, needsAuthorisation: Bool = true,
        respond: @escaping @Sendable (HTTPRequest) -> HTTPAnswer
    ) {
        self.path = path
        self.isInline = isInline
        self.needsAuthorisation = needsAuthorisation
        self.respond = respond
    }

    func answers(_ requested: String) -> Bool {
        path.hasSuffix("/") && path != "/" ? requested.hasPrefix(path) : requested == path
    }
}
