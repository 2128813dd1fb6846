internal import Cryptography
public import Primitives

/// Why a keystore cannot be read, opened or made; nothing secret is in it.
public enum KeystoreError: Error, Equatable, Sendable {
    /// Not a JSON object.
    case notJSON
    case missing(field: String)
    case malformed(field: String, expected: String)
    /// Another version, cipher or key derivation.
    case unsupported(field: String, value: String, known: String)
    /// To derive the key would take too much memory or time.
    case excessive(field: String, limit: String)
    /// The MAC does not fit: the password is another, or one of ciphertext, salt and MAC has been changed.
    case wrongPassword
    /// The MAC fits, and what it protects is no private key.
    case noKey
    /// The MAC fits, and the key is that of another account than the file names.
    case otherAddress(named: Address, actual: Address)
    /// A keystore is to be made with no password.
    case emptyPassword
    /// The system did not do what it always does, for lack of memory perhaps.
    case failed(operation: String)

    /// What is the matter, for people.
    public var message: String {
        switch self {
        case .notJSON: "it is no keystore: a keystore is a JSON object"
        case .missing(let field): "it is no keystore: it has no \"\(field)\""
        case .malformed(let field, let expected): "the keystore is damaged: \"\(field)\" has to be \(expected)"
        case .unsupported(let field, let value, let known):
            "the keystore is of a kind that is not supported: \"\(field)\" is \(value), not \(known)"
        case .excessive(let field, let limit): "the keystore asks for too much: \"\(field)\" may be \(limit)"
        case .wrongPassword: "the password is wrong (or the keystore has been changed): its MAC does not fit"
        case .noKey: "the keystore is damaged: what it holds is no private key"
        case .otherAddress(let named, let actual):
            "the keystore is damaged: \"address\" is \(named.checksummed), and the key is that of \(actual.checksummed)"
        case .emptyPassword: "the password is empty: a keystore takes one"
        case .failed(let operation): "\(operation) failed"
        }
    }
}
