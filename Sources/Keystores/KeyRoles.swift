internal import Cryptography
internal import Foundation
public import Primitives

/// What a key is for: each role has a key of its own.
public enum KeyRole: String, CaseIterable, Sendable {
    /// Owns a rollup's contracts.
    case owner
    /// Pays for launches.
    case launcher
    case batcher
    case proposer
    /// Signs blocks before they are on L1.
    case sequencer
    /// Restakes, and vouches for data.
    case `operator`
}

/// Which account has which role: labels in a file beside the keystores.
public struct KeyRoles: Sendable {
    /// Where they are in a directory of keystores.
    public static let fileName = "roles.json"

    private let directory: KeystoreDirectory
    private var path: String { directory.path + "/" + Self.fileName }
    private static let mostBytes = 1 << 12

    public init(in directory: KeystoreDirectory) { self.directory = directory }

    /// The accounts that have a role; none where there is no file.
    public func read() throws(KeyFileError) -> [KeyRole: Address] {
        var status = stat()
        if stat(path, &status) != 0, errno == ENOENT { return [:] }
        let bytes = try PrivateFile.read(path, limit: Self.mostBytes)
        guard
            let names = try? JSONDecoder().decode(
                [String: String].self, from: bytes.withUnsafeBytes { Data($0) })
        else { throw .notRoles(path: path) }
        var roles: [KeyRole: Address] = [:]
        for (name, text) in names {
            guard let role = KeyRole(rawValue: name), let address = try? Address(hex: text) else {
                throw .notRoles(path: path)
            }
            roles[role] = address
        }
        return roles
    }

    /// The account that has a role.
    ///
    /// - Throws: `.roleFree` where none has.
    public func account(of role: KeyRole) throws(KeyFileError) -> Address {
        guard let account = try read()[role] else { throw .roleFree(role: role.rawValue, directory: directory.path) }
        return account
    }

    /// Fails where `assign` would.
    ///
    /// - Parameter account: nil for one that is new.
    public func checkFree(_ role: KeyRole, for account: Address? = nil) throws(KeyFileError) {
        var roles = try read()
        if let holder = roles[role] { throw .roleTaken(role: role.rawValue, account: holder) }
        if let account { try Self.give(role, to: account, &roles) }
    }

    /// Gives a role that is free to an account that has none.
    public func assign(_ role: KeyRole, to account: Address) throws(KeyFileError) {
        try change { roles throws(KeyFileError) in
            if let holder = roles[role] { throw .roleTaken(role: role.rawValue, account: holder) }
            try Self.give(role, to: account, &roles)
        }
    }

    /// Gives a role that is not free to another account, which has none.
    ///
    /// - Returns: the account that had it.
    public func move(_ role: KeyRole, to account: Address) throws(KeyFileError) -> Address {
        try change { roles throws(KeyFileError) in
            guard let holder = roles[role] else { throw .roleFree(role: role.rawValue, directory: directory.path) }
            try Self.give(role, to: account, &roles)
            return holder
        }
    }

    private static func give(
        _ role: KeyRole, to account: Address, _ roles: inout [KeyRole: Address]
    ) throws(KeyFileError) {
        if let other = roles.first(where: { $0.value == account }) {
            throw .accountTaken(account: account, role: other.key.rawValue)
        }
        roles[role] = account
    }

    /// Reads, changes and writes them, while nobody else does.
    private func change<Result>(
        _ body: (inout [KeyRole: Address]) throws(KeyFileError) -> Result
    ) throws(KeyFileError) -> Result {
        try directory.create()
        let lock = open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0, flock(lock, LOCK_EX) == 0 else {
            let reason = PrivateFile.reason()
            if lock >= 0 { close(lock) }
            throw .unwritable(path: path, reason: reason)
        }
        defer { close(lock) }
        var roles = try read()
        let result = try body(&roles)
        let lines = roles.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "  \"\($0.key.rawValue)\": \"\($0.value.checksummed)\"" }
        try PrivateFile.write(
            Array("{\n\(lines.joined(separator: ",\n"))\n}\n".utf8), to: path, replacing: true)
        return result
    }
}
