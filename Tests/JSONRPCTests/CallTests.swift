import NIOCore
import NIOEmbedded
import Synchronization
import Testing

import JSONRPC

/// Bodies and what they are answered with, on every transport.
let exchanges: [(body: String, expected: String)] = [
    (call("test_null"), answer("null")),
    (call("test_number", "[\"0xff\"]"), answer("\"0xff\"")),
    (call("test_echo", "[\"a\\u0041\\n\"]", id: "\"x\\u0041 \""), answer("\"aA\\n\"", id: "\"x\\u0041 \"")),
    (call("test_echo", "null", id: "null"), answer("\"\"", id: "null")),
    (call("test_null", id: "-1.50e3"), answer("null", id: "-1.50e3")),
    (#"{"params":["b"],"method":"test_echo","id":7,"jsonrpc":"2.0","more":{"a":[1]}}"#, answer("\"b\"", id: "7")),
    (#"{"jsonrpc":"2.0","id":1,"method":"test_echo"}"#, answer("\"\"")),
    (#"{"jsonrpc":"2.0","id":1,"method":"test_\u0065cho"}"#, answer("\"\"")),
    (call("test_fail"), #"{"jsonrpc":"2.0","id":1,"error":{"code":3,"message":"execution reverted","data":"0xab"}}"#),
    (call("test_nothing"), failure(-32601, "the method test_nothing does not exist/is not available")),
    (call("test_number", "[]"), failure(-32602, "missing value for required argument 0")),
    (call("test_number", "[\"0x01\"]"), failure(-32602, "invalid argument 0: hex number with leading zero digits")),
    (call("test_number", "[\"0x1\",2]"), failure(-32602, "too many arguments, want at most 1")),
    (call("test_number", "{}"), failure(-32602, "non-array args")),
    (call("test_subscribe", "[0]", id: "5"), "http-only"),
    ("[]", failure(-32600, "empty batch", id: "null")),
    ("{}", failure(-32600, "invalid request", id: "null")),
    ("[1,{}]", "[\(failure(-32600, "invalid request", id: "null")),\(failure(-32600, "invalid request", id: "null"))]"),
    (#"{"id":1,"method":"test_null"}"#, failure(-32600, "invalid request")),
    (#"{"jsonrpc":"1.0","id":1,"method":"test_null"}"#, failure(-32600, "invalid request")),
    (#"{"jsonrpc":"2.0","id":[1],"method":"test_null"}"#, failure(-32600, "invalid request", id: "null")),
    (#"{"jsonrpc":"2.0","id":1,"method":5}"#, failure(-32600, "invalid request")),
    (
        "[\(call("test_echo", "[\"a\"]", id: "1")),\(call("test_null", id: "2"))]",
        "[\(answer("\"a\"", id: "1")),\(answer("null", id: "2"))]"
    ),
]

/// Only messages that are whole as brackets go can be told apart on IPC.
let malformed: [(body: String, expected: String)] = [
    ("{", failure(-32700, "parse error: unexpected end of JSON input at byte 1", id: "null")),
    ("", failure(-32700, "parse error: unexpected end of JSON input at byte 0", id: "null")),
    ("{}x", failure(-32700, "parse error: data after the value at byte 2", id: "null")),
    (#"{"id":1,"id":2}"#, failure(-32700, "parse error: duplicate key in object at byte 13", id: "null")),
]

/// One connection without a socket.
private func embedded(_ request: String, _ configure: (inout HTTPEndpoint) -> Void = { _ in }) throws -> [String] {
    var endpoint = HTTPEndpoint(methods: testMethods())
    configure(&endpoint)
    let loop = EmbeddedEventLoop()
    let channel = EmbeddedChannel(handler: endpoint.makeHandler(loop: loop), loop: loop)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    // Byte by byte, so that every boundary is met.
    for byte in request.utf8 { try channel.writeInbound(ByteBuffer(integer: byte)) }
    loop.run()
    var responses: [String] = []
    while let response = try channel.readOutbound(as: ByteBuffer.self) { responses.append(String(buffer: response)) }
    _ = try? channel.finish(acceptAlreadyClosed: true)
    return responses
}

@Test(arguments: (exchanges + malformed).map(\.body).filter { !$0.hasPrefix("[{") })
func answersByteByByteWithoutASocket(body: String) throws {
    let expected = (exchanges + malformed).first { $0.body == body }?.expected
    let responses = try embedded(SocketClient.request(body))
    let last = try #require(responses.last)
    #expect(last.hasPrefix("HTTP/1.1 200 OK\r\n"))
    let text = last.components("\r\n\r\n")
    #expect(text == (expected == "http-only" ? failure(-32601, "notifications not supported", id: "5") : expected))
}

extension String {
    /// What follows the first occurrence of `separator`.
    func components(_ separator: String) -> String? {
        let (bytes, mark) = (Array(utf8), Array(separator.utf8))
        let start = bytes.indices.first { bytes[$0...].starts(with: mark) }
        return start.map { String(decoding: bytes[($0 + mark.count)...], as: UTF8.self) }
    }
}

@Test func answersOnEveryTransport() async throws {
    try await withServer { port in
        let http = try SocketClient(port: port)
        let socket = try SocketClient(port: port)
        #expect(try socket.upgrade().headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        for (body, expected) in exchanges + malformed where expected != "http-only" {
            #expect(try http.post(body).text == expected)
            try socket.sendText(body)
            #expect(try socket.readText() == expected)
        }
    }
    let path = "/tmp/mayfly-test-\(UInt32.random(in: 0 ... .max)).ipc"
    let server = Server()
    try await server.listen(IPCEndpoint(path: path, methods: testMethods()))
    let client = try SocketClient(path: path)
    for (body, expected) in exchanges where expected != "http-only" {
        try client.send(body)
        #expect(try client.readLine() == expected)
    }
    await server.stop(grace: .zero)
}

@Test func answersFromWorkersAndLater() async throws {
    try await withServer { port in
        let client = try SocketClient(port: port)
        #expect(try client.post(call("test_pooled", "[\"a\"]")).text == answer("\"pooled a\""))
        #expect(try client.post(call("test_later", "[\"a\"]")).text == answer("\"later a\""))
        #expect(
            try client.post(call("test_later", "[]")).text == failure(-32602, "missing value for required argument 0"))
        #expect(try client.post(call("test_forget")).text == failure(-32603, "the method did not answer"))
        let batch = [
            call("test_later", "[\"a\"]", id: "1"), call("test_pooled", "[\"b\"]", id: "2"), call("test_null", id: "3"),
            call("test_later", "[\"c\"]", id: "4"), #"{"jsonrpc":"2.0","method":"test_null"}"#, "7",
        ]
        #expect(
            try client.post("[\(batch.joined(separator: ","))]").text
                == "[\(answer("\"later a\"")),\(answer("\"pooled b\"", id: "2")),\(answer("null", id: "3")),"
                + "\(answer("\"later c\"", id: "4")),\(failure(-32600, "invalid request", id: "null"))]")
    }
}

