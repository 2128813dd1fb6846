import NIOCore

/// What a client of a WebSocket that only listens says and hears (RFC 6455): the handshake, then messages, pings and the
/// end. Bytes in, events out; no I/O.
struct WebSocketDialogue {
    enum Event: Equatable {
        /// The server has agreed.
        case opened
        case message(ByteBuffer)
        /// To be sent to the server.
        case reply(ByteBuffer)
        /// The server ends it.
        case ended
    }

    /// Bytes of the server's answer to the handshake.
    private static let headLimit = 16 << 10

    private let expectedAccept: String
    private var frames: WebSocketFrames
    private var input = ByteBuffer()
    private var isOpen = false
    /// The request that opens the WebSocket.
    let request: ByteBuffer

    /// - Parameters:
    ///   - key: 16 bytes that were never used before.
    ///   - messageLimit: bytes of a message.
    init(_ address: WebSocketAddress, key: [UInt8], messageLimit: Int) {
        let text = Base64.encode(key)
        expectedAccept = WebSocketHandshake.accept(text)
        frames = WebSocketFrames(messageLimit: messageLimit, from: .server)
        request = ByteBuffer(
            string: "GET \(address.target) HTTP/1.1\r\nHost: \(address.authority)\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Key: \(text)\r\nSec-WebSocket-Version: 13\r\n\r\n")
    }

    /// Takes what the server sent.
    mutating func receive(_ bytes: ByteBuffer) {
        if input.readableBytes == 0 {
            input = bytes
        } else {
            var bytes = bytes
            input.writeBuffer(&bytes)
        }
    }

    /// The next event; nil where more bytes are needed.
    mutating func next() throws(WebSocketFeedError) -> Event? {
        guard isOpen else {
            guard try readHead() else { return nil }
            isOpen = true
            return .opened
        }
        while true {
            let event: WebSocketFrames.Event?
            do throws(WebSocketFrames.Failure) { event = try frames.next(&input) } catch { throw .breach(error.code) }
            switch event {
            case nil:
                if input.readerIndex > 1 << 16 { input.discardReadBytes() }
                return nil
            case .message(let message): return .message(message)
            case .ping(let payload):
                return .reply(WebSocketFrames.clientFrame(.pong, payload, mask: .random(in: .min ... .max)))
            case .pong: continue
            case .close: return .ended
            }
        }
    }

    /// Reads the answer to the handshake, once it is there.
    private mutating func readHead() throws(WebSocketFeedError) -> Bool {
        let view = input.readableBytesView
        let found = view.withUnsafeBytes { RequestHead.end(in: $0, from: 0) }
        guard let end = found, end <= Self.headLimit else {
            if view.count > Self.headLimit { throw .refused("an answer that is no WebSocket's") }
            return false
        }
        let lines = String(decoding: view.prefix(end), as: UTF8.self).split(separator: "\r\n")
        input.moveReaderIndex(forwardBy: end)
        let status = lines.first ?? ""
        guard status.hasPrefix("HTTP/1.1 101 ") || status == "HTTP/1.1 101" else {
            throw .refused(String(status.filter { $0.isASCII && !$0.isNewline }.prefix(100)))
        }
        var (accept, upgrade) = ("", "")
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            switch line[..<colon].lowercased() {
            case "sec-websocket-accept": accept = String(value.prefix { $0 != " " })
            case "upgrade": upgrade = value.lowercased()
            case "sec-websocket-extensions", "sec-websocket-protocol":
                throw .refused("an extension or a protocol that was not asked for")
            default: continue
            }
        }
        guard upgrade == "websocket", accept == expectedAccept else {
            throw .refused("an answer that is no WebSocket's")
        }
        return true
    }
}
