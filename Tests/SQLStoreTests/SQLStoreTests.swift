import Foundation
import SQLStore
import Testing

private let things = Migration("things") { connection in
    ["CREATE TABLE things (sequence \(connection.countingKey), name TEXT NOT NULL UNIQUE, size BIGINT)"]
}

@Test(arguments: StoreKind.here) func valuesComeBack(kind: StoreKind) async throws {
    try await kind.withDatabase { database, _ in
        try await database.migrate([things])
        try await database.write { connection throws(SQLStoreError) in
            try connection.execute("INSERT INTO things (name, size) VALUES ($1, $2)", ["a'; DROP TABLE things", 7])
            try connection.execute("INSERT INTO things (name, size) VALUES ($1, $2)", ["b", nil])
        }
        let rows = try await database.read { connection throws(SQLStoreError) in
            try connection.query("SELECT * FROM things WHERE $1 = $1 ORDER BY sequence", [1])
        }
        #expect(try rows.map { try $0.text("name") } == ["a'; DROP TABLE things", "b"])
        #expect(try rows.map { try $0.optionalInteger("size") } == [7, nil])
        #expect(try rows[1].integer("sequence") == 2)
        #expect(throws: SQLStoreError.malformed(column: "size")) { try rows[1].text("size") }
        let counted = try await database.read { connection throws(SQLStoreError) in
            try connection.query(
                "SELECT count(*) AS number, sum(size) AS total, max(size) AS none FROM things WHERE size > 6")
        }
        #expect(try counted[0].integer("number") == 1)
        #expect(try counted[0].integer("total") == 7)
    }
}

@Test func aFileIsItsOwnersAlone() async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).sqlite").path
    defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
    let database = try SQLiteDatabase(path: path)
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    await database.close()
}

@Test(arguments: StoreKind.here) func whatThrowsWritesNothing(kind: StoreKind) async throws {
    try await kind.withDatabase { database, _ in
        try await database.migrate([things])
        let error = await #expect(throws: SQLStoreError.self) {
            try await database.write { connection throws(SQLStoreError) in
                try connection.execute("INSERT INTO things (name) VALUES ($1)", ["a"])
                try connection.execute("INSERT INTO things (name) VALUES ($1)", ["a"])
            }
        }
        guard case .conflict = error else {
            Issue.record("\(String(describing: error)) is no conflict")
            return
        }
        let rows = try await database.read { connection throws(SQLStoreError) in
            try connection.query("SELECT * FROM things")
        }
        #expect(rows.isEmpty)
        await #expect(throws: SQLStoreError.self) {
            try await database.read { connection throws(SQLStoreError) in
                _ = try connection.execute("INSERT INTO things (name) VALUES ('a')")
            }
        }
    }
}

@Test(arguments: StoreKind.here) func whoReadsAndThenWritesIsNotOvertaken(kind: StoreKind) async throws {
    try await kind.withDatabase { database, again in
        try await database.migrate([things])
        try await database.write { connection throws(SQLStoreError) in
            _ = try connection.execute("INSERT INTO things (name, size) VALUES ('a', 0)")
        }
        let other = try await again()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let chosen = number % 2 == 0 ? database : other
                    do {
                        try await chosen.write { connection throws(SQLStoreError) in
                            let size = try connection.query("SELECT size FROM things")[0].integer("size")
                            try connection.execute("UPDATE things SET size = $1", [.integer(size + 1)])
                        }
                    } catch { Issue.record(error) }
                }
            }
        }
        let size = try await database.read { connection throws(SQLStoreError) in
            try connection.query("SELECT size FROM things")[0].integer("size")
        }
        #expect(size == 40)
        await other.close()
    }
}

@Test(arguments: StoreKind.here) func aDatabaseIsMigratedOnceAndNotByAnOlderVersion(kind: StoreKind) async throws {
    let more = Migration("more") { _ in ["ALTER TABLE things ADD COLUMN colour TEXT"] }
    try await kind.withDatabase { database, again in
        try await database.migrate([things])
        try await database.migrate([things, more])
        try await database.migrate([things, more])
        let other = try await again()
        await #expect(throws: SQLStoreError.failed("it was written by another version of this program")) {
            try await other.migrate([things])
        }
        await other.close()
    }
}

@Test(.enabled(if: StoreKind.here.contains(.postgreSQL))) func aServersRefusalsAreTold() async throws {
    try await StoreKind.postgreSQL.withDatabase { database, _ in
        // A statement that failed has undone all before it, whoever goes on after it.
        await #expect(throws: SQLStoreError.self) {
            _ = try await database.write { connection throws(SQLStoreError) in
                _ = try? connection.execute("SELECT * FROM nowhere")
                _ = try connection.execute("SELECT 1")
            }
        }
        let zero = SQLStoreError.failed("PostgreSQL's texts have no zero bytes")
        await #expect(throws: zero) {
            try await database.read { connection throws(SQLStoreError) in
                _ = try connection.query("SELECT $1 AS text", ["a\0b"])
            }
        }
        // A connection that is lost is made anew for the next transaction.
        let processes = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = pg_backend_pid()"
        for _ in 0..<4 {
            _ = try? await database.write { connection throws(SQLStoreError) in _ = try connection.query(processes) }
        }
        let now = try await database.write { connection throws(SQLStoreError) in try connection.now() }
        #expect(now > 0)
    }
}

@Test func aServerThatIsNotThereIsTold() async throws {
    let error = await #expect(throws: SQLStoreError.self) {
        _ = try await PostgreSQLDatabase(url: "postgres://nobody@127.0.0.1:1/nothing")
    }
    switch error {
    case .unavailable, .failed: break
    default: Issue.record("\(String(describing: error)) says something else")
    }
}
