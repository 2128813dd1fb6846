import Foundation
import JSONRPC

/// Asks a process of this machine by JSON-RPC over its Unix socket: one question, one answer.
enum LocalSocket {
    /// Seconds that an answer may take.
    private static let patience = 10

    /// The result of a method.
    ///
    /// - Parameter parameters: what `JSONSerialization` takes.
    /// - Throws: `CommandFailure` where nobody listens, or with what was answered instead.
    static func ask(_ path: String, _ method: String, _ parameters: [Any] = []) throws -> Any {
        let question = try JSONSerialization.data(withJSONObject: [
            "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters,
        ])
        let answer = try exchange(path, [UInt8](question) + [UInt8(ascii: "\n")])
        guard let object = try? JSONSerialization.jsonObject(with: Data(answer)) as? [String: Any] else {
            throw CommandFailure("\(path): the answer cannot be read")
        }
        if let error = object["error"] as? [String: Any] {
            throw CommandFailure(error["message"] as? String ?? "\(method) was refused")
        }
        guard let result = object["result"] else { throw CommandFailure("\(path): an answer without a result") }
        return result
    }

    private static func exchange(_ path: String, _ question: [UInt8]) throws -> [UInt8] {
        guard let descriptor = UnixSocket.connect(to: path) else {
            throw CommandFailure("nobody answers at \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var time = timeval(tv_sec: patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        guard send(descriptor, question, question.count, Int32(MSG_NOSIGNAL)) == question.count else {
            throw CommandFailure("\(path): \(String(cString: strerror(errno)))")
        }
        var answer: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        // An answer ends with its line.
        while answer.count < 1 << 20, answer.last != UInt8(ascii: "\n") {
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else { throw CommandFailure("\(path): no answer within \(patience) s") }
            answer += piece[..<count]
        }
        return answer
    }
}
