import Glibc
import JSONRPC
import NIOCore
import Testing

/// A server whose connections share so many bytes, for as long as `body` runs.
private func withBoundedServer(
    _ limit: Int, _ configure: (inout HTTPEndpoint) -> Void = { _ in }, ipc: String? = nil,
    _ body: (Server, Int) async throws -> Void
) async throws {
    let server = Server(memoryLimit: limit)
    var endpoint = HTTPEndpoint(methods: testMethods())
    configure(&endpoint)
    do {
        let address = try await server.listen(endpoint)
        if let ipc { try await server.listen(IPCEndpoint(path: ipc, methods: testMethods())) }
        try await body(server, address.port ?? 0)
    } catch {
        await server.stop(grace: .zero)
        throw error
    }
    await server.stop(grace: .zero)
}

/// Waits until the server holds nothing.
private func emptied(_ server: Server) async throws -> Bool {
    for _ in 0..<5_000 where server.heldBytes != 0 { try await Task.sleep(nanoseconds: 1_000_000) }
    return server.heldBytes == 0
}

private let mebibyte = 1 << 20
private let limit = 8 * mebibyte
private let filler = [UInt8](repeating: UInt8(ascii: "x"), count: mebibyte)

/// Sends the head of a request of 4 MiB and 3 MiB of its body.
private func sendHalf(_ client: SocketClient, chunked: Bool) throws {
    let start = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    try client.send(
        start + (chunked ? "Transfer-Encoding: chunked\r\n\r\n400000\r\n" : "Content-Length: \(4 * mebibyte)\r\n\r\n"))
    for _ in 0..<3 { try client.send(filler) }
}

/// The bytes of the answer to who tries again when told to: what others have sent before may be read after it, and then it
/// is the one that has been holding for longest.
private func served(_ text: String, _ port: Int) -> Int {
    for _ in 0..<5 {
        // Who is still sending when the connection ends may not see why.
        guard let response = try? SocketClient(port: port).post(text), response.status == 200 else { continue }
        return response.body.count
    }
    return 0
}

@Test(arguments: [false, true])
func boundsHalfSentRequestsOfAllConnections(chunked: Bool) async throws {
    let limit = 16 * mebibyte
    try await withBoundedServer(limit) { server, port in
        let good = try SocketClient(port: port)
        let large = call("test_echo", "[\"\(String(repeating: "y", count: 3 * mebibyte))\"]")
        var clients: [SocketClient] = []
        for index in 0..<30 {
            let client = try SocketClient(port: port)
            try sendHalf(client, chunked: chunked)
            clients.append(client)
            #expect(server.heldBytes <= limit)
            #expect(try good.post(call("test_null")).text == answer("null"))
            // What is sent at once is served, however much others have begun.
            if index % 10 == 9 { #expect(served(large, port) > 3 * mebibyte) }
        }
        // The first had to go for the last.
        let refusal = try clients[0].readResponse()
        #expect(refusal.status == 503)
        #expect(refusal.headers["content-type"] == "application/json")
        #expect(
            refusal.text
                == failure(
                    -32005,
                    "too many bytes of unfinished requests and unread answers on this server, try again later",
                    id: "null"))
        clients.removeAll()
        #expect(try await emptied(server))
    }
}

@Test func boundsHalfSentMessagesOfWebSockets() async throws {
    try await withBoundedServer(limit) { server, port in
        var clients: [SocketClient] = []
        for index in 0..<20 {
            let client = try SocketClient(port: port)
            _ = try client.upgrade()
            if index % 2 == 0 {
                for part in 0..<3 { try client.sendFrame(part == 0 ? 1 : 0, filler, isFinal: false) }
            } else {
                // The head of a frame of 16 MiB, and some of it.
                try client.send([0x81, 0xFF, 0, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4])
                for _ in 0..<3 { try client.send(filler) }
            }
            clients.append(client)
            #expect(server.heldBytes <= limit)
        }
        let close = try clients[0].readFrame()
        #expect(close.opcode == 8)
        #expect(close.payload == [0x03, 0xF5])
        #expect(try SocketClient(port: port).post(call("test_null")).status == 200)
        clients.removeAll()
        #expect(try await emptied(server))
    }
}

@Test func boundsHalfSentMessagesOfTheUnixSocket() async throws {
    let path = "/tmp/mayfly-test-\(UInt32.random(in: 0 ... .max)).ipc"
    try await withBoundedServer(limit, ipc: path) { server, port in
        var clients: [SocketClient] = []
        for _ in 0..<10 {
            let client = try SocketClient(path: path)
            try client.send("[\"")
            for _ in 0..<3 { try client.send(filler) }
            clients.append(client)
        }
        #expect(try clients[0].readLine().contains("too many bytes of unfinished requests"))
        #expect(server.heldBytes <= limit)
        clients.removeAll()
        #expect(try await emptied(server))
    }
}

@Test func boundsAnswersThatNobodyTakes() async throws {
    try await withBoundedServer(limit) { server, port in
        var clients: [SocketClient] = []
        let good = try SocketClient(port: port)
        for index in 0..<24 {
            let client = try SocketClient(port: port)
            if index % 2 == 0 {
                try client.send(SocketClient.request(call("test_large", "[7000000]")))
            } else {
                _ = try client.upgrade()
                try client.sendText(call("test_large", "[7000000]"))
            }
            clients.append(client)
            #expect(try good.post(call("test_null")).text == answer("null"))
            #expect(server.heldBytes <= limit)
        }
        #expect(served(call("test_large", "[3000000]"), port) > 3_000_000)
        clients.removeAll()
        #expect(try await emptied(server))
    }
}

