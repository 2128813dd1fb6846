import SQLStore
import Testing

@testable import Platform

private let hour: Int64 = 3_600_000

/// All of what a platform keeps, for an hour.
private let short: Retention = {
    var retention = Retention()
    (retention.events, retention.audit, retention.jobs, retention.requests) = (hour, hour, hour, hour)
    return retention
}()

/// The first column of a query, as text.
private func column(_ database: any SQLDatabase, _ sql: String) async throws -> [String] {
    try await database.read { connection throws(SQLStoreError) in
        try connection.query(sql).map { row throws(SQLStoreError) in try row.text("it") }
    }
}

private func execute(_ database: any SQLDatabase, _ statements: [String]) async throws {
    try await database.write { connection throws(SQLStoreError) in
        for statement in statements { try connection.execute(statement) }
    }
}

private func prune(_ database: any SQLDatabase, batch: Int64 = 500) async throws -> Bool {
    try await database.write { connection throws(SQLStoreError) in
        var hasMore = false
        for kind in RecordPruning.Kind.allCases {
            if try RecordPruning(connection: connection).prune(kind, short, batch: batch) { hasMore = true }
        }
        return hasMore
    }
}

private func addEvents(_ database: any SQLDatabase, _ organisation: String, _ texts: [String]) async throws {
    try await database.write { connection throws(SQLStoreError) in
        for text in texts {
            try EventTable(connection: connection).add("test", text, organisation, "arcade", [:])
        }
    }
}

@Suite struct RecordPruningTests {
    @Test(arguments: StoreKind.here) func oldEventsGoInBatchesAndAReaderGoesOnAtTheOldestKept(
        kind: StoreKind
    ) async throws {
        try await withRecords(kind) { database in
            try await addEvents(database, "one", ["a", "b", "c", "d", "e", "f"])
            try await execute(database, ["UPDATE events SET time = 1 WHERE text < 'e'"])
            #expect(try await prune(database, batch: 3))
            #expect(try await column(database, "SELECT text AS it FROM events ORDER BY sequence") == ["d", "e", "f"])
            #expect(try await !prune(database, batch: 3))
            let found = try await database.read { connection throws(SQLStoreError) in
                try EventTable(connection: connection).list(of: "one", after: 1, limit: 10).map(\.text)
            }
            #expect(found == ["e", "f"])
        }
    }

    @Test(arguments: StoreKind.here) func whatAWebhookHasStillToSendAndTheNewestEventAreKept(
        kind: StoreKind
    ) async throws {
        try await withRecords(kind) { database in
            try await addEvents(database, "one", ["a", "b", "c"])
            try await addEvents(database, "two", ["x", "y"])
            try await database.write { connection throws(SQLStoreError) in
                let sent = try EventTable(connection: connection).list(of: "one", after: 0, limit: 1)[0].sequence
                try WebhookTable(connection: connection).insert(
                    Webhook(
                        id: "w", organisation: "one", url: "https://example.org", kinds: [], secret: "s", createdAt: 0,
                        cursor: sent, failures: 0))
                _ = try connection.execute("UPDATE events SET time = 1")
            }
            #expect(try await !prune(database))
            #expect(try await column(database, "SELECT text AS it FROM events ORDER BY sequence") == ["b", "c", "y"])
            // One that is not sent to any more holds nothing up.
            try await execute(database, ["UPDATE webhooks SET disabled_at = 5"])
            _ = try await prune(database)
            #expect(try await column(database, "SELECT text AS it FROM events") == ["y"])
            let newest = try await database.read { connection throws(SQLStoreError) in
                try EventTable(connection: connection).newestSequence()
            }
            #expect(newest == 5)
        }
    }

    @Test(arguments: StoreKind.here) func whatIsOpenIsKeptHoweverOldItIs(kind: StoreKind) async throws {
        try await withRecords(kind, rollups: ["arcade", "busy"]) { database in
            func job(_ id: String, _ rollup: String, _ state: String, _ created: Int64, _ finished: String) -> String {
                """
                INSERT INTO jobs (id, rollup, kind, state, step, failures, claims, not_before, fence, lease_until,
                                  created_at, finished_at)
                VALUES ('\(id)', '\(rollup)', 'launch', '\(state)', 's', 0, 0, 0, 0, 0, \(created), \(finished))
                """
            }
            func alert(_ id: String, _ resolved: String) -> String {
                """
                INSERT INTO alerts (id, organisation, rollup, kind, text, raised_at, resolved_at)
                VALUES ('\(id)', 'one', 'arcade', 'k', 't', 1, \(resolved))
                """
            }
            func request(_ key: String, _ rollup: String) -> String {
                "INSERT INTO requests VALUES ('one', '\(key)', 'h', '\(rollup)', 1)"
            }
            try await execute(
                database,
                [
                    job("old", "arcade", "done", 1, "2"), job("newest", "arcade", "failed", 3, "4"),
                    job("finished", "busy", "done", 1, "2"), job("open", "busy", "open", 3, "NULL"),
                    alert("over", "2"), alert("lasts", "NULL"), request("over", "arcade"), request("runs", "busy"),
                    "INSERT INTO audit (organisation, time, actor, action, subject) VALUES ('one', 1, 'a', 'old', 's')",
                    """
                    INSERT INTO audit (organisation, time, actor, action, subject)
                    VALUES ('one', 9000000000000, 'a', 'new', 's')
                    """,
                ])
            #expect(try await !prune(database))
            #expect(try await column(database, "SELECT id AS it FROM jobs ORDER BY id") == ["newest", "open"])
            #expect(try await column(database, "SELECT id AS it FROM alerts") == ["lasts"])
            #expect(try await column(database, "SELECT idempotency_key AS it FROM requests") == ["runs"])
            #expect(try await column(database, "SELECT action AS it FROM audit") == ["new"])
        }
    }

    @Test(arguments: StoreKind.here) func severalPlatformsPruneAtOnce(kind: StoreKind) async throws {
        try await withRecords(kind) { database in
            try await addEvents(database, "one", (0..<40).map { "\($0)" })
            try await execute(database, ["UPDATE events SET time = 1"])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { while try await prune(database, batch: 5) {} } }
                try await group.waitForAll()
            }
            #expect(try await column(database, "SELECT text AS it FROM events") == ["39"])
        }
    }
}
