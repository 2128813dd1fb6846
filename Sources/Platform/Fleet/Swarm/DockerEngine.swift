import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// A Docker Engine, asked over its HTTP interface.
struct DockerEngine: Sendable {
    struct Answer: Sendable {
        var status: UInt
        var body: Data
    }

    /// As it was named, for people.
    let name: String
    private let base: String

    /// Of the interface: that of Docker 20.10.
    private static let version = "v1.41"
    /// Bytes of an answer: a list of all tasks of a large swarm.
    private static let answerLimit = 64 << 20

    /// - Parameter url: `unix:///PATH` or `http://HOST:PORT`.
    init(_ url: String) throws(FleetError) {
        name = url
        if url.hasPrefix("unix:///") {
            let path = String(url.dropFirst("unix://".count))
            guard let host = path.addingPercentEncoding(withAllowedCharacters: .alphanumerics) else {
                throw FleetError("\(url) is no path of a socket")
            }
            base = "http+unix://\(host)/\(Self.version)"
        } else if url.hasPrefix("http://") {
            base = "\(url)/\(Self.version)"
        } else {
            throw FleetError("the Docker Engine is named by unix:///PATH or http://HOST:PORT, not \(url)")
        }
    }

    /// Asks, whatever the answer's status is.
    func ask(
        _ method: HTTPMethod, _ path: String, _ body: JSONTree? = nil, limit: Int = answerLimit
    ) async throws(FleetError) -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        // The engine takes no socket's path for a host.
        if base.hasPrefix("http+unix") { request.headers.add(name: "Host", value: "docker") }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body.text))
        }
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
            let body = try await response.body.collect(upTo: limit)
            return Answer(status: response.status.code, body: Data(body.readableBytesView))
        } catch {
            throw FleetError(
                "the Docker Engine at \(name) does not answer (\(error)): does it run, and may this user open its socket?"
            )
        }
    }

    /// Asks for something that has to be given.
    func get<Value: Decodable>(_ type: Value.Type, _ path: String) async throws(FleetError) -> Value {
        let answer = try await ask(.GET, path)
        guard answer.status == 200 else { throw failure(answer, "GET \(path)") }
        do { return try JSONDecoder().decode(type, from: answer.body) } catch {
            throw FleetError("the Docker Engine at \(name) gives for \(path) what is not understood: \(error)")
        }
    }

    /// What an answer other than the wished one says.
    func failure(_ answer: Answer, _ what: String) -> FleetError {
        struct Problem: Decodable { var message: String }
        let message =
            (try? JSONDecoder().decode(Problem.self, from: answer.body))?.message ?? "status \(answer.status)"
        return FleetError("the Docker Engine at \(name) refuses \(what): \(message)")
    }

    /// The query of a list: what a label or a name has to be.
    static func filters(_ filters: JSONTree) -> String {
        "?filters=" + (filters.text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
    }
}
