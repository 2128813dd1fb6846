import SQLStore

/// A rollup as the platform keeps it.
public struct RollupRecord: Equatable, Sendable {
    /// Where it is in its life; the names are those of `RollupLife`.
    public enum State: String, CaseIterable, Sendable, Codable {
        case launching, active, closing, settling, dissolved, failed
    }

    public var name: String
    public var organisation: String
    public var state: State
    public var template: String
    /// The manifest, whole.
    public var document: String
    public var chainID: UInt64
    /// Milliseconds since the Unix epoch.
    public var createdAt: Int64
    public var updatedAt: Int64
    public var details: RollupDetails
    /// Why it is where it is not meant to be; nil where all is well.
    public var failure: String?
}

/// What is known of a rollup once it is there.
public struct RollupDetails: Equatable, Sendable, Codable {
    /// In the registry of its L1.
    public var registryID: String?
    public var genesisHash: String?
    /// Contracts on L1, by the names that OP Stack tools give them.
    public var addresses: [String: String] = [:]
    /// Seconds since the Unix epoch; nil for a permanent rollup.
    public var expiresAt: UInt64?
    /// From the order to the first answer of its RPC, and what of it was waiting for blocks of L1, milliseconds.
    public var launchMilliseconds: Int64?
    public var waitedMilliseconds: Int64?
    /// What is left of it: the hash of its archive.
    public var archiveHash: String?

    public init() {}
}

extension RollupRecord {
    init(_ row: SQLRow) throws(SQLStoreError) {
        guard let state = State(rawValue: try row.text("state")) else { throw .malformed(column: "state") }
        guard let chainID = UInt64(try row.text("chain_id")) else { throw .malformed(column: "chain_id") }
        self.init(
            name: try row.text("name"), organisation: try row.text("organisation"), state: state,
            template: try row.text("template"), document: try row.text("document"), chainID: chainID,
            createdAt: try row.integer("created_at"), updatedAt: try row.integer("updated_at"),
            details: try JSONText.read(RollupDetails.self, row, "details"), failure: try row.optionalText("failure"))
    }
}

/// The rollups of a platform, within a transaction.
struct RollupTable {
    let connection: any SQLConnection

    func insert(_ rollup: RollupRecord) throws(SQLStoreError) {
        try connection.execute(
            """
            INSERT INTO rollups (name, organisation, state, template, document, chain_id, created_at, updated_at, details)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            [
                .text(rollup.name), .text(rollup.organisation), .text(rollup.state.rawValue), .text(rollup.template),
                .text(rollup.document), .text("\(rollup.chainID)"), .integer(rollup.createdAt),
                .integer(rollup.updatedAt), .text(JSONText.write(rollup.details)),
            ])
    }

    /// - Parameter organisation: whose it has to be; nil for anybody's.
    func find(_ name: String, of organisation: String? = nil) throws(SQLStoreError) -> RollupRecord? {
        let row = try connection.query("SELECT * FROM rollups WHERE name = $1", [.text(name)]).first
        guard let row else { return nil }
        let rollup = try RollupRecord(row)
        return organisation == nil || rollup.organisation == organisation ? rollup : nil
    }

    /// Those of an organisation in the order of their names.
    ///
    /// - Parameters:
    ///   - name: the last one that is known already.
    ///   - state: nil for all.
    func list(
        of organisation: String, after name: String, state: RollupRecord.State?, limit: Int
    ) throws(SQLStoreError) -> [RollupRecord] {
        let rows = try connection.query(
            """
            SELECT * FROM rollups WHERE organisation = $1 AND name > $2 AND ($3 = '' OR state = $3)
            ORDER BY name LIMIT $4
            """,
            [.text(organisation), .text(name), .text(state?.rawValue ?? ""), .integer(Int64(limit))])
        return try rows.map { row throws(SQLStoreError) in try RollupRecord(row) }
    }

    /// All that are on L1 and not at their end.
    func living() throws(SQLStoreError) -> [RollupRecord] {
        try connection.query(
            "SELECT * FROM rollups WHERE state IN ('active', 'closing', 'settling') ORDER BY name"
        ).map { row throws(SQLStoreError) in try RollupRecord(row) }
    }

    /// All by name.
    func states() throws(SQLStoreError) -> [String: RollupRecord.State] {
        var states: [String: RollupRecord.State] = [:]
        for row in try connection.query("SELECT name, state FROM rollups") {
            states[try row.text("name")] = RollupRecord.State(rawValue: try row.text("state"))
        }
        return states
    }

    func counts() throws(SQLStoreError) -> [RollupRecord.State: Int] {
        var counts: [RollupRecord.State: Int] = [:]
        for row in try connection.query("SELECT state, count(*) AS number FROM rollups GROUP BY state") {
            if let state = RollupRecord.State(rawValue: try row.text("state")) {
                counts[state] = Int(try row.integer("number"))
            }
        }
        return counts
    }

    func update(
        _ name: String, _ state: RollupRecord.State, details: RollupDetails? = nil, failure: String? = nil
    ) throws(SQLStoreError) {
        try connection.execute(
            "UPDATE rollups SET state = $2, failure = $3, updated_at = $4, details = COALESCE($5, details) WHERE name = $1",
            [
                .text(name), .text(state.rawValue), SQLValue(failure), .integer(try connection.now()),
                SQLValue(details.map { JSONText.write($0) }),
            ])
    }

    /// Says how a rollup is to run from now on.
    func update(_ name: String, document: String) throws(SQLStoreError) {
        try connection.execute(
            "UPDATE rollups SET document = $2, updated_at = $3 WHERE name = $1",
            [.text(name), .text(document), .integer(try connection.now())])
    }

    func remove(_ name: String) throws(SQLStoreError) {
        try connection.execute("DELETE FROM jobs WHERE rollup = $1", [.text(name)])
        try connection.execute("DELETE FROM requests WHERE subject = $1", [.text(name)])
        try connection.execute("DELETE FROM rollups WHERE name = $1", [.text(name)])
    }
}
