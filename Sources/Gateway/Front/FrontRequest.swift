import JSONRPC
import NIOCore

/// What a client of the gateway asks for, as its request's head says.
struct FrontRequest {
    enum Purpose {
        /// JSON-RPC of a rollup.
        case call(RollupPlace)
        case webSocket(RollupPlace, key: String)
        /// What the gateway answers itself; a head only where that is asked for.
        case page(HTTPAnswer, isHead: Bool)
    }

    var purpose: Purpose
    var bodyLength: RequestHead.BodyLength
    var keepsAlive: Bool
    var expectsContinue: Bool
    /// Header lines of the answer beside the usual ones.
    var extra: [String]
    var acceptsGzip: Bool
    var bodyIsGzip: Bool
    var body = ByteBuffer()

    /// The request as the rollup's process gets it. The gateway has checked who may ask.
    ///
    /// - Parameter passesGzip: whether the process may compress its answer where the client takes that.
    func forwarded(passesGzip: Bool) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 256 + body.readableBytes)
        switch purpose {
        case .webSocket(_, let key):
            buffer.writeString(
                "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: \(key)\r\n\r\n")
        case .call, .page:
            buffer.writeStaticString("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
            if acceptsGzip && passesGzip { buffer.writeStaticString("Accept-Encoding: gzip\r\n") }
            if bodyIsGzip { buffer.writeStaticString("Content-Encoding: gzip\r\n") }
            buffer.writeStaticString("Content-Length: ")
            buffer.writeDecimal(body.readableBytes)
            buffer.writeStaticString("\r\n\r\n")
            buffer.writeImmutableBuffer(body)
        }
        return buffer
    }

    /// The answer to a request that no process answers, as JSON-RPC.
    ///
    /// - Parameter retryAfter: milliseconds; nil where it is no question of time.
    func failure(_ status: HTTPStatus, code: Int64, _ message: String, retryAfter: UInt64? = nil) -> ByteBuffer {
        var json = JSONWriter()
        json.beginObject()
        json.key("jsonrpc")
        json.string("2.0")
        json.key("id")
        json.raw("null")
        json.key("error")
        json.beginObject()
        json.key("code")
        json.number(code)
        json.key("message")
        json.string(message)
        json.endObject()
        json.endObject()
        let retry = retryAfter.map { ["Retry-After: \(max(1, ($0 + 999) / 1_000))"] } ?? []
        return HTTPResponse.whole(status.rawValue, "application/json", extra + retry, json.buffer)
    }
}

extension Gateway {
    /// Checks a head: host, length, origin, path, type.
    func admit(_ head: RequestHead) throws(RequestHead.Refusal) -> FrontRequest {
        let policy = settings.policy
        guard policy.allowsHost(head.host) else { throw .init(.forbidden, "invalid host specified") }
        if case .bytes(let length) = head.bodyLength, length > settings.limits.bodyBytes {
            throw .init(.contentTooLarge, "content length too large")
        }
        var request = FrontRequest(
            purpose: .page(Self.nothing, isHead: false), bodyLength: head.bodyLength, keepsAlive: head.keepsAlive,
            expectsContinue: head.expectsContinue, extra: policy.originHeaders(for: head),
            acceptsGzip: head.acceptsGzip, bodyIsGzip: head.bodyIsGzip)
        if !head.keepsAlive {
            request.extra.append("Connection: close")
        } else if head.isHTTP10 {
            request.extra.append("Connection: keep-alive")
        }
        let target = String(decoding: head.target, as: UTF8.self)
        let path = target.prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: true)
        switch head.method {
        case .options: break
        case .post:
            guard let place = place(path), path.count == 1 else { throw .init(.notFound, "no such rollup") }
            guard HTTPPolicy.acceptsContentType(head.contentType) else {
                throw .init(.unsupportedMediaType, "invalid content type, only application/json is supported")
            }
            request.purpose = .call(place)
        case .get where head.wantsWebSocket:
            guard let place = place(path), path.count == 1 else { throw .init(.notFound, "no such rollup") }
            request.purpose = .webSocket(place, key: try Self.key(head, policy))
        case .get, .head:
            guard let page = page(path) else { throw .init(.notFound, "not found") }
            request.purpose = .page(page, isHead: head.method == .head)
        default: throw .init(.methodNotAllowed, "method not allowed")
        }
        return request
    }

    private static let nothing = HTTPAnswer(text: "")

    private func place(_ path: [Substring]) -> RollupPlace? { path.first.flatMap { place(named: String($0)) } }

    /// The key of a WebSocket's handshake.
    private static func key(_ head: RequestHead, _ policy: HTTPPolicy) throws(RequestHead.Refusal) -> String {
        guard policy.allowsWebSocket(from: head) else { throw .init(.forbidden, "origin not allowed") }
        guard head.header("sec-websocket-version") == "13" else {
            throw .init(.upgradeRequired, "only WebSocket version 13 is supported")
        }
        guard let key = head.header("sec-websocket-key"), key.utf8.count == 24, head.bodyLength == .none else {
            throw .init(.badRequest, "malformed WebSocket handshake")
        }
        return key
    }
}
