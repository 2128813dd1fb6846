import Cryptography
import JSONRPC
import NIOCore
import Primitives
import Testing

private let good = SocketClient.request(call("test_null"))

/// Requests that are refused: bytes, status, whether the connection ends.
private let refused: [(String, Int)] = [
    ("GARBAGE\r\n\r\n", 400), ("POST / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505), ("POST / HTTP/1.1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost : localhost\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1, 1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}", 415),
    ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", 415),
    ("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", 404),
    ("POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\n\r\n{}", 403),
    ("PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}", 405),
    ("DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405), ("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 6000000\r\n\r\n", 413),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "x", count: 20000))\r\n\r\n", 431),
    ("GET / HTTP/1.1\r\nHost: localhost\r\n\(String(repeating: "A: b\r\n", count: 200))\r\n", 431),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nA: \u{1}\r\n\r\n", 400),
    (
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "zz\r\n", 400
    ),
    (
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "fffffff\r\n", 413
    ),
]

@Test func refusesBadRequestsAndCloses() async throws {
    try await withServer { port in
        for (request, status) in refused {
            let client = try SocketClient(port: port)
            try client.send(request)
            let response = try client.readResponse()
            #expect(response.status == status, "\(request.prefix(80))")
            #expect(response.headers["connection"] == "close")
            client.endSending()
            #expect(try client.isClosed())
        }
    }
}

@Test func keepsConnectionsAndAnswersPipelinedRequestsInOrder() async throws {
    try await withServer { port in
        let client = try SocketClient(port: port)
        let requests = (0..<50).map { index in
            SocketClient.request(call(index % 3 == 0 ? "test_later" : "test_echo", "[\"\(index)\"]", id: "\(index)"))
        }
        try client.send(requests.joined())
        for index in 0..<50 {
            let text = index % 3 == 0 ? "\"later \(index)\"" : "\"\(index)\""
            #expect(try client.readResponse().text == answer(text, id: "\(index)"))
        }
        try client.send(good.replacing("Host", "Connection: close\r\nHost"))
        #expect(try client.readResponse().headers["connection"] == "close")
        #expect(try client.isClosed())
        let old = try SocketClient(port: port)
        try old.send("GET / HTTP/1.0\r\n\r\n")
        #expect(try old.readResponse().status == 200)
        #expect(try old.isClosed())
    }
}

extension String {
    fileprivate func replacing(_ text: String, _ other: String) -> String {
        split(separator: text, maxSplits: 1, omittingEmptySubsequences: false).joined(separator: other)
    }
}

