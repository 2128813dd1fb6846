import SQLStore

/// What somebody is to be woken up for, from when it begins until it is over.
public struct Alert: Equatable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// A rollup's batcher cannot pay for much more data.
        case batcherBalanceLow = "batcher-balance-low"
        /// Blocks are made, and none of them becomes safe.
        case safeHeadStalled = "safe-head-stalled"
        /// Safe blocks go on, and outputs of them are not proposed.
        case proposalMissing = "proposal-missing"
        /// No endpoint of L1 answers.
        case l1Unreachable = "l1-unreachable"
        /// The rollups' disk is nearly full.
        case diskFilling = "disk-filling"

        /// Those of one rollup, and not of the platform.
        static let ofRollups: [Kind] = [.batcherBalanceLow, .safeHeadStalled, .proposalMissing]
    }

    public var id: String
    public var kind: Kind
    /// Nil for the platform itself.
    public var rollup: String?
    /// For people.
    public var text: String
    /// Milliseconds since the Unix epoch.
    public var raisedAt: Int64
    /// Nil as long as it lasts.
    public var resolvedAt: Int64?
}

/// What the rules say of one kind of alert at a moment.
enum AlertFinding: Equatable, Sendable {
    case raised(String)
    case fine
    /// What it takes to tell is not known now: all stays as it is.
    case unknown
}

/// The alerts of a platform, within a transaction.
struct AlertTable {
    let connection: any SQLConnection

    /// Notes findings; an alert that begins or ends is an event.
    ///
    /// - Parameter rollup: whose; nil for the platform's own, which belong to `home`.
    func note(
        _ findings: [Alert.Kind: AlertFinding], of rollup: RollupRecord?, home organisation: String
    ) throws(SQLStoreError) {
        let organisation = rollup?.organisation ?? organisation
        let events = EventTable(connection: connection)
        for kind in Alert.Kind.allCases {
            let now = try connection.now()
            switch findings[kind] ?? .unknown {
            case .unknown: break
            case .raised(let text):
                let isNew =
                    try connection.execute(
                        """
                        INSERT INTO alerts (id, organisation, rollup, kind, text, raised_at) VALUES ($1, $2, $3, $4, $5, $6)
                        ON CONFLICT (organisation, rollup, kind) WHERE resolved_at IS NULL DO NOTHING
                        """,
                        [
                            .text(RandomText.hex(bytes: 8)), .text(organisation), .text(rollup?.name ?? ""),
                            .text(kind.rawValue), .text(text), .integer(now),
                        ]) == 1
                if isNew { try events.add("alert.raised", text, organisation, rollup?.name, ["alert": kind.rawValue]) }
            case .fine:
                try resolve(organisation, rollup?.name ?? "", kind.rawValue)
            }
        }
    }

    private func resolve(_ organisation: String, _ rollup: String, _ kind: String) throws(SQLStoreError) {
        let isOver =
            try connection.execute(
                """
                UPDATE alerts SET resolved_at = $4
                WHERE organisation = $1 AND rollup = $2 AND kind = $3 AND resolved_at IS NULL
                """,
                [.text(organisation), .text(rollup), .text(kind), .integer(try connection.now())]) == 1
        if isOver {
            try EventTable(connection: connection).add(
                "alert.resolved", "\(kind) is over", organisation, rollup, ["alert": kind])
        }
    }

    /// Ends the alerts of rollups that live no more.
    func resolveOfOthers(than rollups: [RollupRecord]) throws(SQLStoreError) {
        let living = Set(rollups.map { "\($0.organisation) \($0.name)" })
        let open = try connection.query("SELECT * FROM alerts WHERE resolved_at IS NULL AND rollup <> ''")
        for row in open {
            let (organisation, rollup) = (try row.text("organisation"), try row.text("rollup"))
            if living.contains("\(organisation) \(rollup)") { continue }
            try resolve(organisation, rollup, try row.text("kind"))
        }
    }

    /// Those of an organisation that last, the newest first, or those that are over too.
    func list(of organisation: String, isOpen: Bool, limit: Int) throws(SQLStoreError) -> [Alert] {
        try connection.query(
            """
            SELECT * FROM alerts WHERE organisation = $1 \(isOpen ? "AND resolved_at IS NULL" : "")
            ORDER BY raised_at DESC, id LIMIT $2
            """,
            [.text(organisation), .integer(Int64(limit))]
        ).map { row throws(SQLStoreError) in
            guard let kind = Alert.Kind(rawValue: try row.text("kind")) else { throw .malformed(column: "kind") }
            let rollup = try row.text("rollup")
            return Alert(
                id: try row.text("id"), kind: kind, rollup: rollup.isEmpty ? nil : rollup, text: try row.text("text"),
                raisedAt: try row.integer("raised_at"), resolvedAt: try row.optionalInteger("resolved_at"))
        }
    }

    /// How many last, by kind.
    func counts() throws(SQLStoreError) -> [Alert.Kind: Int] {
        var counts: [Alert.Kind: Int] = [:]
        for row in try connection.query(
            "SELECT kind, count(*) AS number FROM alerts WHERE resolved_at IS NULL GROUP BY kind")
        {
            if let kind = Alert.Kind(rawValue: try row.text("kind")) { counts[kind] = Int(try row.integer("number")) }
        }
        return counts
    }
}
