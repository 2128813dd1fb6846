import JSONRPC
import NIOCore

/// What becomes of a request as its head says.
extension Gateway {
    /// Checks a head: host, length, origin, path, key, type.
    func admit(_ head: RequestHead) throws(RequestHead.Refusal) -> FrontRequest {
        let policy = settings.policy
        let named = hostName(head.host)
        guard named != nil || policy.allowsHost(head.host) else { throw .init(.forbidden, "invalid host specified") }
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
        var path = target.prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: true)
        if let named { path.insert(named[...], at: 0) }
        switch head.method {
        case .options: break
        case .post:
            let (place, holder) = try place(path, head)
            request.holder = holder
            guard HTTPPolicy.acceptsContentType(head.contentType) else {
                throw .init(.unsupportedMediaType, "invalid content type, only application/json is supported")
            }
            request.purpose = .call(place)
            request.trace = FrontTrace(head, rollup: place.rollup.name)
        case .get where head.wantsWebSocket:
            let (place, holder) = try place(path, head)
            request.holder = holder
            request.purpose = .webSocket(place, key: try Self.key(head, policy))
        case .get, .head:
            guard let page = page(path) else { throw .init(.notFound, "not found") }
            request.purpose = .page(page, isHead: head.method == .head)
        default: throw .init(.methodNotAllowed, "method not allowed")
        }
        return request
    }

    private static let nothing = HTTPAnswer(text: "")

    /// The name before the domain in a `Host` header; nil where that is another one.
    private func hostName(_ header: UnsafeRawBufferPointer?) -> String? {
        guard let domain = settings.domain, let header else { return nil }
        let host = String(decoding: header, as: UTF8.self).lowercased().prefix { $0 != ":" }
        guard host.hasSuffix("." + domain) else { return nil }
        let name = host.dropLast(domain.utf8.count + 1)
        return RollupDirectory.isName(name) ? String(name) : nil
    }

    /// The rollup that a path names, and whose key came with the request.
    private func place(
        _ path: [Substring], _ head: RequestHead
    ) throws(RequestHead.Refusal) -> (RollupPlace, KeyRing.Holder?) {
        guard let name = path.first, path.count <= 2, let place = place(named: String(name)) else {
            throw .init(.notFound, "no such rollup")
        }
        let now = NIODeadline.now()
        place.keys?.refresh(at: now)
        keys?.refresh(at: now)
        let rings = [place.keys, keys].compactMap { $0 }.filter { $0.isThere }
        guard !rings.isEmpty else {
            guard path.count == 1 else { throw .init(.notFound, "no such rollup") }
            return (place, nil)
        }
        if let secret = Self.secret(path, head) {
            let holder = secret.withUnsafeBytes { secret in rings.lazy.compactMap { $0.holder(of: secret) }.first }
            if let holder { return (place, holder) }
            place.traffic.countShed(.key)
            throw .init(.unauthorized, "unknown API key")
        }
        guard !rings.contains(where: { $0.isRequired }) else {
            place.traffic.countShed(.key)
            throw .init(
                .unauthorized,
                "an API key is needed: as Authorization: Bearer KEY, as X-API-Key: KEY, or as the last part of the path"
            )
        }
        return (place, nil)
    }

    /// The key that a request gives; nil where it gives none.
    private static func secret(_ path: [Substring], _ head: RequestHead) -> [UInt8]? {
        if path.count == 2 { return Array(path[1].utf8) }
        if let key = head.header("x-api-key") { return Array(key.utf8) }
        guard let text = head.header("authorization"), text.lowercased().hasPrefix("bearer ") else { return nil }
        return Array(text.utf8.dropFirst(7).drop { $0 == 0x20 })
    }

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
