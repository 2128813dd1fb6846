import Glibc
import JSONRPC
import NIOCore
import Synchronization
import Testing

@Test func answersPingsAndFragments() async throws {
    try await withServer { port in
        let client = try SocketClient(port: port)
        _ = try client.upgrade()
        try client.sendFrame(9, [1, 2, 3])
        let pong = try client.readFrame()
        #expect(pong.opcode == 10 && pong.payload == [1, 2, 3])
        let text = Array(call("test_echo", "[\"\(String(repeating: "z", count: 70000))\"]").utf8)
        try client.sendFrame(1, Array(text[..<10]), isFinal: false)
        try client.sendFrame(9, [])
        try client.sendFrame(0, Array(text[10..<300]), isFinal: false)
        try client.sendFrame(0, Array(text[300...]))
        #expect(try client.readFrame().opcode == 10)
        let frame = try client.readFrame()
        #expect(frame.opcode == 1 && frame.payload.count > 70000)
        try client.sendFrame(8, [0x03, 0xE8])
        let close = try client.readFrame()
        #expect(close.opcode == 8 && close.payload == [0x03, 0xE8])
        #expect(try client.isClosed())
    }
}

@Test(
    arguments: [
        ([0x81, 0x01, 0x41], 1002), ([0xC1, 0x80, 0, 0, 0, 0], 1002), ([0x83, 0x80, 0, 0, 0, 0], 1002),
        ([0x80, 0x80, 0, 0, 0, 0], 1002), ([0x09, 0x80, 0, 0, 0, 0], 1002), ([0x89, 0xFE, 0, 126], 1002),
        ([0x81, 0xFE, 0, 5], 1002), ([0x88, 0x81, 0, 0, 0, 0, 1], 1002), ([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xED], 1002),
        ([0x81, 0xFF, 0, 0, 0, 0, 0xFF, 0, 0, 0], 1009), ([0x81, 0xFE, 0xFF, 0xFF], 1009),
        ([0x88, 0x83, 0, 0, 0, 0, 0x03, 0xE8, 0xFF], 1007),
        ([0x01, 0x80, 0, 0, 0, 0, 0x81, 0x80, 0, 0, 0, 0], 1002),
    ] as [([UInt8], Int)])
func closesOnBadFrames(bytes: [UInt8], code: Int) async throws {
    try await withServer {
        $0.limits.messageBytes = 1000
    } _: { port in
        let client = try SocketClient(port: port)
        _ = try client.upgrade()
        try client.send(bytes)
        let close = try client.readFrame()
        #expect(close.opcode == 8)
        #expect(close.payload == [UInt8(code >> 8), UInt8(code & 255)])
        #expect(try client.isClosed())
    }
}

@Test func refusesMalformedHandshakes() async throws {
    try await withServer { port in
        for (version, key, status) in [("12", "dGhlIHNhbXBsZSBub25jZQ==", 426), ("13", "short", 400)] {
            let client = try SocketClient(port: port)
            try client.send(
                "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: \(version)\r\nSec-WebSocket-Key: \(key)\r\n\r\n")
            #expect(try client.readResponse().status == status)
        }
    }
}

@Test func answersManyAtATime() async throws {
    try await withServer {
        $0.messageLimits.concurrentMessages = 4
    } _: { port in
        let client = try SocketClient(port: port)
        _ = try client.upgrade()
        for index in 0..<200 { try client.sendText(call("test_later", "[\"\(index)\"]", id: "\(index)")) }
        var texts: Set<String> = []
        for _ in 0..<200 { texts.insert(try client.readText()) }
        #expect(texts == Set((0..<200).map { answer("\"later \($0)\"", id: "\($0)") }))
    }
}

@Test func notifiesSubscribersUntilTheyLeave() async throws {
    try await withServer { port in
        let before = cancellations.load(ordering: .relaxed)
        let client = try SocketClient(port: port)
        _ = try client.upgrade()
        try client.sendText(call("test_subscribe", "[3]"))
        let text = try client.readText()
        let id = String(text.split(separator: "\"")[9])
        #expect(id.hasPrefix("0x"))
        let payload = String(repeating: "n", count: 1000)
        for _ in 0..<3 {
            #expect(
                try client.readText()
                    == #"{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"\#(id)","#
                    + #""result":"\#(payload)"}}"#)
        }
        try client.sendText(call("test_unsubscribe", "[\"\(id)\"]"))
        #expect(try client.readText() == answer("true"))
        try client.sendText(call("test_unsubscribe", "[\"\(id)\"]"))
        #expect(try client.readText() == answer("false"))
        try client.sendText(call("test_subscribe", "[0]"))
        _ = try client.readText()
        try client.sendFrame(8, [])
        #expect(try client.isClosed())
        for _ in 0..<10_000 where cancellations.load(ordering: .relaxed) < before + 2 {
            try await Task.sleep(nanoseconds: 1_000_000)
        }
        #expect(cancellations.load(ordering: .relaxed) >= before + 2)
    }
}

@Test func cutsOffSubscribersThatDoNotRead() async throws {
    try await withServer {
        $0.limits.unreadBytes = 1 << 20
        $0.messageLimits.responseBytes = 1 << 20
    } _: { port in
        let client = try SocketClient(port: port)
        _ = try client.upgrade()
        try client.sendText(call("test_subscribe", "[100000]"))
        try await Task.sleep(nanoseconds: 300_000_000)
        var count = 0
        while (try? client.readFrame()) != nil { count += 1 }
        #expect(count < 50000)
        let other = try SocketClient(port: port)
        #expect(try other.post(call("test_null")).status == 200)
    }
}

@Test func pingsSilentClientsAndClosesDeadOnes() async throws {
    try await withServer {
        $0.limits.pingInterval = .milliseconds(50)
    } _: { port in
        let client = try SocketClient(port: port)
        _ = try client.upgrade()
        #expect(try client.readFrame().opcode == 9)
        try client.sendFrame(10, [])
        #expect(try client.readFrame().opcode == 9)
        #expect(try client.isClosed())
    }
}

@Test func servesAPrivateUnixSocket() async throws {
    let path = "/tmp/mayfly-test-\(UInt32.random(in: 0 ... .max)).ipc"
    let server = Server()
    try await server.listen(IPCEndpoint(path: path, methods: testMethods()))
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    let client = try SocketClient(path: path)
    // Several values in one write, one value in many.
    try client.send(call("test_null") + " " + call("test_echo", "[\"}]\\\"{\"]", id: "2") + "\n[")
    #expect(try client.readLine() == answer("null"))
    #expect(try client.readLine() == answer("\"}]\\\"{\"", id: "2"))
    for character in call("test_null", id: "3") + "]" { try client.send(String(character)) }
    #expect(try client.readLine() == "[\(answer("null", id: "3"))]")
    try client.send(#"{"jsonrpc":"2.0","id":4,}"#)
    #expect(try client.readLine().contains("-32700"))
    try client.send(call("test_subscribe", "[1]"))
    #expect(try client.readLine().contains("0x"))
    #expect(try client.readLine().contains("eth_subscription"))
    try client.send("5 ")
    #expect(try client.readLine().contains("-32700"))
    #expect(try client.isClosed())
    let second = Server()
    await #expect(throws: ServerError.socketPathInUse(path)) {
        try await second.listen(IPCEndpoint(path: path, methods: testMethods()))
    }
    await second.stop(grace: .zero)
    await server.stop(grace: .zero)
    #expect(stat(path, &status) != 0)
}
