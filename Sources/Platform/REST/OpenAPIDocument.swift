import Foundation
import HTTPTypes

/// The document of the interface (OpenAPI 3.1), made of the operations that are served.
struct OpenAPIDocument {
    let operations: [APIOperation]
    /// Whether requests without a key are answered, too.
    let isOpen: Bool

    /// JSON, the same for the same operations.
    var text: String {
        var paths: [String: [String: Any]] = [:]
        for operation in operations {
            paths["/v1" + operation.path, default: [:]][operation.method.rawValue.lowercased()] = Self.describe(
                operation)
        }
        let document: [String: Any] = [
            "openapi": "3.1.0",
            "info": [
                "title": "Mayfly platform", "version": "1",
                "description": "Launches rollups, tells of them, and ends them with every asset back on L1.",
            ],
            "servers": [["url": "/"]],
            "security": [["key": [String]()], ["session": [String]()]] + (isOpen ? [[:]] : []),
            "paths": paths,
            "components": [
                "securitySchemes": [
                    "key": ["type": "http", "scheme": "bearer"],
                    "session": ["type": "apiKey", "in": "cookie", "name": "mayfly_session"],
                ],
                "schemas": OpenAPISchemas.all,
            ],
        ]
        let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return (try? JSONSerialization.data(withJSONObject: document, options: options))
            .map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    private static func describe(_ operation: APIOperation) -> [String: Any] {
        var described: [String: Any] = ["operationId": operation.id, "summary": operation.summary]
        if operation.isPublic { described["security"] = [[String: Any]()] }
        var parameters = operation.names.map { name -> [String: Any] in
            // What no rollup and no key can be called is a path that is not found.
            let examples = ["name": "fair", "address": "0x00000000000000000000000000000000000000aa"]
            return [
                "name": name, "in": "path", "required": true, "example": examples[name] ?? "0a1b2c3d4e5f",
                "schema": [
                    "type": "string", "pattern": name == "address" ? "^0x[0-9a-f]{40}$" : "^[a-z0-9-]{1,40}$",
                ],
            ]
        }
        parameters += operation.parameters.map { parameter($0) }
        if !parameters.isEmpty { described["parameters"] = parameters }
        if let body = operation.body {
            described["requestBody"] = [
                "required": true, "content": ["application/json": ["schema": OpenAPISchemas.reference(body)]],
            ]
        }
        var responses: [String: Any] = [:]
        for status in operation.success { responses["\(status)"] = success(operation) }
        for status in operation.problems + [401, 403, 500, 503] {
            responses["\(status)"] = [
                "description": PlatformProblem.title(status), "headers": headers(ofProblem: status),
                "content": ["application/problem+json": ["schema": OpenAPISchemas.reference("Problem")]],
            ]
        }
        described["responses"] = responses
        return described
    }

    private static func success(_ operation: APIOperation) -> [String: Any] {
        var described: [String: Any] = ["description": operation.summary]
        if operation.locates { described["headers"] = ["Location": header("The path of what was made.")] }
        guard let answer = operation.answer else { return described }
        var content: [String: Any] = [:]
        if answer == "text" {
            content["text/plain"] = ["schema": ["type": "string"]]
        } else {
            content["application/json"] = ["schema": OpenAPISchemas.reference(answer)]
        }
        if operation.streams { content["text/event-stream"] = ["schema": ["type": "string"]] }
        described["content"] = content
        return described
    }

    private static func header(_ summary: String) -> [String: Any] {
        ["description": summary, "schema": ["type": "string"]]
    }

    private static func headers(ofProblem status: Int) -> [String: Any] {
        switch status {
        case 401: ["WWW-Authenticate": header("How to say who asks.")]
        case 503: ["Retry-After": header("Seconds to wait before asking again.")]
        default: [:]
        }
    }

    private static func parameter(_ parameter: APIOperation.Parameter) -> [String: Any] {
        let number = { (name: String, least: Int, most: Int, summary: String) -> [String: Any] in
            [
                "name": name, "in": "query", "description": summary,
                "schema": ["type": "integer", "minimum": least, "maximum": most],
            ]
        }
        let choice = { (name: String, choices: [String], summary: String) -> [String: Any] in
            ["name": name, "in": "query", "description": summary, "schema": ["type": "string", "enum": choices]]
        }
        return switch parameter {
        case .limit: number("limit", 1, 500, "How many at most; 100 without it.")
        case .after:
            [
                "name": "after", "in": "query", "description": "The last name of the page before.",
                "schema": ["type": "string", "pattern": OpenAPISchemas.name + "|^$"],
            ]
        case .state: choice("state", RollupRecord.State.allCases.map(\.rawValue), "Those in this state only.")
        case .program: choice("program", FleetProgram.allCases.map(\.rawValue), "Whose log; the node's without it.")
        case .bytes: number("bytes", 1, 1 << 20, "Bytes at most, from the end; 65536 without it.")
        case .all: choice("all", ["true", "false"], "Whether those that are over are listed too.")
        case .sequence: number("after", 0, Int(Int64.max), "The last event that is known; the newest 200 without it.")
        case .idempotencyKey:
            [
                "name": "Idempotency-Key", "in": "header",
                "description": "Any text of the client's, another for each order.",
                "schema": ["type": "string", "pattern": "^[!-~]([ -~]{0,198}[!-~])?$"],
            ]
        case .lastEventID:
            [
                "name": "Last-Event-ID", "in": "header", "description": "As `after`, as browsers send it.",
                "schema": ["type": "string"],
            ]
        }
    }
}
