import SQLStore

/// Organisations, and the keys of programs that act for them.
extension PlatformService {
    /// Keys of one organisation that are not revoked.
    private static let keyLimit = 500

    /// Makes an organisation where it is not there.
    public func makeOrganisation(_ id: String, name: String) async throws(PlatformProblem) {
        try await write { connection throws(SQLStoreError) in
            try AccessTable(connection: connection).makeOrganisation(id, name: name)
        }
    }

    /// Whom a key's secret speaks for.
    public func caller(secret: String) async throws(PlatformProblem) -> Caller? {
        guard secret.hasPrefix(AccessKey.prefix), secret.utf8.count <= 100 else { return nil }
        return try await read { connection throws(SQLStoreError) in
            try AccessTable(connection: connection).caller(secret: secret)
        }
    }

    /// Makes an organisation's first key, for its administrator.
    ///
    /// - Returns: its secret, which nobody can ask for again; nil where the organisation has keys.
    public func makeFirstKey(of organisation: String) async throws(PlatformProblem) -> String? {
        let caller = Caller(organisation: organisation, role: .administrator, name: "this machine")
        guard try await keys(of: caller).isEmpty else { return nil }
        return try await makeKey("first", .administrator, by: caller).secret
    }

    func check(_ caller: Caller, _ role: AccessRole) throws(PlatformProblem) {
        if caller.role < role {
            throw PlatformProblem(
                403, "role-too-small",
                "this takes the role \(role.rawValue), and \(caller.name) has \(caller.role.rawValue)")
        }
    }

    /// Makes a key that acts for the caller's organisation.
    ///
    /// - Parameter name: 1 to 100 bytes without control characters, for people.
    /// - Returns: the key, and its secret, which nobody can ask for again.
    public func makeKey(_ name: String, _ role: AccessRole, by caller: Caller) async throws(PlatformProblem) -> (
        key: AccessKey, secret: String
    ) {
        try check(caller, .administrator)
        guard (1...100).contains(name.utf8.count) else { throw .invalid("name", "has 1 to 100 bytes") }
        if name.utf8.contains(where: { $0 < 32 || $0 == 127 }) {
            throw .invalid("name", "has no control characters")
        }
        let limit = Self.keyLimit
        let (id, secret) = (RandomText.hex(bytes: 6), AccessKey.newSecret())
        let key = try await write { connection throws(SQLStoreError) -> AccessKey? in
            let access = AccessTable(connection: connection)
            if try access.list(of: caller.organisation).count(where: { $0.revokedAt == nil }) >= limit { return nil }
            let key = AccessKey(id: id, name: name, role: role, createdAt: try connection.now(), revokedAt: nil)
            try access.insert(key, of: caller.organisation, secret: secret)
            try access.audit(caller, "key.make", id)
            return key
        }
        guard let key else {
            throw PlatformProblem(409, "keys", "an organisation has at most \(limit) keys: revoke one first")
        }
        return (key, secret)
    }

    /// All keys of the caller's organisation, the revoked ones too, the oldest first.
    public func keys(of caller: Caller) async throws(PlatformProblem) -> [AccessKey] {
        try check(caller, .administrator)
        return try await read { connection throws(SQLStoreError) in
            try AccessTable(connection: connection).list(of: caller.organisation)
        }
    }

    /// Revokes a key of the caller's organisation, at once.
    public func revokeKey(_ id: String, by caller: Caller) async throws(PlatformProblem) {
        try check(caller, .administrator)
        let isRevoked = try await write { connection throws(SQLStoreError) in
            let access = AccessTable(connection: connection)
            try access.audit(caller, "key.revoke", id)
            return try access.revoke(id, of: caller.organisation)
        }
        if !isRevoked { throw PlatformProblem(404, "no-such-key", "there is no key \(id) that is not revoked") }
    }
}
