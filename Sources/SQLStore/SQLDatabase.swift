/// A database of records that one or several processes share, with the part of SQL that all kinds have.
///
/// Statements name their arguments `$1`, `$2`, ...; times are milliseconds since the Unix epoch.
public protocol SQLDatabase: Sendable {
    /// Runs a transaction: all that `body` writes is there afterwards, or nothing where it throws.
    ///
    /// `body` may run more than once, where another process was faster.
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(SQLStoreError) -> Result
    ) async throws(SQLStoreError) -> Result

    /// Reads one state of everything.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(SQLStoreError) -> Result
    ) async throws(SQLStoreError) -> Result

    /// Lets go of the database.
    func close() async

    /// Whether other processes may use it at the same time.
    var isShared: Bool { get }
}

/// A database within a transaction.
public protocol SQLConnection {
    /// The rows that a statement gives.
    func query(_ sql: String, _ arguments: [SQLValue]) throws(SQLStoreError) -> [SQLRow]

    /// Carries a statement out.
    ///
    /// - Returns: how many rows it has changed.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws(SQLStoreError) -> Int

    /// The type of a key that counts by itself.
    var countingKey: String { get }

    /// The database's time, which is one for all processes.
    func now() throws(SQLStoreError) -> Int64
}

extension SQLConnection {
    public func query(_ sql: String) throws(SQLStoreError) -> [SQLRow] { try query(sql, []) }

    @discardableResult
    public func execute(_ sql: String) throws(SQLStoreError) -> Int { try execute(sql, []) }
}

/// A change of the tables, carried out once in each database and never changed afterwards.
public struct Migration: Sendable {
    public let name: String
    let statements: @Sendable (any SQLConnection) -> [String]

    /// - Parameter statements: one or more, each whole.
    public init(_ name: String, _ statements: @escaping @Sendable (any SQLConnection) -> [String]) {
        self.name = name
        self.statements = statements
    }
}

extension SQLDatabase {
    /// Carries out what a database lacks of these changes.
    ///
    /// - Throws: `failed` where it has changes that are not among them: a newer version has written it.
    public func migrate(_ migrations: [Migration]) async throws(SQLStoreError) {
        try await write { connection throws(SQLStoreError) in
            try connection.execute(
                "CREATE TABLE IF NOT EXISTS migrations (place BIGINT PRIMARY KEY, name TEXT NOT NULL)")
            let done = try connection.query("SELECT name FROM migrations ORDER BY place")
                .map { row throws(SQLStoreError) in try row.text("name") }
            guard done.count <= migrations.count, zip(done, migrations).allSatisfy({ $0 == $1.name }) else {
                throw .failed("it was written by another version of this program")
            }
            for (place, migration) in migrations.enumerated().dropFirst(done.count) {
                for statement in migration.statements(connection) { try connection.execute(statement) }
                try connection.execute(
                    "INSERT INTO migrations (place, name) VALUES ($1, $2)",
                    [.integer(Int64(place)), .text(migration.name)])
            }
        }
    }
}
