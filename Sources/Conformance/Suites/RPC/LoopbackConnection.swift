import Glibc

/// A connection to an HTTP server on this machine that asks one thing after the other.
final class LoopbackConnection {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let status = withUnsafeBytes(of: &address) { bytes in
            connect(
                descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        guard status == 0 else { throw Mismatch("server", expected: "a connection", got: "error \(errno)") }
    }

    deinit { close(descriptor) }

    /// Sends a request and gives the body of the answer.
    func post(_ body: [UInt8]) throws -> [UInt8] {
        let head =
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n"
        try send(Array(head.utf8) + body)
        var end: Int?
        while end == nil {
            try receive()
            end = Self.end(ofHead: buffer)
        }
        guard let end else { return [] }
        let lines = String(decoding: buffer[..<end], as: UTF8.self).lowercased().split(separator: "\r\n")
        let stated = lines.first { $0.hasPrefix("content-length:") }?.dropFirst(15).drop { $0 == " " }
        guard let stated, let length = Int(stated) else {
            throw Mismatch("server", expected: "an answer with its length", got: String(lines.first ?? ""))
        }
        while buffer.count < end + length { try receive() }
        defer { buffer.removeFirst(end + length) }
        return Array(buffer[end..<end + length])
    }

    private func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                Glibc.send(
                    descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Mismatch("server", expected: "an open connection", got: "error \(errno)") }
            sent += count
        }
    }

    private func receive() throws {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { throw Mismatch("server", expected: "an answer", got: "a closed connection") }
        buffer += chunk[..<count]
    }

    /// Where the body begins, once the head is whole.
    private static func end(ofHead bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in 3..<bytes.count where bytes[index] == 10 && bytes[index - 1] == 13 && bytes[index - 2] == 10 {
            return index + 1
        }
        return nil
    }
}
