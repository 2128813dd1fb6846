import JSONRPC
import Primitives

/// What became of a payload (Engine API, PayloadStatusV1).
struct PayloadStatus: Sendable {
    enum Verdict: Sendable {
        case valid, invalid, syncing, accepted
        /// Only in answers to `engine_newPayloadV1`.
        case invalidBlockHash
    }

    var verdict: Verdict
    var latestValidHash: Hash256?
    var validationError: String?

    static let syncing = PayloadStatus(verdict: .syncing)
    static let accepted = PayloadStatus(verdict: .accepted)

    static func valid(_ hash: Hash256) -> PayloadStatus { PayloadStatus(verdict: .valid, latestValidHash: hash) }

    /// - Parameter latestValidHash: of the newest valid ancestor; zero where that is of proof of work.
    static func invalid(_ why: String, latestValidHash: Hash256?) -> PayloadStatus {
        PayloadStatus(verdict: .invalid, latestValidHash: latestValidHash, validationError: why)
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("status")
        switch verdict {
        case .valid: json.raw("\"VALID\"")
        case .invalid: json.raw("\"INVALID\"")
        case .syncing: json.raw("\"SYNCING\"")
        case .accepted: json.raw("\"ACCEPTED\"")
        case .invalidBlockHash: json.raw("\"INVALID_BLOCK_HASH\"")
        }
        json.key("latestValidHash")
        if let latestValidHash { json.data(latestValidHash) } else { json.null() }
        json.key("validationError")
        if let validationError { json.string(validationError) } else { json.null() }
        json.endObject()
    }
}
