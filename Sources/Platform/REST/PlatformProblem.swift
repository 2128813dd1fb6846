import Foundation
import NIOHTTP1
public import SQLStore

/// Why a request was not carried out, as RFC 9457 has it. None was in part.
public struct PlatformProblem: Error, Equatable, Sendable {
    /// Of HTTP.
    public var status: Int
    /// For programs; never changes.
    public var code: String
    /// What is the matter with this request, and how to mend it.
    public var detail: String
    /// What of the request is wrong; nil where it is not one field.
    public var field: String?

    init(_ status: Int, _ code: String, _ detail: String, field: String? = nil) {
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
    }

    /// What HTTP calls a status.
    static func title(_ status: Int) -> String { HTTPResponseStatus(statusCode: status).reasonPhrase }

    /// Something that went wrong with what was asked for, and not with the request.
    public init(_ detail: String) { self.init(500, "failed", detail) }

    /// A field of the request breaks a rule.
    public static func invalid(_ field: String, _ rule: String) -> PlatformProblem {
        PlatformProblem(422, "invalid-field", "\(field) \(rule)", field: field)
    }

    static func busy(_ name: String) -> PlatformProblem {
        PlatformProblem(409, "busy", "something else is being done to \(name): try again in a moment")
    }

    static func noRollup(_ name: String) -> PlatformProblem {
        PlatformProblem(404, "no-such-rollup", "there is no rollup \(name)")
    }

    public init(_ error: SQLStoreError) {
        switch error {
        case .unavailable: self.init(503, "database-unavailable", "the platform's database does not answer: try again")
        case .conflict: self.init(409, "conflict", "another request was faster: look what there is now")
        case .failed, .malformed: self.init(500, "internal", "the platform has made a mistake; it is in its log")
        }
    }
}