@Test func takesChunksExpectationsAndAnyHostAddress() async throws {
    try await withServer { port in
        let client = try SocketClient(port: port)
        let body = call("test_echo", "[\"chunks\"]")
        let start = "POST / HTTP/1.1\r\nHost: 127.0.0.1:80\r\nContent-Type: application/json; charset=utf-8\r\n"
        var chunked = start + "Transfer-Encoding: chunked\r\n\r\n"
        for character in body { chunked += "1;extension=1\r\n\(character)\r\n" }
        try client.send(chunked + "0\r\nTrailer: x\r\n\r\n" + good)
        #expect(try client.readResponse().text == answer("\"chunks\""))
        #expect(try client.readResponse().text == answer("null"))
        try client.send(start + "Expect: 100-continue\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
        #expect(try client.readResponse().status == 100)
        try client.send(body)
        #expect(try client.readResponse().text == answer("\"chunks\""))
        // As a client that half-closes after its request.
        try client.send(good)
        client.endSending()
        #expect(try client.readResponse().text == answer("null"))
    }
}

@Test func closesSlowClients() async throws {
    try await withServer {
        $0.limits.headTimeout = .milliseconds(100)
        $0.limits.bodyTimeout = .milliseconds(100)
        $0.limits.idleTimeout = .milliseconds(300)
    } _: { port in
        let silent = try SocketClient(port: port)
        let slowHead = try SocketClient(port: port)
        let slowBody = try SocketClient(port: port)
        try slowHead.send("POST / HTTP/1.1\r\nHo")
        try slowBody.send(String(good.dropLast(5)))
        #expect(try slowHead.readResponse().status == 408)
        #expect(try slowBody.readResponse().status == 408)
        #expect(try silent.isClosed())
    }
}

@Test func limitsConnections() async throws {
    try await withServer {
        $0.limits.connections = 2
    } _: { port in
        let first = try SocketClient(port: port)
        let second = try SocketClient(port: port)
        #expect(try first.post(call("test_null")).status == 200)
        #expect(try second.post(call("test_null")).status == 200)
        #expect(try SocketClient(port: port).isClosed())
        #expect(try first.post(call("test_null")).status == 200)
    }
}

@Test func compresses() async throws {
    try await withServer { port in
        let client = try SocketClient(port: port)
        for method in ["test_echo", "test_large"] {
            let params = method == "test_echo" ? "[\"\(String(repeating: "y", count: 5000))\"]" : "[5000]"
            let response = try client.post(call(method, params), headers: "Accept-Encoding: deflate, gzip;q=0.8\r\n")
            #expect(response.headers["content-encoding"] == "gzip")
            #expect(response.body.count < 200)
            #expect(response.body.starts(with: [0x1F, 0x8B]))
        }
        for encoding in ["identity", "gzip;q=0", "gzipped"] {
            let response = try client.post(call("test_large", "[5000]"), headers: "Accept-Encoding: \(encoding)\r\n")
            #expect(response.headers["content-encoding"] == nil)
            #expect(response.body.count > 5000)
        }
        let short = try client.post(call("test_null"), headers: "Accept-Encoding: gzip\r\n")
        #expect(short.text == answer("null"))
        // The gzip of `[]`, by Python's gzip.compress(b"[]", mtime=0).
        let gzip: [UInt8] = [
            31, 139, 8, 0, 0, 0, 0, 0, 2, 255, 139, 142, 5, 0, 41, 187, 76, 13, 2, 0, 0, 0,
        ]
        try client.send(
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
                + "Content-Length: \(gzip.count)\r\n\r\n")
        try client.send(gzip)
        #expect(try client.readResponse().text == failure(-32600, "empty batch", id: "null"))
        #expect(try client.post("[]", headers: "Content-Encoding: gzip\r\n").status == 400)
    }
}

@Test func answersPreflightsOfAllowedOriginsOnly() async throws {
    try await withServer {
        $0.policy.origins = ["https://app.example"]
    } _: { port in
        let client = try SocketClient(port: port)
        func preflight(_ origin: String) throws -> SocketClient.Response {
            try client.send(
                "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: \(origin)\r\nAccess-Control-Request-Method: POST\r\n"
                    + "Access-Control-Request-Headers: content-type\r\n\r\n")
            return try client.readResponse()
        }
        let allowed = try preflight("https://app.example")
        #expect(allowed.status == 200)
        #expect(allowed.headers["access-control-allow-origin"] == "https://app.example")
        #expect(allowed.headers["access-control-allow-methods"] == "POST, GET")
        #expect(allowed.headers["access-control-allow-headers"] == "content-type")
        #expect(try preflight("https://evil.example").headers["access-control-allow-origin"] == nil)
        let response = try client.post(call("test_null"), headers: "Origin: https://app.example\r\n")
        #expect(response.headers["access-control-allow-origin"] == "https://app.example")
        #expect(response.headers["vary"] == "Origin")
        #expect(try SocketClient(port: port).upgrade(headers: "Origin: https://evil.example\r\n").status == 403)
        #expect(try SocketClient(port: port).upgrade(headers: "Origin: https://app.example\r\n").status == 101)
    }
}

@Test func servesRoutes() async throws {
    try await withServer {
        $0.routes = [
            HTTPRoute("/health", isInline: true) { _ in HTTPAnswer(text: "ok\n") },
            HTTPRoute("/ready") { _ in HTTPAnswer(status: 503, text: "starting\n") },
            HTTPRoute("/eth/") { request in HTTPAnswer.json { $0.string(request.path + " " + request.query) } },
            HTTPRoute("/eth/v1/") { request in HTTPAnswer(text: String(repeating: request.path, count: 1000)) },
        ]
    } _: { port in
        let client = try SocketClient(port: port)
        func get(_ path: String, _ method: String = "GET", _ headers: String = "") throws -> SocketClient.Response {
            try client.send("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n")
            return try client.readResponse()
        }
        #expect(try get("/health").text == "ok\n")
        #expect(try get("/ready").status == 503)
        #expect(try get("/eth/x?a=b").text == "\"/eth/x a=b\"")
        #expect(try get("/eth/v1/y").text.utf8.count == 9000)
        #expect(try get("/eth/v1/y", "GET", "Accept-Encoding: gzip\r\n").headers["content-encoding"] == "gzip")
        #expect(try get("/health", "HEAD").body.isEmpty)
        #expect(try get("/").status == 200)
    }
}

@Test func boundsRoutes() async throws {
    try await withServer {
        $0.messageLimits.timeout = .milliseconds(100)
        $0.messageLimits.responseBytes = 10_000
        $0.routes = [
            HTTPRoute("/slow") { request in
                while !request.isCancelled {}
                return HTTPAnswer(text: "late\n")
            },
            HTTPRoute("/large") { _ in HTTPAnswer(text: String(repeating: "x", count: 10_001)) },
        ]
    } _: { port in
        let client = try SocketClient(port: port)
        func get(_ path: String) throws -> SocketClient.Response {
            try client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return try client.readResponse()
        }
        for _ in 0..<2 {
            let slow = try get("/slow")
            #expect(slow.status == 503)
            #expect(slow.text == "the answer took too long\n")
            // What comes too late is not taken for the next answer.
            let large = try get("/large")
            #expect(large.status == 500)
            #expect(large.text == "the answer is too large\n")
        }
    }
}

@Test func checksTokens() async throws {
    let secret = [UInt8](repeating: 7, count: 32)
    let authoriser = TokenAuthoriser(secret: secret) { 1_000_000 }
    func header(_ claims: String, _ algorithm: String = "HS256", secret key: [UInt8]? = nil) -> String {
        "Authorization: Bearer \(token(claims, algorithm, key ?? secret))\r\n"
    }
    try await withServer {
        $0.policy.authorise = { authoriser.refusal(of: $0) }
        $0.routes = [HTTPRoute("/health", needsAuthorisation: false) { _ in HTTPAnswer(text: "ok") }]
    } _: { port in
        func post(_ headers: String) throws -> String {
            let response = try SocketClient(port: port).post(call("test_null"), headers: headers)
            return response.status == 401 ? response.text : "\(response.status)"
        }
        #expect(try post("") == "missing token\n")
        #expect(try post("Authorization: Basic abc\r\n") == "missing token\n")
        #expect(try post("Authorization: Bearer a.b\r\n") == "malformed token\n")
        #expect(try post(header("{\"iat\":1000000}")) == "200")
        #expect(try post(header("{\"iat\":999940.5,\"id\":{}}")) == "200")
        #expect(try post(header("{\"iat\":999939}")) == "stale token\n")
        #expect(try post(header("{\"iat\":1000061}")) == "future token\n")
        #expect(try post(header("{\"iat\":1000000,\"exp\":999999}")) == "token is expired\n")
        #expect(try post(header("{}")) == "missing issued-at\n")
        #expect(try post(header("{\"iat\":\"x\"}")) == "malformed token\n")
        #expect(try post(header("{\"iat\":1000000}", "none")) == "malformed token\n")
        #expect(try post(header("{\"iat\":1000000}", secret: [1])) == "invalid signature\n")
        #expect(try SocketClient(port: port).upgrade().status == 401)
        #expect(try SocketClient(port: port).upgrade(headers: header("{\"iat\":1000000}")).status == 101)
        let client = try SocketClient(port: port)
        try client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try client.readResponse().text == "ok")
    }
}

