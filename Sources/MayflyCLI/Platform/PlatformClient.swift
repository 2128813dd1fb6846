import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Platform

/// Asks a platform by its REST interface.
struct PlatformClient: Sendable {
    /// A rollup as the platform tells of it; what is not needed here is in `text`.
    struct Rollup: Decodable {
        struct Launch: Decodable {
            var milliseconds: Int?
            var waitedForL1Milliseconds: Int?
        }

        var name: String
        var state: String
        var chainId: UInt64
        var rpcUrl: String
        var webSocketUrl: String
        var endsAt: String?
        var failure: String?
        var archiveHash: String?
        var addresses: [String: String]
        var launch: Launch
    }

    struct Event: Decodable {
        var sequence: Int64
        var time: String
        var kind: String
        var text: String
        var details: [String: String]
    }

    struct Job: Decodable {
        var kind: String
        var state: String
        var step: String
        var failure: String?
    }

    private struct Problem: Decodable { var detail: String }

    /// Bytes of an answer.
    private static let limit = 32 << 20

    private let base: String
    private let secret: String?

    init(_ url: String, secret: String?) throws {
        guard let parsed = URL(string: url), ["http", "https"].contains(parsed.scheme ?? ""), parsed.host != nil else {
            throw CommandFailure("--platform takes a URL such as http://127.0.0.1:8700")
        }
        base = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.secret = secret
    }

    /// - Parameters:
    ///   - path: below `/v1`.
    ///   - patience: how long an answer is waited for.
    /// - Returns: the body of an answer that is no problem.
    @discardableResult
    func ask(
        _ method: HTTPMethod, _ path: String, _ body: (any Encodable & Sendable)? = nil,
        headers: [String: String] = [:],
        patience: TimeAmount = .seconds(150)
    ) async throws -> Data {
        var request = HTTPClientRequest(url: base + "/v1" + path)
        request.method = method
        if let secret { request.headers.add(name: "Authorization", value: "Bearer \(secret)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        }
        let (status, data): (UInt, Data)
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: patience)
            data = Data(try await response.body.collect(upTo: Self.limit).readableBytesView)
            status = response.status.code
        } catch {
            throw CommandFailure(
                "the platform at \(base) does not answer (\(error)): is it running? mayfly up starts one")
        }
        guard status >= 400 else { return data }
        let problem = try? JSONDecoder().decode(Problem.self, from: data)
        throw CommandFailure(problem?.detail ?? "the platform at \(base) answers with status \(status)")
    }

    func decode<Value: Decodable>(_ type: Value.Type, _ data: Data) throws -> Value {
        do { return try JSONDecoder().decode(type, from: data) } catch {
            throw CommandFailure("\(base) is no platform, or of another version: \(error)")
        }
    }

    func rollup(_ name: String) async throws -> Rollup {
        try decode(Rollup.self, try await ask(.GET, "/rollups/\(name)"))
    }

    func events(_ name: String, after sequence: Int64) async throws -> [Event] {
        struct List: Decodable { var events: [Event] }
        return try decode(List.self, try await ask(.GET, "/rollups/\(name)/events?after=\(sequence)")).events
    }

    func job(_ name: String) async throws -> Job { try decode(Job.self, try await ask(.GET, "/rollups/\(name)/job")) }

    /// Waits until what is being done to a rollup is done.
    ///
    /// - Parameter report: is told each event since `sequence`.
    func follow(
        _ name: String, after sequence: Int64, report: (Event) -> Void
    ) async throws -> (rollup: Rollup, job: Job) {
        var known = sequence
        while true {
            // First, so that no event of the end is missed.
            let job = try await job(name)
            for event in try await events(name, after: known) {
                known = event.sequence
                report(event)
            }
            if job.state != "open" { return (try await rollup(name), job) }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// The number of the last event of a rollup; zero for none.
    func lastEvent(_ name: String) async throws -> Int64 {
        struct List: Decodable { var events: [Event] }
        return try decode(List.self, try await ask(.GET, "/rollups/\(name)/events")).events.last?.sequence ?? 0
    }
}
