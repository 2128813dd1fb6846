import Foundation
import SQLStore
import Testing

/// A file that is gone with the test.
func withDatabase(_ body: (SQLiteDatabase, String) async throws -> Void) async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).sqlite").path
    defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
    let database = try SQLiteDatabase(path: path)
    try await body(database, path)
    await database.close()
}

private let things = Migration("things") { connection in
    ["CREATE TABLE things (sequence \(connection.countingKey), name TEXT NOT NULL UNIQUE, size BIGINT)"]
}

@Test func valuesComeBack() async throws {
    try await withDatabase { database, path in
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
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}

@Test func whatThrowsWritesNothing() async throws {
    try await withDatabase { database, _ in
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
    }
}

@Test func aDatabaseIsMigratedOnceAndNotByAnOlderVersion() async throws {
    let more = Migration("more") { _ in ["ALTER TABLE things ADD COLUMN colour TEXT"] }
    try await withDatabase { database, path in
        try await database.migrate([things])
        try await database.migrate([things, more])
        try await database.migrate([things, more])
        let other = try SQLiteDatabase(path: path)
        await #expect(throws: SQLStoreError.failed("it was written by another version of this program")) {
            try await other.migrate([things])
        }
        await other.close()
    }
}
