import SQLStore

extension PlatformSchema {
    /// People who sign in with an account of Ethereum, and what they may do for whom.
    static let people = Migration("people") { _ in
        [
            """
            CREATE TABLE people (
                address TEXT PRIMARY KEY,
                created_at BIGINT NOT NULL)
            """,
            """
            CREATE TABLE members (
                organisation TEXT NOT NULL REFERENCES organisations (id),
                address TEXT NOT NULL,
                role TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                PRIMARY KEY (organisation, address))
            """,
            "CREATE INDEX members_by_address ON members (address)",
            // Those that were used, until they are over.
            """
            CREATE TABLE nonces (
                nonce TEXT PRIMARY KEY,
                expires_at BIGINT NOT NULL)
            """,
            // A session's token is not kept: only what it hashes to.
            """
            CREATE TABLE sessions (
                token_hash TEXT PRIMARY KEY,
                address TEXT NOT NULL,
                organisation TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL)
            """,
            "CREATE INDEX sessions_of_address ON sessions (address, created_at)",
            // What all platforms of these records know, and nobody else.
            "CREATE TABLE secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
        ]
    }
}