@Test func handsCallsOfABatchOverTogether() async throws {
    try await withServer { port in
        let client = try SocketClient(port: port)
        #expect(try client.post(call("test_together")).text == answer("\"alone\""))
        let calls = (0..<100).map { call("test_together", "[\"n\($0)\"]", id: "\($0)") }
        let expected = (0..<100).map { answer("\"n\($0) of 100\"", id: "\($0)") }
        #expect(try client.post("[\(calls.joined(separator: ","))]").text == "[\(expected.joined(separator: ","))]")
        let mixed = [calls[0], call("test_null", id: "9"), calls[1], call("test_together", "[]", id: "8")]
        #expect(
            try client.post("[\(mixed.joined(separator: ","))]").text
                == "[\(answer("\"n0 of 1\"", id: "0")),\(answer("null", id: "9")),\(answer("\"n1 of 2\"", id: "1")),"
                + "\(failure(-32602, "missing value for required argument 0", id: "8"))]")
    }
}

@Test func notificationsAreNotAnswered() async throws {
    try await withServer { port in
        let client = try SocketClient(port: port)
        let notification = #"{"jsonrpc":"2.0","method":"test_null"}"#
        for body in [notification, "[\(notification),\(notification)]", #"{"jsonrpc":"2.0","method":"nothing"}"#] {
            let response = try client.post(body)
            #expect(response.status == 200)
            #expect(response.body.isEmpty)
        }
    }
}

