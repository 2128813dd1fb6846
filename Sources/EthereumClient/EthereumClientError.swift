/// Why an Ethereum node could not be asked, or what it answered instead of an answer.
public enum EthereumClientError: Error, Equatable, Sendable {
    /// The text is no address of an endpoint.
    case endpoint(String)
    /// No endpoint answered in time; for each what was the matter last, the endpoint's name first.
    case unreachable([String])
    /// The node understood and refused (JSON-RPC 2.0, error object).
    case refused(code: Int, message: String, data: [UInt8]?)
    /// The answer is not what the specification says.
    case malformed(String)
    /// The answer contradicts the hash or root that was asked for.
    case unproven(String)
    /// The block, transaction or blob is not known there, or not yet.
    case notFound(String)
}

extension EthereumClientError {
    /// What is the matter, for people.
    public var message: String {
        switch self {
        case .endpoint(let why): why
        case .unreachable(let reasons): "no endpoint answered: \(reasons.joined(separator: "; "))"
        case .refused(let code, let message, _): "\(message) (code \(code))"
        case .malformed(let why): "the endpoint's answer cannot be read: \(why)"
        case .unproven(let why): "the endpoint's answer is not to be trusted: \(why)"
        case .notFound(let what): "\(what) is not known to the endpoint"
        }
    }
}
