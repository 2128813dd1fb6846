import Cryptography
import Foundation
import Primitives
import SQLStore

/// What a key may do; each role may do all that those before it may.
public enum AccessRole: String, CaseIterable, Comparable, Sendable, Codable {
    /// See.
    case viewer
    /// Launch, wake, dissolve.
    case operator_ = "operator"
    /// Make and revoke keys.
    case administrator

    public static func < (left: Self, right: Self) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// Who asks, and for whom.
public struct Caller: Equatable, Sendable {
    public var organisation: String
    public var role: AccessRole
    /// For the audit log.
    public var name: String

    public init(organisation: String, role: AccessRole, name: String) {
        self.organisation = organisation
        self.role = role
        self.name = name
    }
}

/// A program's key.
public struct AccessKey: Equatable, Sendable {
    public var id: String
    public var name: String
    public var role: AccessRole
    /// Milliseconds since the Unix epoch.
    public var createdAt: Int64
    public var revokedAt: Int64?

    /// What a secret begins with, so that scanners know one where it should not be.
    static let prefix = "mayfly_"

    /// 160 random bits.
    static func newSecret() -> String { prefix + RandomText.hex(bytes: 20) }

    /// What is kept of a secret: one of so many bits needs no slow hash.
    static func hash(_ secret: String) -> String { "\(Keccak256.hash(Array(secret.utf8)))" }
}

/// Text that nobody can guess.
enum RandomText {
    static func hex(bytes count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in String(format: "%02x", UInt8.random(in: 0...255, using: &generator)) }.joined()
    }
}

/// Organisations and their keys, within a transaction.
struct AccessTable {
    let connection: any SQLConnection

    func makeOrganisation(_ id: String, name: String) throws(SQLStoreError) {
        try connection.execute(
            "INSERT INTO organisations (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
            [.text(id), .text(name), .integer(try connection.now())])
    }

    func insert(_ key: AccessKey, of organisation: String, secret: String) throws(SQLStoreError) {
        try connection.execute(
            """
            INSERT INTO api_keys (id, organisation, name, role, secret_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [
                .text(key.id), .text(organisation), .text(key.name), .text(key.role.rawValue),
                .text(AccessKey.hash(secret)), .integer(key.createdAt),
            ])
    }

    /// Whom a secret speaks for; nil where it is nobody's.
    func caller(secret: String) throws(SQLStoreError) -> Caller? {
        let row = try connection.query(
            "SELECT * FROM api_keys WHERE secret_hash = $1 AND revoked_at IS NULL", [.text(AccessKey.hash(secret))]
        ).first
        guard let row else { return nil }
        let key = try Self.key(row)
        return Caller(organisation: try row.text("organisation"), role: key.role, name: "key \(key.id)")
    }

    func list(of organisation: String) throws(SQLStoreError) -> [AccessKey] {
        try connection.query(
            "SELECT * FROM api_keys WHERE organisation = $1 ORDER BY created_at, id", [.text(organisation)]
        ).map { row throws(SQLStoreError) in try Self.key(row) }
    }

    /// - Returns: false where there is no such key that is not revoked.
    func revoke(_ id: String, of organisation: String) throws(SQLStoreError) -> Bool {
        try connection.execute(
            "UPDATE api_keys SET revoked_at = $3 WHERE id = $1 AND organisation = $2 AND revoked_at IS NULL",
            [.text(id), .text(organisation), .integer(try connection.now())]) == 1
    }

    func audit(_ caller: Caller, _ action: String, _ subject: String) throws(SQLStoreError) {
        try connection.execute(
            "INSERT INTO audit (organisation, time, actor, action, subject) VALUES ($1, $2, $3, $4, $5)",
            [
                .text(caller.organisation), .integer(try connection.now()), .text(caller.name), .text(action),
                .text(subject),
            ])
    }

    private static func key(_ row: SQLRow) throws(SQLStoreError) -> AccessKey {
        guard let role = AccessRole(rawValue: try row.text("role")) else { throw .malformed(column: "role") }
        return AccessKey(
            id: try row.text("id"), name: try row.text("name"), role: role, createdAt: try row.integer("created_at"),
            revokedAt: try row.optionalInteger("revoked_at"))
    }
}
