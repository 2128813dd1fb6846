import Foundation
import SQLStore

/// The databases that there are, each tried where it is there.
enum StoreKind: CaseIterable, CustomStringConvertible {
    case sqlite, postgreSQL

    var description: String { self == .sqlite ? "SQLite" : "PostgreSQL" }

    /// `./test` starts a server and says where; without one there is nothing to try.
    private static let server = ProcessInfo.processInfo.environment["MAYFLY_POSTGRESQL"]

    static let here: [StoreKind] = {
        if server != nil { return allCases }
        precondition(ProcessInfo.processInfo.environment["CI"] != "true", "MAYFLY_POSTGRESQL is not set")
        print("skipped: no PostgreSQL server here (./test starts one where the package postgresql is installed)")
        return [.sqlite]
    }()

    /// Opens a database that is gone with the test.
    ///
    /// - Parameter body: is given the database, and a way to open it once more.
    func withDatabase(
        _ body: (any SQLDatabase, _ again: () async throws -> any SQLDatabase) async throws -> Void
    ) async throws {
        let name = "test_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
        let open: () async throws -> any SQLDatabase
        let remove: () async throws -> Void
        switch self {
        case .sqlite:
            let path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
            open = { try SQLiteDatabase(path: path) }
            remove = { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        case .postgreSQL:
            let server = Self.server ?? ""
            let owner = try await PostgreSQLDatabase(url: server)
            try await owner.write { connection throws(SQLStoreError) in
                _ = try connection.execute("CREATE SCHEMA \(name)")
            }
            let separator = server.contains("?") ? "&" : "?"
            open = { try await PostgreSQLDatabase(url: "\(server)\(separator)options=-csearch_path%3D\(name)") }
            remove = {
                try await owner.write { connection throws(SQLStoreError) in
                    _ = try connection.execute("DROP SCHEMA \(name) CASCADE")
                }
                await owner.close()
            }
        }
        let database = try await open()
        let result: Result<Void, any Error>
        do { result = .success(try await body(database, open)) } catch { result = .failure(error) }
        await database.close()
        try await remove()
        try result.get()
    }
}
