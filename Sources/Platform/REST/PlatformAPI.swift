import Foundation
import HTTPTypes
public import Hummingbird
import NIOCore

/// The REST interface of a platform: `/v1`, with the document of it at `/v1/openapi.json`.
public struct PlatformAPI: Sendable {
    /// Who may ask from where.
    public struct Policy: Sendable {
        /// Names that a request may be for, beside addresses and those of this machine.
        public var hosts: Set<String> = []
        /// Whom requests without a key speak for; nil for nobody. For a platform whose L1's keys everybody knows.
        public var local: Caller?

        public init() {}
    }

    /// Bytes of a request's body.
    static let bodyLimit = 1 << 20
    /// Streams of events at a time.
    static let streamLimit = 512

    let service: PlatformService
    let policy: Policy
    let streams = StreamCount(limit: streamLimit)

    public init(_ service: PlatformService, policy: Policy) {
        self.service = service
        self.policy = policy
    }

    /// Adds all of it to a router.
    public func add<Context: RequestContext>(to router: Router<Context>) {
        let operations = Self.operations
        router.add(middleware: UnknownRoutes(operations))
        for operation in operations {
            router.on(RouterPath("/v1" + operation.path), method: operation.method) { request, context in
                await answer(request, context, operation)
            }
        }
        let document = ByteBuffer(string: OpenAPIDocument(operations: operations, isOpen: policy.local != nil).text)
        router.get("/v1/openapi.json") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: document))
        }
        for path in ["/health", "/ready"] as [RouterPath] {
            router.get(path) { _, _ in await health() }
        }
        router.get("/metrics") { _, _ in await metricsPage() }
    }

    // MARK: One request

    private func answer(
        _ request: Request, _ context: some RequestContext, _ operation: APIOperation
    ) async -> Response {
        let response: Response
        do throws(PlatformProblem) {
            response = try await respond(request, context, operation)
        } catch {
            response = Self.problem(error)
        }
        service.meters.answered(status: response.status.code)
        return response
    }

    private func respond(
        _ request: Request, _ context: some RequestContext, _ operation: APIOperation
    ) async throws(PlatformProblem) -> Response {
        try checkOrigin(request)
        let caller = try await caller(request, isPublic: operation.isPublic)
        let body: ByteBuffer
        do { body = try await request.body.collect(upTo: Self.bodyLimit) } catch {
            throw PlatformProblem(413, "body-too-large", "a body has at most \(Self.bodyLimit) bytes")
        }
        var path: [String: String] = [:]
        for (key, value) in context.parameters {
            // Databases have no texts with a zero byte, so that nothing is called so.
            path[String(key)] = (value.removingPercentEncoding ?? String(value)).replacing("\0", with: "\u{FFFD}")
        }
        var query: [String: String] = [:]
        for (key, value) in request.uri.queryParameters {
            if query.updateValue(String(value), forKey: String(key)) != nil, !operation.parameters.isEmpty {
                throw PlatformProblem(400, "invalid-parameter", "\(key) is given twice", field: String(key))
            }
        }
        let answer = try await operation.work(self)(
            APIRequest(
                caller: caller, authority: request.head.authority ?? "", path: path, query: query,
                headers: request.headers, body: Array(body.readableBytesView),
                isStillAllowed: { [isPublic = operation.isPublic] in
                    // A database that is away for a moment says nothing about anybody.
                    do throws(PlatformProblem) {
                        return try await self.caller(request, isPublic: isPublic) == caller
                    } catch {
                        return error.status != 401
                    }
                })
        )
        return response(answer)
    }

    /// Pages of others must not act with what a browser may do here, nor reach this machine under a name of theirs.
    public func checkOrigin(_ request: Request) throws(PlatformProblem) {
        let authority = request.head.authority ?? ""
        guard Self.isOwn(Self.host(authority), policy.hosts) else {
            throw PlatformProblem(
                403, "host-not-allowed", "this platform is not served as \(Self.host(authority)): see --host")
        }
        guard let origin = request.headers[.origin] else { return }
        guard let place = origin.split(separator: "//").last, place == authority else {
            throw PlatformProblem(403, "origin-not-allowed", "pages of \(origin) may not ask this platform")
        }
    }

    /// A name without its port.
    static func host(_ authority: String) -> String {
        if authority.hasPrefix("[") { return String(authority.prefix { $0 != "]" }.dropFirst()) }
        return String(authority.prefix { $0 != ":" })
    }

    /// Whether a host is an address, a name of this machine, or among the names that are allowed.
    static func isOwn(_ host: String, _ names: Set<String>) -> Bool {
        if host == "localhost" || names.contains(host) || names.contains("*") { return true }
        var (four, six) = (in_addr(), in6_addr())
        return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
    }

    private func caller(_ request: Request, isPublic: Bool) async throws(PlatformProblem) -> Caller {
        if let header = request.headers[.authorization] {
            let parts = header.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer",
                let caller = try await service.caller(secret: String(parts[1]))
            else { throw PlatformProblem(401, "unknown-key", "the key is unknown or revoked") }
            return caller
        }
        if let (caller, _) = try await viewer(request) { return caller }
        if isPublic { return Caller(organisation: "", role: .viewer, name: "nobody") }
        throw PlatformProblem(
            401, "key-missing", "give an API key (Authorization: Bearer mayfly_...), or sign in (/v1/session)")
    }

    // MARK: Answers

    static func problem(_ problem: PlatformProblem) -> Response {
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        if problem.status == 401 { headers[.wwwAuthenticate] = "Bearer" }
        if problem.status == 503 { headers[.retryAfter] = "1" }
        return Response(
            status: .init(code: problem.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: JSONText.write(ProblemResource(problem)))))
    }

    private func response(_ answer: APIAnswer) -> Response {
        switch answer {
        case .json(let status, let bytes, let fields):
            var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
            for (name, value) in fields { if let name = HTTPField.Name(name) { headers[name] = value } }
            return Response(
                status: .init(code: status), headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .text(let text):
            return Response(
                status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        case .empty(let status, let fields):
            var headers = HTTPFields()
            for (name, value) in fields { if let name = HTTPField.Name(name) { headers[name] = value } }
            return Response(status: .init(code: status), headers: headers)
        case .events(let events):
            return Response(
                status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                body: ResponseBody { writer in
                    for await event in events { try await writer.write(ByteBuffer(string: event.text)) }
                    try await writer.finish(nil)
                })
        }
    }

    // MARK: The process

    private func health() async -> Response {
        do throws(PlatformProblem) {
            _ = try await service.counts()
            return response(.json(["status": "ok"]))
        } catch {
            return response(.json(["status": "error", "detail": error.detail], status: 503))
        }
    }
}