/// A token signed with HMAC-SHA256, by the definition.
private func token(_ claims: String, _ algorithm: String, _ secret: [UInt8]) -> String {
    let signed =
        "\(base64URL(Array("{\"typ\":\"JWT\",\"alg\":\"\(algorithm)\"}".utf8))).\(base64URL(Array(claims.utf8)))"
    let key = secret + [UInt8](repeating: 0, count: 64 - secret.count)
    let inner = SHA256.hash(key.map { $0 ^ 0x36 } + Array(signed.utf8)).bytes
    return "\(signed).\(base64URL(SHA256.hash(key.map { $0 ^ 0x5C } + inner).bytes))"
}

private func base64URL(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    let bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - UInt8($0)) & 1 } }
    return String(
        stride(from: 0, to: bits.count, by: 6).map { start in
            alphabet[(0..<6).reduce(0) { $0 << 1 | (start + $1 < bits.count ? Int(bits[start + $1]) : 0) }]
        })
}

@Test func stopsGracefully() async throws {
    let server = Server()
    var endpoint = HTTPEndpoint(methods: testMethods())
    // However busy the machine is, only the stop ends the connections.
    endpoint.limits.openingTimeout = .hours(1)
    endpoint.limits.idleTimeout = .hours(1)
    endpoint.messageLimits.timeout = .hours(1)
    let address = try await server.listen(endpoint)
    let port = address.port ?? 0
    let idle = try SocketClient(port: port)
    let busy = try SocketClient(port: port)
    try busy.send(SocketClient.request(call("test_later", "[\"a\"]")))
    #expect(try busy.readResponse().text == answer("\"later a\""))
    let waiting = try SocketClient(port: port)
    try waiting.send(SocketClient.request(call("test_never")))
    for _ in 0..<30_000 where server.connectionCount < 3 { try await Task.sleep(nanoseconds: 1_000_000) }
    #expect(server.connectionCount == 3)
    idle.endSending()
    await server.stop(grace: .milliseconds(50))
    #expect(try idle.isClosed())
    #expect(try waiting.isClosed())
    #expect(server.connectionCount == 0)
    #expect(throws: SocketClient.Failure.self) { try SocketClient(port: port) }
}
