package import NIOCore
import Spans

/// What an endpoint decided about a request when it saw its head.
struct HTTPAdmission: Sendable {
    enum Purpose: Sendable {
        case call
        /// A status without a body.
        case answer(HTTPStatus)
        case route(HTTPRoute, HTTPRequest, isHead: Bool)
        case webSocket(key: String)
    }

    var purpose: Purpose
    var bodyLength: RequestHead.BodyLength
    var keepsAlive: Bool
    var acceptsGzip: Bool
    var bodyIsGzip: Bool
    var expectsContinue: Bool
    /// Header lines of the answer beside the usual ones.
    var extra: [String] = []
    /// Where the body of the answer begins, once its head has been written.
    var bodyStart = 0
    /// Nil where the request is not recorded.
    var span: Span?
}

/// What the connections of one HTTP endpoint share.
final class HTTPEndpointState: Sendable {
    let dispatcher: Dispatcher
    let policy: HTTPPolicy
    let limits: ConnectionLimits
    private let routes: [HTTPRoute]
    let gate: ConnectionGate
    let broadcast: Broadcast?

    init(
        dispatcher: Dispatcher, policy: HTTPPolicy, limits: ConnectionLimits, routes: [HTTPRoute],
        gate: ConnectionGate, broadcast: Broadcast? = nil
    ) {
        self.dispatcher = dispatcher
        self.broadcast = broadcast
        self.policy = policy
        self.limits = limits
        // The longest path first, so that the first that answers is the closest.
        self.routes = routes.sorted { $0.path.utf8.count > $1.path.utf8.count }
        self.gate = gate
    }

    /// Checks a head, in the order of the common clients: host, token, method, length, origin, type.
    func admit(_ head: RequestHead) throws(RequestHead.Refusal) -> HTTPAdmission {
        var admission = HTTPAdmission(
            purpose: .call, bodyLength: head.bodyLength, keepsAlive: head.keepsAlive, acceptsGzip: head.acceptsGzip,
            bodyIsGzip: head.bodyIsGzip, expectsContinue: head.expectsContinue)
        if !head.keepsAlive {
            admission.extra.append("Connection: close")
        } else if head.isHTTP10 {
            admission.extra.append("Connection: keep-alive")
        }
        guard policy.allowsHost(head.host) else {
            throw RequestHead.Refusal(.forbidden, "invalid host specified")
        }
        if case .bytes(let length) = head.bodyLength, length > limits.bodyBytes {
            throw RequestHead.Refusal(.contentTooLarge, "content length too large")
        }
        admission.extra += policy.originHeaders(for: head)
        switch head.method {
        case .post:
            try admitCall(head)
            if ProcessTracing.isOn { admission.span = .ofRequest(head) }
        case .get, .head: try admitGet(head, &admission)
        case .options:
            admission.purpose = .answer(.ok)
        default: throw RequestHead.Refusal(.methodNotAllowed, "method not allowed")
        }
        return admission
    }

    private func admitCall(_ head: RequestHead) throws(RequestHead.Refusal) {
        try authorise(head)
        guard policy.servesHTTP, let first = head.target.first, first == UInt8(ascii: "/"),
            head.target.count == 1 || head.target[1] == UInt8(ascii: "?")
        else { throw RequestHead.Refusal(.notFound, "not found") }
        guard HTTPPolicy.acceptsContentType(head.contentType) else {
            throw RequestHead.Refusal(
                .unsupportedMediaType, "invalid content type, only application/json is supported")
        }
    }

    private func admitGet(_ head: RequestHead, _ admission: inout HTTPAdmission) throws(RequestHead.Refusal) {
        let target = String(decoding: head.target, as: UTF8.self)
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String(parts.first ?? "")
        let query = parts.count > 1 ? String(parts[1]) : ""
        if head.wantsWebSocket, policy.servesWebSocket, head.method == .get {
            try authorise(head)
            guard policy.allowsWebSocket(from: head) else {
                throw RequestHead.Refusal(.forbidden, "origin not allowed")
            }
            guard head.header("sec-websocket-version") == "13" else {
                throw RequestHead.Refusal(.upgradeRequired, "only WebSocket version 13 is supported")
            }
            guard let key = head.header("sec-websocket-key"), key.utf8.count == 24, head.bodyLength == .none else {
                throw RequestHead.Refusal(.badRequest, "malformed WebSocket handshake")
            }
            admission.purpose = .webSocket(key: key)
        } else if let route = routes.first(where: { $0.answers(path) }) {
            if route.needsAuthorisation { try authorise(head) }
            let request = HTTPRequest(path: path, query: query, accept: head.header("accept"))
            admission.purpose = .route(route, request, isHead: head.method == .head)
        } else {
            // Probes of load balancers ask for nothing in particular.
            try authorise(head)
            guard path == "/", query.isEmpty else { throw RequestHead.Refusal(.notFound, "not found") }
            admission.purpose = .answer(.ok)
        }
    }

    private func authorise(_ head: RequestHead) throws(RequestHead.Refusal) {
        guard let authorise = policy.authorise else { return }
        guard let reason = authorise(head.header("authorization")) else { return }
        throw RequestHead.Refusal(.unauthorized, Self.reasons.first { $0.description == reason } ?? "unauthorized")
    }

    /// The texts that an authoriser's refusal may become: nothing of the request is echoed.
    private static let reasons: [StaticString] = [
        "missing token", "malformed token", "invalid signature", "missing issued-at", "stale token", "future token",
        "token is expired",
    ]
}

extension HTTPEndpoint {
    /// The handler of one connection, for a channel without a socket.
    package func makeHandler(loop: any EventLoop) -> any ChannelHandler {
        let workers = WorkerPool(threads: 1, queueLimit: 1)
        let dispatcher = Dispatcher(
            methods: methods, limits: messageLimits, workers: workers, budget: MemoryBudget(limit: .max / 2))
        let gate = ConnectionGate(limit: limits.connections)
        let state = HTTPEndpointState(
            dispatcher: dispatcher, policy: policy, limits: limits, routes: routes, gate: gate,
            broadcast: broadcast)
        return HTTPHandler(state, loop: loop)
    }
}
