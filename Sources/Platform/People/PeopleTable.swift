import SQLStore

/// Somebody who may act for an organisation.
public struct Member: Equatable, Sendable {
    /// `0x` and small letters.
    public var address: String
    public var role: AccessRole
    /// Milliseconds since the Unix epoch.
    public var createdAt: Int64
}

/// An organisation that somebody may act for.
public struct Membership: Equatable, Sendable {
    public var organisation: String
    public var role: AccessRole

    public init(organisation: String, role: AccessRole) {
        self.organisation = organisation
        self.role = role
    }
}

/// People, their organisations and sessions, within a transaction.
struct PeopleTable {
    /// Sessions of one person; more end the oldest.
    private static let sessionLimit = 20
    /// Organisations that are told of one person: anybody may add anybody to theirs.
    private static let membershipLimit: Int64 = 200

    let connection: any SQLConnection

    // MARK: Nonces

    /// Notes that a nonce is used.
    ///
    /// - Returns: false where it was before.
    func use(nonce: String, expiresAt: Int64) throws(SQLStoreError) -> Bool {
        try connection.execute("DELETE FROM nonces WHERE expires_at <= $1", [.integer(try connection.now())])
        return try connection.execute(
            "INSERT INTO nonces (nonce, expires_at) VALUES ($1, $2) ON CONFLICT (nonce) DO NOTHING",
            [.text(nonce), .integer(expiresAt)]) == 1
    }

    /// A text of the records that nobody else knows, made when it is first asked for.
    func secret(_ name: String) throws(SQLStoreError) -> String {
        try connection.execute(
            "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
            [.text(name), .text(RandomText.hex(bytes: 32))])
        return try connection.query("SELECT value FROM secrets WHERE name = $1", [.text(name)])[0].text("value")
    }

    // MARK: Sessions

    func insert(
        token: String, of address: String, organisation: String, lifetime: Int64
    ) throws(SQLStoreError) -> Int64 {
        let now = try connection.now()
        try connection.execute("DELETE FROM sessions WHERE expires_at <= $1", [.integer(now)])
        let old = try connection.query(
            "SELECT token_hash FROM sessions WHERE address = $1 ORDER BY created_at DESC, token_hash", [.text(address)])
        for row in old.dropFirst(Self.sessionLimit - 1) {
            try connection.execute(
                "DELETE FROM sessions WHERE token_hash = $1", [.text(try row.text("token_hash"))])
        }
        try connection.execute(
            """
            INSERT INTO sessions (token_hash, address, organisation, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)
            """,
            [
                .text(AccessKey.hash(token)), .text(address), .text(organisation), .integer(now),
                .integer(now + lifetime),
            ])
        return now + lifetime
    }

    /// Whose session a token is of, and for whom it speaks; nil where it is over, or where the person is no member any more.
    func session(token: String) throws(SQLStoreError) -> Session? {
        let row = try connection.query(
            """
            SELECT sessions.address, sessions.organisation, sessions.expires_at, members.role FROM sessions
            JOIN members ON members.organisation = sessions.organisation AND members.address = sessions.address
            WHERE sessions.token_hash = $1 AND sessions.expires_at > $2
            """, [.text(AccessKey.hash(token)), .integer(try connection.now())]
        ).first
        guard let row else { return nil }
        guard let role = AccessRole(rawValue: try row.text("role")) else { throw .malformed(column: "role") }
        let address = try row.text("address")
        return Session(
            address: address,
            caller: Caller(organisation: try row.text("organisation"), role: role, name: address),
            expiresAt: try row.integer("expires_at"))
    }

    func end(token: String) throws(SQLStoreError) {
        try connection.execute("DELETE FROM sessions WHERE token_hash = $1", [.text(AccessKey.hash(token))])
    }

    /// Has a session that lasts speak for another organisation from now on, of which its person is a member.
    ///
    /// - Returns: false where the session is over, or the person no member.
    func turn(token: String, to organisation: String) throws(SQLStoreError) -> Bool {
        try connection.execute(
            """
            UPDATE sessions SET organisation = $2 WHERE token_hash = $1 AND expires_at > $3 AND EXISTS (
                SELECT 1 FROM members WHERE members.organisation = $2 AND members.address = sessions.address)
            """, [.text(AccessKey.hash(token)), .text(organisation), .integer(try connection.now())]) == 1
    }

    // MARK: People

    /// Makes a person and an organisation of theirs, where they are new.
    ///
    /// - Returns: the organisation.
    func welcome(_ address: String) throws(SQLStoreError) -> String {
        let (now, organisation) = (try connection.now(), PlatformSettings.personalPrefix + address)
        let isNew =
            try connection.execute(
                "INSERT INTO people (address, created_at) VALUES ($1, $2) ON CONFLICT (address) DO NOTHING",
                [.text(address), .integer(now)]) == 1
        if isNew {
            try AccessTable(connection: connection).makeOrganisation(organisation, name: address)
            _ = try insert(Member(address: address, role: .administrator, createdAt: now), of: organisation)
        }
        return organisation
    }

    /// - Returns: whether it was not there.
    func insert(_ member: Member, of organisation: String) throws(SQLStoreError) -> Bool {
        try connection.execute(
            """
            INSERT INTO members (organisation, address, role, created_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (organisation, address) DO NOTHING
            """,
            [.text(organisation), .text(member.address), .text(member.role.rawValue), .integer(member.createdAt)]) == 1
    }

    func change(_ address: String, of organisation: String, to role: AccessRole) throws(SQLStoreError) {
        try connection.execute(
            "UPDATE members SET role = $3 WHERE organisation = $1 AND address = $2",
            [.text(organisation), .text(address), .text(role.rawValue)])
    }

    /// Removes a member, whose sessions for the organisation end with it.
    func remove(_ address: String, of organisation: String) throws(SQLStoreError) {
        try connection.execute(
            "DELETE FROM members WHERE organisation = $1 AND address = $2", [.text(organisation), .text(address)])
        try connection.execute(
            "DELETE FROM sessions WHERE organisation = $1 AND address = $2", [.text(organisation), .text(address)])
    }

    func members(of organisation: String) throws(SQLStoreError) -> [Member] {
        try connection.query(
            "SELECT * FROM members WHERE organisation = $1 ORDER BY created_at, address", [.text(organisation)]
        ).map { row throws(SQLStoreError) in
            guard let role = AccessRole(rawValue: try row.text("role")) else { throw .malformed(column: "role") }
            return Member(address: try row.text("address"), role: role, createdAt: try row.integer("created_at"))
        }
    }

    /// The organisations that somebody may act for, their own first.
    func memberships(of address: String) throws(SQLStoreError) -> [Membership] {
        try connection.query(
            """
            SELECT organisation, role FROM members WHERE address = $1
            ORDER BY CASE WHEN organisation = $2 THEN 0 ELSE 1 END, created_at, organisation LIMIT $3
            """,
            [.text(address), .text(PlatformSettings.personalPrefix + address), .integer(Self.membershipLimit)]
        ).map { row throws(SQLStoreError) in
            guard let role = AccessRole(rawValue: try row.text("role")) else { throw .malformed(column: "role") }
            return Membership(organisation: try row.text("organisation"), role: role)
        }
    }
}
