import Derivation
import JSONRPC
import NIOCore
import NIOHTTP1
import NIOPosix
import Primitives

/// One connection: its requests one after another.
struct DataConnection: Sendable {
    typealias Parts = NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator
    typealias Writer = NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>

    let state: DataServerState

    init(_ state: DataServerState) { self.state = state }

    /// Serves until the client goes, or must.
    func serve(_ connection: DataServer.Connection) async {
        let clock = ConnectionClock(connection.channel, tick: state.settings.tick)
        let isInside = state.enter(clock)
        defer {
            clock.end()
            state.leave(clock)
        }
        // What goes wrong here is the client's going, in all its forms.
        try? await connection.executeThenClose { inbound, outbound in
            guard isInside else { return }
            var exchange = DataExchange(
                state: state, clock: clock, parts: inbound.makeAsyncIterator(), writer: outbound)
            while clock.rest(for: state.settings.idleTimeout) {
                guard try await exchange.answerNext() else { break }
            }
            // An answer is lost to a client that is still sending where the connection is closed at once.
            outbound.finish()
            clock.allow(.seconds(2))
            while try await exchange.parts.next() != nil {}
        }
    }
}

/// The exchange of requests and answers on one connection.
struct DataExchange {
    let state: DataServerState
    let clock: ConnectionClock
    var parts: DataConnection.Parts
    let writer: DataConnection.Writer
    /// Whether all of the request has been read.
    var isRequestRead = true

    init(
        state: DataServerState, clock: ConnectionClock, parts: DataConnection.Parts, writer: DataConnection.Writer
    ) {
        self.state = state
        self.clock = clock
        self.parts = parts
        self.writer = writer
    }

    /// What a client is told instead of what it asked for.
    struct Refusal: Error {
        let status: HTTPResponseStatus
        let text: String
        var headers: [(String, String)] = []

        init(_ status: HTTPResponseStatus, _ text: String, headers: [(String, String)] = []) {
            self.status = status
            self.text = text
            self.headers = headers
        }
    }

    /// The client went, or does not keep to HTTP.
    struct Gone: Error {}

    /// Bytes of a body that nobody asked for.
    private static let unwantedLimit = 64 << 10

    /// Answers the next request; false where it was the last.
    mutating func answerNext() async throws -> Bool {
        guard case .head(let head) = try await parts.next() else { return false }
        isRequestRead = false
        clock.allow(state.settings.transferTimeout)
        do {
            try await answer(head)
        } catch let refusal as Refusal {
            // What is left of a body is not worth reading.
            try await write(refusal, to: head, isLast: !isRequestRead)
            if !isRequestRead { return false }
        }
        return head.isKeepAlive && !clock.isStopping
    }

    private mutating func answer(_ head: HTTPRequestHead) async throws {
        let path = head.uri.prefix { $0 != "?" }
        switch head.method {
        case .POST, .PUT:
            guard path == "/put" || path.hasPrefix("/put/") else { throw Refusal(.notFound, "not found") }
            // A page in a browser on this machine could reach it otherwise, and browsers always say where it is from.
            guard !head.headers.contains(name: "Origin") else {
                throw Refusal(.forbidden, "web pages may not put data")
            }
            let commitment = try await receive(head, path.dropFirst("/put/".count))
            try await write(head, "application/octet-stream", ByteBuffer(bytes: commitment.encoded))
        case .GET, .HEAD:
            try await finishRequest()
            if path.hasPrefix("/get/") { return try await send(head, path.dropFirst("/get/".count)) }
            try await describe(head, String(path))
        default: throw Refusal(.methodNotAllowed, "method not allowed", headers: [("Allow", "GET, HEAD, POST, PUT")])
        }
    }

    private func describe(_ head: HTTPRequestHead, _ path: String) async throws {
        var json = JSONWriter()
        json.beginObject()
        switch path {
        case "/health":
            json.key("status")
            json.string("ok")
            json.key("version")
            json.string(state.settings.version)
        case "/ready":
            let state = state
            let obstacle = try await state.disk.runIfActive { state.obstacle }
            json.key("ready")
            json.boolean(obstacle == nil)
            if let obstacle {
                json.key("reason")
                json.string(obstacle)
                json.endObject()
                return try await write(head, "application/json", json.buffer, status: .serviceUnavailable)
            }
        case "/metrics":
            let state = state
            let text = try await state.disk.runIfActive { state.metrics }
            return try await write(
                head, "text/plain; version=0.0.4; charset=utf-8", ByteBuffer(string: text))
        default: throw Refusal(.notFound, "not found")
        }
        json.endObject()
        try await write(head, "application/json", json.buffer)
    }

    // MARK: HTTP

    /// Reads what is left of a request whose body is of no interest.
    private mutating func finishRequest() async throws {
        var count = 0
        while let part = try await parts.next() {
            switch part {
            case .body(let bytes):
                count += bytes.readableBytes
                guard count <= Self.unwantedLimit else { throw Gone() }
            case .end:
                isRequestRead = true
                return
            case .head: throw Gone()
            }
        }
        throw Gone()
    }

    private func write(_ refusal: Refusal, to head: HTTPRequestHead, isLast: Bool) async throws {
        try await write(
            head, "text/plain; charset=utf-8", ByteBuffer(string: refusal.text + "\n"), status: refusal.status,
            headers: refusal.headers + (isLast ? [("Connection", "close")] : []))
    }

    private func write(
        _ head: HTTPRequestHead, _ type: String, _ body: ByteBuffer, status: HTTPResponseStatus = .ok,
        headers: [(String, String)] = []
    ) async throws {
        clock.allow(state.settings.transferTimeout)
        try await writer.write(.head(answerHead(head, status, type, body.readableBytes, headers)))
        if head.method != .HEAD { try await writer.write(.body(.byteBuffer(body))) }
        try await writer.write(.end(nil))
    }

    func answerHead(
        _ head: HTTPRequestHead, _ status: HTTPResponseStatus, _ type: String, _ count: Int,
        _ extra: [(String, String)] = []
    ) -> HTTPResponseHead {
        var headers = HTTPHeaders([("Content-Type", type), ("Content-Length", String(count))] + extra)
        if !headers.contains(name: "Connection") {
            if !head.isKeepAlive || clock.isStopping {
                headers.add(name: "Connection", value: "close")
            } else if head.version == .http1_0 {
                headers.add(name: "Connection", value: "keep-alive")
            }
        }
        return HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    }
}
