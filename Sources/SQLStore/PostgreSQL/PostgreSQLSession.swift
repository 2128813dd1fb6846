import Foundation

/// One connection to a PostgreSQL server, made when it is first needed and made anew after it was lost.
///
/// Confined to its queue.
final class PostgreSQLSession: @unchecked Sendable {
    private let library: LibPQ
    private let url: String
    private let queue = DispatchQueue(label: "postgresql")
    private var connection: LibPQ.Connection?

    /// Writers take turns, as in SQLite: what a transaction has read is still so when it writes, and events are there in
    /// the order of their numbers. The number is of the bytes "mayflyw".
    private static let beginWriting = "BEGIN; SELECT pg_advisory_xact_lock(30787946498783607)"
    private static let beginReading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    /// A process that stands still in a transaction loses it, so that it holds nobody else up for long.
    private static let settings = """
        SET lock_timeout = '10s'; SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '5s';
        SET client_min_messages = warning
        """
    /// What the address does not say otherwise.
    private static let defaults = [
        ("application_name", "mayfly"), ("client_encoding", "UTF8"), ("connect_timeout", "5"),
        ("keepalives_idle", "5"), ("keepalives_interval", "2"), ("keepalives_count", "3"),
        ("tcp_user_timeout", "10000"),
    ]

    init(_ library: LibPQ, url: String) {
        self.library = library
        self.url = url
    }

    /// Runs a transaction on the connection's own thread.
    func transaction<Result: Sendable>(
        isWriting: Bool, _ body: @escaping @Sendable (any SQLConnection) throws(SQLStoreError) -> Result
    ) async -> Swift.Result<Result, SQLStoreError> {
        await withCheckedContinuation { continuation in
            queue.async {
                do throws(SQLStoreError) {
                    continuation.resume(returning: .success(try self.run(isWriting, body)))
                } catch { continuation.resume(returning: .failure(error)) }
            }
        }
    }

