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
    /// Whose key it gave.
    var holder: KeyRing.Holder?
    /// When all of it had come.
    var takenAt = NIODeadline.uptimeNanoseconds(0)
    var body = ByteBuffer()
    /// Nil where tracing is off.
    var trace: FrontTrace?

    /// Whose processes it is for.
    var place: RollupPlace? {
        switch purpose {
        case .call(let place), .webSocket(let place, _): place
        case .page: nil
        }
    }

    /// The request as the rollup's process gets it. The gateway has checked who may ask.
    ///
    /// - Parameter passesGzip: whether the process may compress its answer where the client takes that.
    func forwarded(passesGzip: Bool) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 256 + body.readableBytes)
        switch purpose {
        case .webSocket(let place, let key):
            buffer.writeString(
                "GET \(place.upstreamPath) HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: \(key)\r\n\r\n")
        case .page: break
        case .call(let place):
            buffer.writeStaticString("POST ")
            buffer.writeString(place.upstreamPath)
            buffer.writeStaticString(" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
            if acceptsGzip && passesGzip { buffer.writeStaticString("Accept-Encoding: gzip\r\n") }
            trace?.write(to: &buffer)
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
    /// - Parameters:
    ///   - retryAfter: milliseconds; nil where it is no question of time.
    ///   - limit: what is exceeded, where something is.
    func failure(
        _ status: HTTPStatus, code: Int64, _ message: String, retryAfter: UInt64? = nil, limit: StaticString? = nil
    ) -> ByteBuffer {
        var json = JSONWriter()
        json.beginObject()
        json.key("jsonrpc")
        json.string("2.0")
        json.key("id")
        let id = bodyIsGzip ? nil : body.withUnsafeReadableBytes { CallWeight.id(of: $0) }
        if let id, let text = body.getSlice(at: body.readerIndex + id.lowerBound, length: id.count) {
            json.raw(text)
        } else {
            json.null()
        }
        json.key("error")
        json.beginObject()
        json.key("code")
        json.number(code)
        json.key("message")
        json.string(message)
        if let limit {
            json.key("data")
            json.beginObject()
            json.key("limit")
            json.string("\(limit)")
            json.key("retryAfterMilliseconds")
            json.number(Int64(retryAfter ?? 0))
            json.endObject()
        }
        json.endObject()
        json.endObject()
        let retry = retryAfter.map { ["Retry-After: \(max(1, ($0 + 999) / 1_000))"] } ?? []
        return HTTPResponse.whole(status.rawValue, "application/json", extra + retry, json.buffer)
    }
}
