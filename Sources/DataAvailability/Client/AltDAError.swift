public import Derivation

/// Why a provider of data availability did not take data, or did not give them.
public enum AltDAError: Error, Equatable, Sendable {
    /// The text is no address of an endpoint.
    case endpoint(String)
    /// All endpoints answered, and none has the data of this commitment: derivation cannot go on without them.
    case notFound(AltDACommitment)
    /// No endpoint takes such data at all, whenever they are sent: what each says.
    case refused(String)
    /// No endpoint gave an answer that can be used in time; for each what was the matter last, the endpoint's name first.
    case unreachable([String])
}

extension AltDAError {
    /// What is the matter, for people.
    public var message: String {
        switch self {
        case .endpoint(let why): why
        case .notFound(let commitment): "no provider has the data of commitment \(commitment.hexadecimal)"
        case .refused(let why): "the provider does not take the data: \(why)"
        case .unreachable(let reasons): "no provider answered: \(reasons.joined(separator: "; "))"
        }
    }

    /// Whether the same may succeed later.
    public var isTransient: Bool {
        switch self {
        case .unreachable, .notFound: true
        case .endpoint, .refused: false
        }
    }
}
