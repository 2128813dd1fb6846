internal import Cryptography
public import Primitives

/// Why files of keys cannot be used; nothing secret is in it.
public enum KeyFileError: Error, Equatable, Sendable {
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    /// Others than the owner may read the file.
    case exposed(path: String)
    /// Others than the owner may look into the directory.
    case exposedDirectory(path: String)
    case tooLarge(path: String, limit: Int)
    /// What the file holds is no keystore, or one that cannot be opened.
    case keystore(path: String, reason: KeystoreError)
    case notRoles(path: String)
    /// The directory has no key of the account.
    case absent(account: Address, directory: String)
    /// Several files are of one account.
    case ambiguous(account: Address, paths: [String])
    /// There is a key of the account already.
    case present(account: Address, path: String)
    /// The role is some account's already.
    case roleTaken(role: String, account: Address)
    /// The account has a role already, and each role has an account of its own.
    case accountTaken(account: Address, role: String)
    /// Nobody has the role.
    case roleFree(role: String, directory: String)

    /// What is the matter, for people.
    public var message: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
        case .exposed(let path): "others may read \(path): make it yours alone with  chmod 600 \(path)"
        case .exposedDirectory(let path):
            "others may look into the directory \(path): make it yours alone with  chmod 700 \(path)"
        case .tooLarge(let path, let limit): "\(path) is larger than what it should hold: \(limit) bytes at most"
        case .keystore(let path, let reason): "\(path): \(reason.message)"
        case .notRoles(let path):
            "\(path) does not say which role is whose: it takes a JSON object of roles and addresses"
        case .absent(let account, let directory): "there is no key of \(account.checksummed) in \(directory)"
        case .ambiguous(let account, let paths):
            "there are several keys of \(account.checksummed): say which file of  \(paths.joined(separator: "  "))"
        case .present(let account, let path): "there is a key of \(account.checksummed) already: \(path)"
        case .roleTaken(let role, let account):
            "the \(role) has a key already, that of \(account.checksummed): put another in its place with  "
                + "mayfly key rotate \(role)"
        case .accountTaken(let account, let role):
            "\(account.checksummed) is the \(role)'s already, and each role has a key of its own"
        case .roleFree(let role, let directory): "the \(role) has no key in \(directory)"
        }
    }
}