@Test func limitsBatchesAndAnswers() async throws {
    try await withServer {
        $0.messageLimits.batchCount = 10
        $0.messageLimits.responseBytes = 10_000
    } _: { port in
        let client = try SocketClient(port: port)
        let eleven = [String](repeating: call("test_null"), count: 11).joined(separator: ",")
        #expect(try client.post("[\(eleven)]").text == "[\(failure(-32600, "batch too large"))]")
        #expect(try client.post(call("test_large", "[20000]")).text == failure(-32003, "response too large"))
        let three = (1...3).map { call("test_large", "[4000]", id: "\($0)") }.joined(separator: ",")
        let text = try client.post("[\(three)]").text
        #expect(text.hasSuffix(",\(failure(-32003, "response too large", id: "3"))]"))
        #expect(text.utf8.count < 9000)
        let more = (1...4).map { call("test_large", "[6000]", id: "\($0)") }.joined(separator: ",")
        #expect(
            try client.post("[\(more)]").text.hasSuffix(
                (2...4).map { "," + failure(-32003, "response too large", id: "\($0)") }.joined() + "]"))
    }
}

@Test func timesOut() async throws {
    try await withServer {
        $0.messageLimits.timeout = .milliseconds(100)
        $0.limits.idleTimeout = .milliseconds(500)
    } _: { port in
        let client = try SocketClient(port: port)
        #expect(try client.post(call("test_never", id: "8")).text == failure(-32002, "request timed out", id: "8"))
        // What a batch was answered in time is given.
        let late = failure(-32002, "request timed out", id: "2")
        for (method, parameters, result) in [
            ("test_null", "[]", "null"), ("test_pooled", #"["a"]"#, #""pooled a""#),
            ("test_later", #"["a"]"#, #""later a""#),
        ] {
            for slow in ["test_slow", "test_never"] {
                let batch = "[\(call(method, parameters)),\(call(slow, id: "2")),\(call("test_null", id: "3"))]"
                #expect(
                    try client.post(batch).text
                        == "[\(answer(result)),\(late),\(failure(-32002, "request timed out", id: "3"))]")
            }
        }
        #expect(
            try client.post("[\(call("test_slow", id: "2"))]").text == "[\(late)]")
        #expect(try client.post(call("test_null")).text == answer("null"))
    }
}

@Test func cancelsWhatNobodyWaitsFor() async throws {
    try await withServer { port in
        let before = cancellations.load(ordering: .relaxed)
        // One that is gone before its call begins has nothing to cancel: on a busy machine another try shows it.
        for _ in 0..<20 where cancellations.load(ordering: .relaxed) == before {
            let client = try SocketClient(port: port)
            try client.send(SocketClient.request(call("test_slow")))
            try await Task.sleep(nanoseconds: 50_000_000)
            withExtendedLifetime(client) {}
            for _ in 0..<500 where cancellations.load(ordering: .relaxed) == before {
                try await Task.sleep(nanoseconds: 2_000_000)
            }
        }
        #expect(cancellations.load(ordering: .relaxed) > before)
    }
}

@Test func refusesWhatWouldWaitTooLong() async throws {
    try await withServer {
        // It keeps the worker however long other tests keep this one waiting.
        $0.messageLimits.timeout = .hours(1)
        $0.limits.idleTimeout = .hours(1)
    } threads: {
        $0.workers = 1
        $0.queueLimit = 0
    } _: { port in
        let slow = try SocketClient(port: port)
        try slow.send(SocketClient.request(call("test_occupy")))
        for _ in 0..<10_000 where !occupied.load(ordering: .relaxed) {
            try await Task.sleep(nanoseconds: 1_000_000)
        }
        let text = try SocketClient(port: port).post(call("test_pooled", "[\"a\"]")).text
        #expect(text == failure(-32005, "server is overloaded, try again later"))
        // It keeps the worker as long as its client is there.
        withExtendedLifetime(slow) {}
    }
}
