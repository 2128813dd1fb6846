import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Why a page cannot show what a rollup's node knows.
enum ExplorerFailure: Error {
    /// It does not answer in time, or with what is no answer.
    case noAnswer
    /// The answer is longer than a page reads.
    case tooLarge
}

/// Asks a rollup's node for a page. Nothing that it answers is taken to be well-formed.
struct ExplorerNode: Sendable {
    /// Bytes of an answer.
    private static let limit = 4 << 20

    /// A parameter of a request.
    enum Parameter: Encodable, Sendable {
        case text(String)
        case flag(Bool)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .flag(let flag): try container.encode(flag)
            }
        }
    }

    private struct Question: Encodable {
        let jsonrpc = "2.0"
        let id: Int
        let method: String
        let params: [Parameter]
    }

    private struct Answer<Result: Decodable>: Decodable {
        struct Refusal: Decodable {}

        var id: Int
        var result: Result?
        var error: Refusal?
    }

    let url: String
    /// How long an answer may take, with what wakes a rollup that sleeps.
    var patience = Duration.seconds(10)

    init(url: String) { self.url = url }

    /// - Returns: nil where the node answers with null.
    func ask<Result: Decodable & Sendable>(
        _ method: String, _ parameters: Parameter..., as type: Result.Type
    ) async throws(ExplorerFailure) -> Result? {
        let question = Question(id: 1, method: method, params: parameters)
        let data = try await post(Self.encode(question))
        let answer: Answer<Result> = try Self.decode(data)
        guard answer.error == nil else { throw .noAnswer }
        return answer.result
    }

    /// Asks many things of one kind in one batch.
    ///
    /// - Returns: in the order of the parameters; nil for what the node answers with null or refuses.
    func ask<Result: Decodable & Sendable>(
        _ method: String, each parameters: [[Parameter]], as type: Result.Type
    ) async throws(ExplorerFailure) -> [Result?] {
        guard !parameters.isEmpty else { return [] }
        let questions = parameters.enumerated().map { Question(id: $0.offset, method: method, params: $0.element) }
        let data = try await post(Self.encode(questions))
        let answers: [Answer<Result>] = try Self.decode(data)
        var results = [Result?](repeating: nil, count: questions.count)
        for answer in answers where results.indices.contains(answer.id) {
            results[answer.id] = answer.error == nil ? answer.result : nil
        }
        return results
    }

    private static func encode(_ value: some Encodable) throws(ExplorerFailure) -> [UInt8] {
        do { return Array(try JSONEncoder().encode(value)) } catch { throw .noAnswer }
    }

    private static func decode<Value: Decodable>(_ data: Data) throws(ExplorerFailure) -> Value {
        do { return try JSONDecoder().decode(Value.self, from: data) } catch { throw .noAnswer }
    }

    private func post(_ body: [UInt8]) async throws(ExplorerFailure) -> Data {
        do {
            return try await withThrowingTaskGroup(of: Data.self) { group in
                defer { group.cancelAll() }
                group.addTask { try await send(body) }
                // The client's own time limit ends with the head of the answer.
                group.addTask {
                    try await Task.sleep(for: patience)
                    throw ExplorerFailure.noAnswer
                }
                guard let data = try await group.next() else { throw ExplorerFailure.noAnswer }
                return data
            }
        } catch is NIOTooManyBytesError {
            throw .tooLarge
        } catch {
            throw .noAnswer
        }
    }

    private func send(_ body: [UInt8]) async throws -> Data {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        guard response.status == .ok else { throw ExplorerFailure.noAnswer }
        return Data(try await response.body.collect(upTo: Self.limit).readableBytesView)
    }
}
