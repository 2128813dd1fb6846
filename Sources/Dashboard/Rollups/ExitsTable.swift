/// Who could leave with what, by asset. Amounts are texts, as an asset's decimals have them.
package struct ExitsTable: Sendable, Equatable {
    package struct Row: Sendable, Equatable {
        package var name: String
        /// `ether`, `ERC-20`, and so on.
        package var kind: String
        /// Nil of what claims create.
        package var locked: String?
        package var claimable: String
        package var paid: String
        package var stuck: String
        package var inFlight: String
        package var unknown: String
        package var difference: String
        /// Whether L1 holds, with what it has paid, exactly what it owes.
        package var balances: Bool

        package init(name: String, kind: String, locked: String?, claimable: String) {
            self.name = name
            self.kind = kind
            self.locked = locked
            self.claimable = claimable
            paid = "0"
            stuck = "0"
            inFlight = "0"
            unknown = "0"
            difference = "0"
            balances = true
        }
    }

    package var rows: [Row]
    /// Of which block it tells.
    package var note: String?

    package init(rows: [Row], note: String? = nil) {
        self.rows = rows
        self.note = note
    }

    var fields: Fields {
        let over = rows.count { !$0.balances }
        let verdict =
            if rows.isEmpty {
                "Nothing came to it from L1 yet."
            } else if over == 0 {
                "L1 holds of every asset exactly what it owes."
            } else {
                "L1 holds more or less than it owes of \(over) in \(rows.count) assets."
            }
        return [
            "note": note, "verdict": verdict, "hasRows": !rows.isEmpty,
            "rows": rows.map { row -> Fields in
                [
                    "name": row.name, "kind": row.kind, "locked": row.locked ?? "none, made by claims",
                    "claimable": row.claimable, "paid": row.paid, "stuck": row.stuck, "isStuck": row.stuck != "0",
                    "inFlight": row.inFlight, "unknown": row.unknown, "difference": row.difference,
                    "balances": row.balances,
                ]
            },
        ]
    }
}

/// The page that asks before a rollup is dissolved.
package struct DissolveView: PageView {
    package var name: String
    /// Why it may be closed: `Its time is over.`
    package var closing: String
    package var drainBlocks: UInt64
    /// Seconds from a proposal to its finality; nil where that is not known.
    package var finalityDelay: UInt64?
    package var exits: ExitsTable?
    /// What was wrong with what was typed.
    package var error: String?

    package init(name: String, closing: String, drainBlocks: UInt64) {
        self.name = name
        self.closing = closing
        self.drainBlocks = drainBlocks
    }

    package func html(in frame: Frame) -> [UInt8] {
        var page = Page(
            "Dissolve \(name)", template: "dissolve",
            fields: [
                "name": name, "path": Links.rollup(name), "dissolvePath": Links.dissolve(name), "closing": closing,
                "drainBlocks": Format.number(drainBlocks), "window": finalityDelay.map { Format.duration($0) },
                "exits": exits?.fields, "problem": error.map { ["id": "confirmation-error", "text": $0] as Fields },
            ])
        page.section = .rollups
        page.navigation = RollupNavigation(rollup: name, tab: .overview)
        return page.render(in: frame)
    }
}