    func close() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.drop()
                continuation.resume()
            }
        }
    }

    // MARK: On the queue

    private func run<Result>(
        _ isWriting: Bool, _ body: (any SQLConnection) throws(SQLStoreError) -> Result
    ) throws(SQLStoreError) -> Result {
        try begin(isWriting ? Self.beginWriting : Self.beginReading)
        let result: Result
        do throws(SQLStoreError) {
            result = try body(PostgreSQLConnection(session: self))
        } catch {
            do throws(SQLStoreError) { _ = try perform("ROLLBACK") } catch { drop() }
            throw error
        }
        let end: Answer
        do throws(SQLStoreError) { end = try perform("COMMIT") } catch {
            drop()
            throw error
        }
        guard end.command == "COMMIT" else {
            throw .failed("the transaction went on after a statement of it had failed, and nothing is written")
        }
        return result
    }

    private func begin(_ statement: String) throws(SQLStoreError) {
        let isOld = connection != nil
        if !isOld { try connect() }
        do throws(SQLStoreError) { _ = try perform(statement) } catch {
            // One that was idle may have been closed by the server: nothing has happened on it yet.
            drop()
            guard isOld, case .unavailable = error else { throw error }
            try connect()
            do throws(SQLStoreError) { _ = try perform(statement) } catch {
                drop()
                throw error
            }
        }
    }

    private func connect() throws(SQLStoreError) {
        // What comes later counts.
        let values = Self.defaults + [("dbname", url)]
        let new = Self.withTexts(values.map { $0.0 } + [nil]) { names in
            Self.withTexts(values.map { $0.1 } + [nil]) { values in library.connect(names, values, 1) }
        }
        connection = new
        guard library.status(new) == LibPQ.connectionIsGood else {
            let text = message()
            drop()
            throw .unavailable(text)
        }
        do throws(SQLStoreError) { _ = try perform(Self.settings) } catch {
            drop()
            throw error
        }
    }

    private func drop() {
        if let connection { library.finish(connection) }
        connection = nil
    }

    private func message() -> String {
        library.errorMessage(connection).map { String(cString: $0).trimmingCharacters(in: .whitespacesAndNewlines) }
            ?? "no connection"
    }

    // MARK: Statements

    /// What a statement has answered.
    struct Answer {
        var rows: [SQLRow] = []
        var changed = 0
        var command = ""
    }

    /// Carries out one statement with arguments, or several without.
    func perform(_ sql: String, _ arguments: [SQLValue]? = nil) throws(SQLStoreError) -> Answer {
        let raw: LibPQ.Answer?
        if let arguments {
            var texts: [String?] = []
            for argument in arguments { texts.append(try Self.text(argument)) }
            let types = arguments.map(Self.type)
            raw = Self.withTexts(texts) {
                library.executeWithParameters(connection, sql, Int32(texts.count), types, $0, nil, nil, 0)
            }
        } else {
            raw = library.execute(connection, sql)
        }
        defer { library.clear(raw) }
        switch library.answerStatus(raw) {
        case LibPQ.commandIsDone, LibPQ.rowsAreThere: return answer(raw)
        default: throw error(raw)
        }
    }

    private func answer(_ raw: LibPQ.Answer?) -> Answer {
        var answer = Answer()
        answer.command = library.commandStatus(raw).map { String(cString: $0) } ?? ""
        answer.changed = library.changedRows(raw).flatMap { Int(String(cString: $0)) } ?? 0
        let columns = (0..<library.columnCount(raw)).map { column in
            (name: library.columnName(raw, column).map { String(cString: $0) } ?? "", number: column)
        }
        for row in 0..<library.rowCount(raw) {
            var values: [String: SQLValue] = [:]
            for (name, column) in columns { values[name] = value(raw, row, column) }
            answer.rows.append(SQLRow(values))
        }
        return answer
    }

    private func value(_ raw: LibPQ.Answer?, _ row: Int32, _ column: Int32) -> SQLValue {
        guard library.isNull(raw, row, column) == 0, let bytes = library.value(raw, row, column) else { return .null }
        let text = String(cString: bytes)
        // int8, int2, int4, numeric: of pg_type.
        let isNumber = [20, 21, 23, 1_700].contains(library.columnType(raw, column))
        if isNumber, let number = Int64(text) { return .integer(number) }
        return .text(text)
    }

    /// Classes of SQLSTATE (PostgreSQL documentation, appendix A).
    private func error(_ raw: LibPQ.Answer?) -> SQLStoreError {
        guard let state = library.answerField(raw, LibPQ.sqlStateField).map({ String(cString: $0) }) else {
            return .unavailable(message())
        }
        let text = library.answerField(raw, LibPQ.messageField).map { String(cString: $0) } ?? state
        switch state.prefix(2) {
        case "23": return .conflict(text)
        // Of connections, transactions (one that stood still, a server that only reads), rollbacks, resources, locks, an operator's
        // doing, the system.
        case "08", "25", "40", "53", "55", "57", "58": return .unavailable(text)
        default: return .failed("\(text) (\(state))")
        }
    }

    private static func text(_ value: SQLValue) throws(SQLStoreError) -> String? {
        switch value {
        case .null: return nil
        case .integer(let number): return String(number)
        case .text(let text):
            guard !text.utf8.contains(0) else { throw .failed("PostgreSQL's texts have no zero bytes") }
            return text
        }
    }

    /// A type's number in pg_type; 0 where the server may choose.
    private static func type(_ value: SQLValue) -> UInt32 {
        switch value {
        case .null: 0
        case .integer: 20
        case .text: 25
        }
    }

    private static func withTexts<Result>(_ texts: [String?], _ body: (LibPQ.Texts?) -> Result) -> Result {
        let copies = texts.map { text in text.flatMap { strdup($0) } }
        defer { for copy in copies { free(copy) } }
        return copies.map { copy in copy.map { UnsafePointer($0) } }.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}

private struct PostgreSQLConnection: SQLConnection {
    let session: PostgreSQLSession

    var countingKey: String { "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY" }

    func query(_ sql: String, _ arguments: [SQLValue]) throws(SQLStoreError) -> [SQLRow] {
        try session.perform(sql, arguments).rows
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws(SQLStoreError) -> Int {
        try session.perform(sql, arguments).changed
    }

    func now() throws(SQLStoreError) -> Int64 {
        let sql = "SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT) AS now"
        return try session.perform(sql).rows[0].integer("now")
    }
}
