import SQLStore

/// Something that happened to a rollup, in the order in which it did.
public struct PlatformEvent: Equatable, Sendable {
    public var sequence: Int64
    public var organisation: String
    public var rollup: String
    /// Milliseconds since the Unix epoch.
    public var time: Int64
    /// `launch.step` and the like: for programs.
    public var kind: String
    /// For people.
    public var text: String
    public var details: [String: String]
}

/// The events of a platform, within a transaction.
struct EventTable {
    let connection: any SQLConnection

    func add(
        _ kind: String, _ text: String, to rollup: RollupRecord, details: [String: String] = [:]
    ) throws(SQLStoreError) {
        try add(kind, text, rollup.organisation, rollup.name, details)
    }

    /// - Parameter rollup: nil for what happened to the platform itself.
    func add(
        _ kind: String, _ text: String, _ organisation: String, _ rollup: String?, _ details: [String: String]
    ) throws(SQLStoreError) {
        try connection.execute(
            """
            INSERT INTO events (organisation, rollup, time, kind, text, details) VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [
                .text(organisation), .text(rollup ?? ""), .integer(try connection.now()), .text(kind), .text(text),
                .text(JSONText.write(details)),
            ])
    }

    /// Those of a rollup, and not of an earlier one of its name.
    ///
    /// - Parameter sequence: of the last one that is known already.
    func list(of rollup: RollupRecord, after sequence: Int64, limit: Int) throws(SQLStoreError) -> [PlatformEvent] {
        try events(
            rollup, "AND sequence > $4 ORDER BY sequence LIMIT $5", [.integer(sequence), .integer(Int64(limit))])
    }

    /// The newest ones, the newest last.
    func newest(of rollup: RollupRecord, limit: Int) throws(SQLStoreError) -> [PlatformEvent] {
        try events(rollup, "ORDER BY sequence DESC LIMIT $4", [.integer(Int64(limit))]).reversed()
    }

    /// Those of an organisation, oldest first.
    ///
    /// - Parameter sequence: of the last one that is known already.
    func list(of organisation: String, after sequence: Int64, limit: Int) throws(SQLStoreError) -> [PlatformEvent] {
        try connection.query(
            "SELECT * FROM events WHERE organisation = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
            [.text(organisation), .integer(sequence), .integer(Int64(limit))]
        ).map { row throws(SQLStoreError) in try Self.event(row) }
    }

    /// The number of the newest event of all; 0 where there is none.
    func newestSequence() throws(SQLStoreError) -> Int64 {
        try connection.query("SELECT max(sequence) AS newest FROM events")[0].optionalInteger("newest") ?? 0
    }

    private func events(
        _ rollup: RollupRecord, _ rest: String, _ arguments: [SQLValue]
    ) throws(SQLStoreError) -> [PlatformEvent] {
        try connection.query(
            "SELECT * FROM events WHERE rollup = $1 AND organisation = $2 AND time >= $3 \(rest)",
            [.text(rollup.name), .text(rollup.organisation), .integer(rollup.createdAt)] + arguments
        ).map { row throws(SQLStoreError) in try Self.event(row) }
    }

    private static func event(_ row: SQLRow) throws(SQLStoreError) -> PlatformEvent {
        PlatformEvent(
            sequence: try row.integer("sequence"), organisation: try row.text("organisation"),
            rollup: try row.text("rollup"), time: try row.integer("time"), kind: try row.text("kind"),
            text: try row.text("text"), details: try JSONText.read([String: String].self, row, "details"))
    }
}
