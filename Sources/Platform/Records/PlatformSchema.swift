import SQLStore

/// The tables of a platform. Times are milliseconds since the Unix epoch.
enum PlatformSchema {
    static let migrations = [
        Migration("the first tables") { connection in
            [
                """
                CREATE TABLE organisations (
                    id TEXT PRIMARY KEY,
                    name TEXT NOT NULL,
                    created_at BIGINT NOT NULL)
                """,
                // A key's secret is not kept: only what it hashes to.
                """
                CREATE TABLE api_keys (
                    id TEXT PRIMARY KEY,
                    organisation TEXT NOT NULL REFERENCES organisations (id),
                    name TEXT NOT NULL,
                    role TEXT NOT NULL,
                    secret_hash TEXT NOT NULL UNIQUE,
                    created_at BIGINT NOT NULL,
                    revoked_at BIGINT)
                """,
                """
                CREATE TABLE rollups (
                    name TEXT PRIMARY KEY,
                    organisation TEXT NOT NULL REFERENCES organisations (id),
                    state TEXT NOT NULL,
                    template TEXT NOT NULL,
                    document TEXT NOT NULL,
                    chain_id TEXT NOT NULL,
                    created_at BIGINT NOT NULL,
                    updated_at BIGINT NOT NULL,
                    details TEXT NOT NULL,
                    failure TEXT)
                """,
                "CREATE INDEX rollups_of_organisation ON rollups (organisation, name)",
                """
                CREATE TABLE jobs (
                    id TEXT PRIMARY KEY,
                    rollup TEXT NOT NULL REFERENCES rollups (name),
                    kind TEXT NOT NULL,
                    state TEXT NOT NULL,
                    step TEXT NOT NULL,
                    failures BIGINT NOT NULL,
                    claims BIGINT NOT NULL,
                    not_before BIGINT NOT NULL,
                    holder TEXT,
                    fence BIGINT NOT NULL,
                    lease_until BIGINT NOT NULL,
                    failure TEXT,
                    created_at BIGINT NOT NULL,
                    finished_at BIGINT)
                """,
                // A rollup's life changes one thing after another.
                "CREATE UNIQUE INDEX one_open_job ON jobs (rollup) WHERE state = 'open'",
                "CREATE INDEX open_jobs ON jobs (lease_until) WHERE state = 'open'",
                """
                CREATE TABLE events (
                    sequence \(connection.countingKey),
                    organisation TEXT NOT NULL,
                    rollup TEXT NOT NULL,
                    time BIGINT NOT NULL,
                    kind TEXT NOT NULL,
                    text TEXT NOT NULL,
                    details TEXT NOT NULL)
                """,
                "CREATE INDEX events_of_rollup ON events (rollup, sequence)",
                // What was answered to a request that may come again.
                """
                CREATE TABLE requests (
                    organisation TEXT NOT NULL,
                    idempotency_key TEXT NOT NULL,
                    request_hash TEXT NOT NULL,
                    subject TEXT NOT NULL,
                    created_at BIGINT NOT NULL,
                    PRIMARY KEY (organisation, idempotency_key))
                """,
                """
                CREATE TABLE audit (
                    sequence \(connection.countingKey),
                    organisation TEXT NOT NULL,
                    time BIGINT NOT NULL,
                    actor TEXT NOT NULL,
                    action TEXT NOT NULL,
                    subject TEXT NOT NULL)
                """,
            ]
        },
        // Who sends from an account now, of all processes that may.
        Migration("turns of accounts") { _ in
            ["CREATE TABLE account_turns (account TEXT PRIMARY KEY, holder TEXT NOT NULL, held_until BIGINT NOT NULL)"]
        },
        Migration("alerts and webhooks") { _ in
            [
                // Of the platform itself, with an empty text as the rollup.
                """
                CREATE TABLE alerts (
                    id TEXT PRIMARY KEY,
                    organisation TEXT NOT NULL,
                    rollup TEXT NOT NULL,
                    kind TEXT NOT NULL,
                    text TEXT NOT NULL,
                    raised_at BIGINT NOT NULL,
                    resolved_at BIGINT)
                """,
                """
                CREATE UNIQUE INDEX one_open_alert ON alerts (organisation, rollup, kind) WHERE resolved_at IS NULL
                """,
                "CREATE INDEX events_of_organisation ON events (organisation, sequence)",
                """
                CREATE TABLE webhooks (
                    id TEXT PRIMARY KEY,
                    organisation TEXT NOT NULL REFERENCES organisations (id),
                    url TEXT NOT NULL,
                    kinds TEXT NOT NULL,
                    secret TEXT NOT NULL,
                    created_at BIGINT NOT NULL,
                    cursor BIGINT NOT NULL,
                    failures BIGINT NOT NULL,
                    failing_since BIGINT,
                    failure TEXT,
                    not_before BIGINT NOT NULL,
                    held_until BIGINT NOT NULL,
                    disabled_at BIGINT)
                """,
            ]
        },
        people,
        // By which what is old is found without a look at all that is not.
        Migration("the age of records") { _ in
            [
                "CREATE INDEX events_by_time ON events (time)",
                "CREATE INDEX audit_by_time ON audit (time)",
                "CREATE INDEX jobs_of_rollup ON jobs (rollup, created_at, id)",
                "CREATE INDEX finished_jobs ON jobs (finished_at) WHERE state <> 'open'",
                "CREATE INDEX ended_alerts ON alerts (resolved_at) WHERE resolved_at IS NOT NULL",
                "CREATE INDEX requests_by_time ON requests (created_at)",
            ]
        },
    ]
}
