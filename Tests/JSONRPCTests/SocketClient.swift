import Glibc
import NIOCore

/// A blocking client that sends bytes as they are, so that tests can misbehave.
final class SocketClient {
    private let descriptor: Int32
    private var received: [UInt8] = []

    struct Failure: Error {
        let what: String
    }

    convenience init(port: Int) throws {
        try self.init(AF_INET, SocketAddress(ipAddress: "127.0.0.1", port: port))
    }

    convenience init(path: String) throws { try self.init(AF_UNIX, SocketAddress(unixDomainSocketPath: path)) }

    private init(_ family: Int32, _ address: SocketAddress) throws {
        descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let result = address.withSockAddr { connect(descriptor, $0, socklen_t($1)) }
        guard result == 0 else { throw Failure(what: "cannot connect: \(errno)") }
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(what: "cannot send: \(errno)") }
            sent += count
        }
    }

    /// Ends the sending side only.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Has the connection end with a reset, as that of a process does that was killed.
    func resetsOnClose() {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    }

    /// Takes more bytes in; false at the end of the stream.
    private func fill() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count == 0 || (count < 0 && errno == ECONNRESET) { return false }
        guard count > 0 else { throw Failure(what: "nothing received in time") }
        received += buffer[..<count]
        return true
    }

    func read(_ count: Int) throws -> [UInt8] {
        while received.count < count {
            guard try fill() else { throw Failure(what: "closed after \(received.count) of \(count) bytes") }
        }
        defer { received.removeFirst(count) }
        return Array(received[..<count])
    }

    func readLine() throws -> String {
        while true {
            if let end = received.firstIndex(of: 10) {
                return String(decoding: try read(end + 1).dropLast(), as: UTF8.self)
            }
            guard try fill() else { throw Failure(what: "closed within a line") }
        }
    }

    /// Whether the server closes, whatever it sends before.
    func isClosed() throws -> Bool {
        while try fill() {}
        return true
    }

    struct Response {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    func readResponse() throws -> Response {
        let line = try readLine().split(separator: " ")
        guard line.count >= 2, let status = Int(line[1]) else { throw Failure(what: "no status in \(line)") }
        var headers: [String: String] = [:]
        while true {
            let header = try readLine().filter { $0 != "\r" && $0 != "\r\n" }
            if header.isEmpty { break }
            guard let colon = header.firstIndex(of: ":") else { throw Failure(what: "no colon in \(header)") }
            let value = header[header.index(after: colon)...].drop { $0 == " " }
            headers[header[..<colon].lowercased()] = String(value)
        }
        let length = Int(headers["content-length"] ?? "0") ?? 0
        return Response(status: status, headers: headers, body: try read(length))
    }

    func post(_ body: String, headers: String = "") throws -> Response {
        try send(Self.request(body, headers: headers))
        return try readResponse()
    }

    static func request(_ body: String, headers: String = "") -> String {
        "POST / HTTP/1.1\r\nHost: localhost:1\r\nContent-Type: application/json\r\n\(headers)Content-Length: "
            + "\(body.utf8.count)\r\n\r\n\(body)"
    }

    // MARK: WebSocket

    func upgrade(headers: String = "") throws -> Response {
        try send(
            "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(headers)\r\n")
        return try readResponse()
    }

    func sendFrame(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) throws {
        let mask: [UInt8] = [1, 2, 3, 4]
        var frame: [UInt8] = [(isFinal ? 0x80 : 0) | opcode]
        switch payload.count {
        case ...125: frame.append(0x80 | UInt8(payload.count))
        case ...65535: frame += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        default:
            frame.append(0x80 | 127)
            for shift in stride(from: 56, through: 0, by: -8) { frame.append(UInt8(payload.count >> shift & 255)) }
        }
        frame += mask
        for (index, byte) in payload.enumerated() { frame.append(byte ^ mask[index & 3]) }
        try send(frame)
    }

    func sendText(_ text: String) throws { try sendFrame(1, Array(text.utf8)) }

    func readFrame() throws -> (opcode: UInt8, payload: [UInt8]) {
        let head = try read(2)
        var length = Int(head[1])
        if length == 126 { length = try read(2).reduce(0) { $0 << 8 | Int($1) } }
        if length == 127 { length = try read(8).reduce(0) { $0 << 8 | Int($1) } }
        return (head[0] & 15, try read(length))
    }

    func readText() throws -> String { String(decoding: try readFrame().payload, as: UTF8.self) }
}
