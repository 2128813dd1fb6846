/// A value of a column: what SQLite and PostgreSQL both have.
public enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case text(String)
}

extension SQLValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral {
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(nilLiteral: ()) { self = .null }

    /// A text, or nothing.
    public init(_ text: String?) { self = text.map { .text($0) } ?? .null }

    /// A number, or nothing.
    public init(_ number: Int64?) { self = number.map { .integer($0) } ?? .null }
}

/// A row of a result.
public struct SQLRow: Sendable, Equatable {
    private let values: [String: SQLValue]

    init(_ values: [String: SQLValue]) { self.values = values }

    /// The text of a column.
    ///
    /// - Throws: `malformed` where the column is something else, or not there.
    public func text(_ column: String) throws(SQLStoreError) -> String {
        guard case .text(let text)? = values[column] else { throw .malformed(column: column) }
        return text
    }

    /// The text of a column that may be null.
    public func optionalText(_ column: String) throws(SQLStoreError) -> String? {
        if case .null? = values[column] { return nil }
        return try text(column)
    }

    /// The number of a column.
    public func integer(_ column: String) throws(SQLStoreError) -> Int64 {
        guard case .integer(let number)? = values[column] else { throw .malformed(column: column) }
        return number
    }

    /// The number of a column that may be null.
    public func optionalInteger(_ column: String) throws(SQLStoreError) -> Int64? {
        if case .null? = values[column] { return nil }
        return try integer(column)
    }
}

/// Why a statement was not carried out. None was in part: a transaction is whole or not there.
public enum SQLStoreError: Error, Equatable, Sendable {
    /// A row that has to be the only one of its kind is there already.
    case conflict(String)
    /// The database is not there, or does not answer; it may again.
    case unavailable(String)
    /// The statement is wrong, or the database is of another program or version.
    case failed(String)
    case malformed(column: String)

    /// What is the matter, for people.
    public var message: String {
        switch self {
        case .conflict(let text): "it is there already: \(text)"
        case .unavailable(let text): "the database does not answer: \(text)"
        case .failed(let text): "the database refuses: \(text)"
        case .malformed(let column): "the database has something unexpected in the column \(column)"
        }
    }
}
