import Foundation
import GRDB

/// Records in a file, of one process.
public final class SQLiteDatabase: SQLDatabase {
    /// For how long another process's transaction is waited for.
    private static let patience = 10.0

    private let pool: DatabasePool

    /// Opens the file, or makes it, for its owner alone.
    public init(path: String) throws(SQLStoreError) {
        // What SQLite makes takes over the mode of the file, and so do the files beside it.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unavailable("\(path): \(String(cString: strerror(errno)))") }
        _ = Foundation.close(descriptor)
        var configuration = Configuration()
        configuration.busyMode = .timeout(Self.patience)
        configuration.prepareDatabase { database in
            // What was answered is on the disk.
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        do { pool = try DatabasePool(path: path, configuration: configuration) } catch {
            throw SQLStoreError(error)
        }
    }

    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(SQLStoreError) -> Result
    ) async throws(SQLStoreError) -> Result {
        do {
            return try await pool.writeWithoutTransaction { database in
                var result: Result?
                // A transaction that reads first and then writes must not find another's writes in between.
                try database.inTransaction(.immediate) {
                    result = try body(SQLiteConnection(database: database))
                    return .commit
                }
                guard let result else { throw SQLStoreError.failed("a transaction without a result") }
                return result
            }
        } catch { throw SQLStoreError(error) }
    }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(SQLStoreError) -> Result
    ) async throws(SQLStoreError) -> Result {
        do { return try await pool.read { database in try body(SQLiteConnection(database: database)) } } catch {
            throw SQLStoreError(error)
        }
    }

    public func close() async { try? pool.close() }

    public var isShared: Bool { false }
}

private struct SQLiteConnection: SQLConnection {
    let database: Database

    var countingKey: String { "INTEGER PRIMARY KEY AUTOINCREMENT" }

    func query(_ sql: String, _ arguments: [SQLValue]) throws(SQLStoreError) -> [SQLRow] {
        do {
            let statement = try database.cachedStatement(sql: sql)
            return try Row.fetchAll(statement, arguments: Self.named(arguments)).map { row in
                var values: [String: SQLValue] = [:]
                for (column, value) in row { values[column] = Self.value(value) }
                return SQLRow(values)
            }
        } catch { throw SQLStoreError(error) }
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws(SQLStoreError) -> Int {
        do {
            try database.cachedStatement(sql: sql).execute(arguments: Self.named(arguments))
            return database.changesCount
        } catch { throw SQLStoreError(error) }
    }

    func now() throws(SQLStoreError) -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

    /// SQLite takes `$1` as a name.
    private static func named(_ arguments: [SQLValue]) -> StatementArguments {
        var named: [String: (any DatabaseValueConvertible)?] = [:]
        for (index, argument) in arguments.enumerated() {
            switch argument {
            case .null: named["\(index + 1)"] = .some(nil)
            case .integer(let number): named["\(index + 1)"] = number
            case .text(let text): named["\(index + 1)"] = text
            }
        }
        return StatementArguments(named)
    }

    private static func value(_ value: DatabaseValue) -> SQLValue {
        switch value.storage {
        case .int64(let number): .integer(number)
        case .string(let text): .text(text)
        case .double(let number): .integer(Int64(number))
        case .null, .blob: .null
        }
    }
}

extension SQLStoreError {
    fileprivate init(_ error: any Error) {
        switch error {
        case let error as SQLStoreError: self = error
        case let error as DatabaseError:
            let text = error.message ?? "\(error.resultCode)"
            switch error.resultCode {
            case .SQLITE_CONSTRAINT: self = .conflict(text)
            case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CANTOPEN: self = .unavailable(text)
            default: self = .failed(text)
            }
        default: self = .unavailable("\(error)")
        }
    }
}
