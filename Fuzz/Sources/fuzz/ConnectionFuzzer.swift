import Glibc
import Primitives

/// What clients of HTTP and WebSocket send, changed and cut off anywhere: the server answers or closes, and the next client
/// is served.
let connectionFuzzer = Fuzzer(name: "connection") { random in
    let node = FuzzNode.shared
    let socket = try ClientSocket(port: node.port)
    defer { socket.close() }
    var bytes = randomConversation(&random, node.methodNames)
    if !random.oneIn(3) { bytes = random.mutated(bytes) }
    if random.oneIn(4) { bytes = Array(bytes.prefix(random.below(bytes.count + 1))) }
    // In pieces, as a network would bring them.
    var rest = bytes[...]
    while !rest.isEmpty {
        let piece = rest.prefix(random.oneIn(3) ? 1 + random.below(64) : rest.count)
        guard socket.send(piece) else { break }
        rest = rest.dropFirst(piece.count)
    }
    if random.oneIn(2) { socket.receiveSome(within: 5) }
    if random.oneIn(32) {
        let probe = try ClientSocket(port: node.port)
        defer { probe.close() }
        let body = #"{"jsonrpc":"2.0","id":7,"method":"eth_chainId","params":[]}"#
        _ = probe.send(httpRequest(Array(body.utf8))[...])
        var answer = ""
        while !answer.contains("\"0x539\"") {
            let more = probe.receiveSome(within: 2_000)
            if more.isEmpty { throw Finding("the server answers '\(answer)' after \(Hex.encode(bytes))") }
            answer += more
        }
    }
}

private func httpRequest(_ body: [UInt8], extra: String = "") -> [UInt8] {
    Array(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\(extra)Content-Length: \(body.count)\r\n\r\n"
            .utf8) + body
}

private func randomConversation(_ random: inout SplitMix, _ names: [String]) -> [UInt8] {
    let request = randomRequest(&random, names)
    switch random.below(6) {
    case 0, 1: return httpRequest(request, extra: random.oneIn(2) ? "" : "Accept-Encoding: gzip\r\n")
    case 2:
        let paths = [
            "/health", "/ready", "/metrics", "/eth/v1/beacon/genesis", "/eth/v1/beacon/blob_sidecars/head", "/%00",
        ]
        return Array("GET \(random.pick(paths)) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    case 3:
        let head =
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        return Array(head.utf8) + Array(String(request.count, radix: 16).utf8) + [13, 10] + request
            + Array("\r\n0\r\n\r\n".utf8)
    default:
        let head = """
            GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n
            """
        var bytes = Array(head.utf8)
        for _ in 0..<random.below(3) {
            let payload = random.oneIn(2) ? request : random.bytes(random.below(200))
            bytes.append(UInt8(random.pick([0x81, 0x81, 0x82, 0x89, 0x01, 0x80, 0x88])))
            if payload.count < 126 {
                bytes.append(0x80 | UInt8(payload.count))
            } else {
                bytes += [0xFE, UInt8(payload.count >> 8 & 255), UInt8(payload.count & 255)]
            }
            bytes += [0, 0, 0, 0] + payload
        }
        return bytes
    }
}

/// A connection to a port of this machine that never waits for long.
private struct ClientSocket {
    private let descriptor: Int32

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var linger = linger(l_onoff: 1, l_linger: 0)
        // Closed at once, so that thousands of connections do not use up the ports.
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard descriptor >= 0, status == 0 else {
            throw Finding("the server takes no connection: \(String(cString: strerror(errno)))")
        }
    }

    /// Sends; false where the server has closed.
    func send(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(truncatingIfNeeded: MSG_NOSIGNAL))
        } > 0
    }

    /// What comes first, as text; nothing where nothing comes.
    @discardableResult
    func receiveSome(within milliseconds: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, milliseconds) > 0 else { return "" }
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    func close() { Glibc.close(descriptor) }
}