@Test func boundsMessagesThatWaitForTheirAnswers() async throws {
    try await withBoundedServer(limit) { server, port in
        var clients: [SocketClient] = []
        let padding = String(repeating: " ", count: 3 * mebibyte)
        for count in 1...2 {
            let client = try SocketClient(port: port)
            try client.send(SocketClient.request(call("test_never") + padding))
            clients.append(client)
            for _ in 0..<5_000 where server.heldBytes < count * 3 * mebibyte {
                try await Task.sleep(nanoseconds: 1_000_000)
            }
        }
        // Those for which there is no room are told so: once their messages are whole, or before.
        for _ in 0..<3 {
            let client = try SocketClient(port: port)
            try client.send(SocketClient.request(call("test_never") + padding))
            #expect(try client.readResponse().text.contains("-32005"))
        }
        #expect(server.heldBytes <= limit)
        #expect(try SocketClient(port: port).post(call("test_null")).text == answer("null"))
        clients.removeAll()
    }
}

/// What goes away in the middle of anything gives back all that it held.
@Test func givesEverythingBackUnderAbruptEnds() async throws {
    let path = "/tmp/mayfly-test-\(UInt32.random(in: 0 ... .max)).ipc"
    try await withBoundedServer(limit, ipc: path) { (server, port) async throws in
        var random = SystemRandomNumberGenerator()
        var open: [SocketClient] = []
        for _ in 0..<400 {
            let kind = Int.random(in: 0..<6, using: &random)
            let size = Int.random(in: 1...(kind == 5 ? 4 : 1_500_000), using: &random)
            guard let client = kind == 3 ? try? SocketClient(path: path) : try? SocketClient(port: port) else {
                continue
            }
            // The server may have closed in the meantime: that is what is tested.
            try? abuse(client, kind, Array(filler.prefix(min(size, filler.count))))
            if Bool.random(using: &random) { client.resetsOnClose() }
            open.append(client)
            if open.count > 12 { open.remove(at: Int.random(in: 0..<open.count, using: &random)) }
        }
        open.removeAll()
        #expect(try await emptied(server))
        #expect(try SocketClient(port: port).post(call("test_null")).text == answer("null"))
    }
}

private func abuse(_ client: SocketClient, _ kind: Int, _ bytes: [UInt8]) throws {
    switch kind {
    case 0:
        try sendHead(client, "Content-Length: 4000000\r\n\r\n")
        try client.send(bytes)
    case 1:
        try sendHead(client, "Transfer-Encoding: chunked\r\n\r\n300000\r\n")
        try client.send(bytes)
    case 2:
        _ = try client.upgrade()
        try client.sendFrame(1, bytes, isFinal: false)
        try client.send([0x80, 0xFE, 0x10])
    case 3: try client.send([UInt8(ascii: "["), UInt8(ascii: "\"")] + bytes)
    case 4: try client.send(SocketClient.request(call("test_large", "[\(bytes.count * 4)]")))
    default:
        for _ in 0..<bytes.count { try client.send(SocketClient.request(call("test_later", "[\"a\"]"))) }
        try client.send(bytes)
    }
}

private func sendHead(_ client: SocketClient, _ rest: String) throws {
    try client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + rest)
}

@Test func closesConnectionsThatBeginNothing() async throws {
    try await withBoundedServer(
        limit,
        {
            $0.limits.openingTimeout = .milliseconds(100)
            $0.limits.idleTimeout = .seconds(60)
        }
    ) { _, port in
        let silent = try SocketClient(port: port)
        let used = try SocketClient(port: port)
        #expect(try used.post(call("test_null")).status == 200)
        #expect(try silent.isClosed())
        // Between requests the connection may rest for longer.
        #expect(try used.post(call("test_null")).status == 200)
    }
}

@Test func keepsClientsThatAreAlwaysInTheMiddleOfAMessage() async throws {
    try await withBoundedServer(limit, { $0.limits.bodyTimeout = .seconds(3) }) { _, port in
        // On a machine that is busy with other things the client may be too slow, and be closed with good reason.
        for _ in 0..<5 where try await staysInTheMiddle(of: SocketClient(port: port)) { return }
        Issue.record("no attempt was quick enough, or every one was cut off")
    }
}

/// Sends for longer than a message may take, the rest of one message always with the beginning of the next; whether none
/// took nearly as long as it may.
private func staysInTheMiddle(of client: SocketClient) async throws -> Bool {
    _ = try client.upgrade()
    let text = Array(call("test_null").utf8)
    let frame: [UInt8] = [0x81, 0x80 | UInt8(text.count), 0, 0, 0, 0] + text
    try client.send(Array(frame.prefix(20)))
    var last = ContinuousClock.now
    for _ in 0..<40 {
        try await Task.sleep(nanoseconds: 100_000_000)
        if ContinuousClock.now - last > .seconds(1) { return false }
        last = .now
        try client.send(Array(frame.dropFirst(20) + frame.prefix(20)))
        #expect(try client.readText() == answer("null"))
    }
    return true
}
