import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// A request as the operations of the API see it: admitted, and its body whole.
struct APIRequest: Sendable {
    var caller: Caller
    /// What the platform was asked under: a host, and a port where there is one.
    var authority = ""
    /// By the names that stand in braces in the path.
    var path: [String: String]
    var query: [String: String]
    var headers: HTTPFields
    var body: [UInt8]
    /// Whether who asks may still ask: keys are revoked and people removed while a stream goes on.
    var isStillAllowed: @Sendable () async -> Bool = { true }

    /// A value of the path.
    func name(_ key: String) -> String { path[key] ?? "" }

    var wantsEvents: Bool { headers[.accept]?.contains("text/event-stream") ?? false }

    /// A number in the query.
    func number(_ key: String, _ range: ClosedRange<Int64>) throws(PlatformProblem) -> Int64? {
        guard let text = query[key] else { return nil }
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int64(text), range.contains(number) else {
            throw PlatformProblem(
                400, "invalid-parameter", "\(key) is a number from \(range.lowerBound) to \(range.upperBound)",
                field: key)
        }
        return number
    }

    /// The body as JSON, with no member that its schema does not have: a misspelt one must not count as left out.
    func decode<Value: Decodable>(_ type: Value.Type, _ schema: String) throws(PlatformProblem) -> Value {
        let essence = headers[.contentType]?.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        guard essence == "application/json" else {
            throw PlatformProblem(415, "unsupported-media-type", "the body is to be application/json")
        }
        guard let value = try? JSONSerialization.jsonObject(with: Data(body), options: .fragmentsAllowed) else {
            throw PlatformProblem(400, "malformed-body", "the body is no JSON")
        }
        guard let members = value as? [String: Any] else { throw .invalid("the body", "is to be an object") }
        let known = OpenAPISchemas.members(of: schema)
        if let stranger = members.keys.filter({ !known.contains($0) }).min() {
            throw .invalid(String(stranger.prefix(40)), "is nothing that can be said here")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch DecodingError.keyNotFound(let key, _) {
            throw .invalid(key.stringValue, "is missing")
        } catch DecodingError.typeMismatch(let type, let context), DecodingError.valueNotFound(let type, let context) {
            let field = context.codingPath.last?.stringValue ?? "the body"
            throw .invalid(field, "is to be \(Self.word(type))")
        } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
            throw .invalid(context.codingPath.last?.stringValue ?? "", "has a value that it cannot have")
        } catch {
            throw .invalid(Self.outOfRange(members) ?? "the body", "has a value that it cannot have")
        }
    }

    /// The member whose number no unsigned one of 64 bits is.
    private static func outOfRange(_ members: [String: Any]) -> String? {
        members.filter { ($0.value as? NSNumber).map { UInt64(exactly: $0) == nil } ?? false }.keys.min()
    }

    private static func word(_ type: any Any.Type) -> String {
        if type == String.self { return "a text" }
        if type == Bool.self { return "true or false" }
        return "a number from 0 on"
    }
}

extension HTTPField.Name {
    static var idempotencyKey: Self { Self("Idempotency-Key")! }
    static var lastEventID: Self { Self("Last-Event-ID")! }
}

/// What an operation answers.
enum APIAnswer: Sendable {
    case json(Int, [UInt8], [String: String] = [:])
    case text(String)
    case empty(Int, [String: String] = [:])
    /// Server-sent events, one after another until the client goes or the stream ends.
    case events(AsyncStream<ServerSentEvent>)

    static func json(_ value: some Encodable, status: Int = 200, headers: [String: String] = [:]) -> APIAnswer {
        .json(status, Array(JSONText.write(value).utf8), headers)
    }
}

/// One event of a stream (WHATWG HTML, server-sent events).
struct ServerSentEvent: Sendable {
    /// What a client that comes back names, to go on after it; nil for none.
    var id: String?
    var name: String
    var data: String

    /// A line that says nothing, so that both ends see the connection live.
    static let heartbeat = ServerSentEvent(id: nil, name: "", data: "")

    var text: String {
        if name.isEmpty { return ":\n\n" }
        let lines = data.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        return (id.map { "id: \($0)\n" } ?? "") + "event: \(name)\n" + lines.map { "data: \($0)\n" }.joined() + "\n"
    }
}
