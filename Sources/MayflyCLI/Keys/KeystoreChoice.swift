import Cryptography
import Foundation
import Keystores
import Primitives
import Settlement

/// The keystore that `--keystore` names: a file, an account in the usual directory, or a directory with the key of the
/// role or only one.
enum KeystoreChoice {
    /// - Parameter role: what the key is used for; nil for any.
    static func file(_ text: String, role: KeyRole?) throws -> String {
        var status = stat()
        if stat(text, &status) == 0 {
            return status.st_mode & S_IFMT == S_IFDIR ? try file(in: KeystoreDirectory(text), role: role) : text
        }
        let reason = String(cString: strerror(errno))
        guard text.hasPrefix("0x") || text.utf8.count == 40 else {
            throw CommandFailure("cannot read \(text): \(reason)")
        }
        let account: Address
        do throws(Address.TypingError) {
            account = try Address(typed: text)
        } catch {
            throw CommandFailure("\(text) is neither a file nor \(error.message)")
        }
        return try KeystoreDirectoryOptions.usual.find(account).path
    }

    private static func file(in directory: KeystoreDirectory, role: KeyRole?) throws -> String {
        let roles = try KeyRoles(in: directory).read()
        if let role, let account = roles[role] { return try directory.find(account).path }
        let listing = try directory.list()
        if let only = listing.entries.first, listing.entries.count == 1 {
            // Roles have keys of their own: another's is not taken for want of the right one.
            guard role != nil, let other = roles.first(where: { $0.value == only.address }) else { return only.path }
            throw KeyFileError.accountTaken(account: only.address, role: other.key.rawValue)
        }
        if listing.entries.isEmpty, let problem = listing.problems.first { throw problem }
        guard !listing.entries.isEmpty else { throw CommandFailure("there is no key in \(directory.path)") }
        let remedy = role.map { "none has the role \($0.rawValue)" } ?? "say which one, with its file or its address"
        throw CommandFailure("there are \(listing.entries.count) keys in \(directory.path): \(remedy)")
    }

    /// The key in a keystore, for whoever has the password.
    static func key(_ file: String, password: PasswordOptions) throws -> SigningKey {
        try KeyOutput.told {
            // Before anybody is asked for a password.
            let keystore = try KeystoreDirectory.read(file)
            do {
                let key = try keystore.decrypt(try password.password(for: file))
                guard let signer = SigningKey(key.number) else { throw KeystoreError.noKey }
                return signer
            } catch let error as KeystoreError {
                throw KeyFileError.keystore(path: file, reason: error)
            }
        }
    }
}
