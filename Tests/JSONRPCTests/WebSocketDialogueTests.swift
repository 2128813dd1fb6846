import NIOCore
import Testing

@testable import JSONRPC

@Suite struct WebSocketDialogueTests {
    /// The example of RFC 6455, section 1.3.
    private static let key = Array("the sample nonce".utf8)
    private static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    private static let head =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: \(accept)\r\n\r\n"

    private func dialogue(limit: Int = 1_000) throws -> WebSocketDialogue {
        WebSocketDialogue(try #require(WebSocketAddress("ws://host:81/a?b=c")), key: Self.key, messageLimit: limit)
    }

    private func text(_ content: String) -> ByteBuffer {
        WebSocketFrames.frame(.text, ByteBuffer(string: content))
    }

    @Test(arguments: [
        ("ws://host", "host", 80, "/", "host"), ("ws://host:81/a?b#c", "host", 81, "/a?b", "host:81"),
        ("WS://127.0.0.1:1", "127.0.0.1", 1, "/", "127.0.0.1:1"), ("ws://[::1]:9", "::1", 9, "/", "[::1]:9"),
        ("ws://[::1]", "::1", 80, "/", "[::1]"), ("ws://host?x", "host", 80, "/?x", "host"),
    ])
    func readsAddresses(_ url: String, _ host: String, _ port: Int, _ target: String, _ authority: String) throws {
        let address = try #require(WebSocketAddress(url))
        #expect(address.host == host && address.port == port)
        #expect(address.target == target && address.authority == authority)
        #expect("\(address)" == "ws://\(authority)")
    }

    @Test(arguments: [
        "", "host:80", "http://host", "wss://host", "ws://", "ws://:80", "ws://host:", "ws://host:0", "ws://host:65536",
        "ws://a b", "ws://user:secret@host", "ws://host/\r\nX: y",
    ])
    func refusesOtherAddresses(_ url: String) { #expect(WebSocketAddress(url) == nil) }

    @Test func opensAndListens() throws {
        let dialogue = try dialogue()
        let request = String(buffer: dialogue.request)
        #expect(request.hasPrefix("GET /a?b=c HTTP/1.1\r\nHost: host:81\r\n") && request.hasSuffix("\r\n\r\n"))
        #expect(request.contains("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"))
        var stream = ByteBuffer(string: Self.head)
        stream.writeImmutableBuffer(text("one"))
        stream.writeImmutableBuffer(WebSocketFrames.frame(.ping, ByteBuffer(string: "?")))
        stream.writeImmutableBuffer(text(String(repeating: "2", count: 300)))
        stream.writeImmutableBuffer(WebSocketFrames.close(1001))
        // However it is cut into pieces.
        for size in [1, 2, 7, 100, stream.readableBytes] {
            var dialogue = try self.dialogue()
            var rest = stream
            var events: [WebSocketDialogue.Event] = []
            while rest.readableBytes > 0 {
                let piece = rest.readSlice(length: min(size, rest.readableBytes))
                dialogue.receive(try #require(piece))
                while let event = try dialogue.next() {
                    events.append(event)
                    if event == .ended { break }
                }
            }
            #expect(events.count == 5)
            #expect(events[0] == .opened && events[1] == .message(ByteBuffer(string: "one")))
            guard case .reply(var pong) = events[2] else { return #expect(Bool(false)) }
            // A client masks what it sends.
            var heard = WebSocketFrames(messageLimit: 100)
            #expect(try heard.next(&pong) == .pong && pong.readableBytes == 0)
            #expect(
                events[3] == .message(ByteBuffer(string: String(repeating: "2", count: 300))) && events[4] == .ended)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 403 Forbidden\r\n\r\n", "HTTP/1.1 200 OK\r\nUpgrade: websocket\r\n\r\n", "nonsense\r\n\r\n",
        head.replacing("s3pP", with: "xxxx"), head.replacing("Upgrade: websocket\r\n", with: ""),
        head.replacing("\r\n\r\n", with: "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
        String(repeating: "x", count: 20_000),
    ])
    func refusesOtherAnswers(_ answer: String) throws {
        var dialogue = try dialogue()
        dialogue.receive(ByteBuffer(string: answer))
        var isRefused = false
        do throws(WebSocketFeedError) {
            _ = try dialogue.next()
        } catch {
            if case .refused = error { isRefused = true }
        }
        #expect(isRefused)
    }

    @Test func refusesBreaches() throws {
        let masked = WebSocketFrames.clientFrame(.text, ByteBuffer(string: "x"), mask: 5)
        var reserved = text("x")
        reserved.setInteger(UInt8(0xC1), at: 0)
        var fragment = text(String(repeating: "x", count: 600))
        fragment.setInteger(UInt8(0x01), at: 0)
        var continued = text(String(repeating: "x", count: 600))
        continued.setInteger(UInt8(0x00), at: 0)
        var fragments = fragment
        fragments.writeImmutableBuffer(continued)
        for (stream, code) in [
            (masked, 1002), (reserved, 1002), (text(String(repeating: "x", count: 1_001)), 1009), (fragments, 1009),
        ] as [(ByteBuffer, UInt16)] {
            var dialogue = try dialogue()
            dialogue.receive(ByteBuffer(string: Self.head))
            #expect(try dialogue.next() == .opened)
            dialogue.receive(stream)
            #expect(throws: WebSocketFeedError.breach(code)) { while try dialogue.next() != nil {} }
        }
    }
}
