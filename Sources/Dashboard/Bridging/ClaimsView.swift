/// What a holder can claim on L1 after a rollup's end, or could if it ended now.
package struct ClaimsView: PageView {
    package struct Row: Sendable, Equatable {
        package var asset: String
        /// As the asset's decimals have it, with its symbol; `token 7` of a collection.
        package var amount: String
        /// How it leaves: `holder`, `delegated`, `resolver`, `none`.
        package var path: String
        package var recipient: String
        package var isPaid: Bool
        package init(
            asset: String, amount: String, path: String, recipient: String, isPaid: Bool = false
        ) {
            self.asset = asset
            self.amount = amount
            self.path = path
            self.recipient = recipient
            self.isPaid = isPaid
        }
    }

    /// A withdrawal that was begun before the end.
    package struct Leaving: Sendable, Equatable {
        package var amount: String
        /// Who gets it on L1, or is called there.
        package var recipient: String
        package var stage: WithdrawalStage
        /// What it waits for, or why it failed.
        package var note: String?
        package init(amount: String, recipient: String, stage: WithdrawalStage, note: String? = nil) {
            self.amount = amount
            self.recipient = recipient
            self.stage = stage
            self.note = note
        }
    }

    package var rollup: String
    package var l1Name: String
    package var state: RollupState
    /// Who is looked for; nil for nobody yet.
    package var holder: String?
    package var error: String?
    package var claims: [Row] = []
    /// What pays the holder next; nil where nothing is left, or it is too early.
    package var call: WalletCall?
    /// Of the holder, or for it.
    package var withdrawals: [Leaving] = []
    /// What brings the next of them on; nil where there is nothing to do now.
    package var withdrawalCall: WalletCall?
    /// Why this page cannot tell.
    package var notice: String?
    package var exits: ExitsTable?

    package init(rollup: String, l1Name: String, state: RollupState) {
        self.rollup = rollup
        self.l1Name = l1Name
        self.state = state
    }

    package func html(in frame: Frame) -> [UInt8] {
        let fields: Fields = [
            "rollup": rollup, "l1Name": l1Name, "badge": state.badge, "isDissolved": state == .dissolved,
            "path": Links.claims(rollup), "holder": holder ?? frame.account ?? "",
            "isAsked": holder != nil && error == nil,
            "holderInFull": holder, "problem": error.map { ["id": "holder-error", "text": $0] as Fields },
            "claims": claims.map { row -> Fields in
                [
                    "asset": row.asset, "amount": row.amount, "recipient": row.recipient, "isPaid": row.isPaid,
                    "text": Self.text(of: row.path), "isStuck": row.path == "none",
                ]
            },
            "withdrawals": withdrawals.map { row -> Fields in
                ["amount": row.amount, "recipient": row.recipient, "badge": row.stage.badge, "note": row.note]
            },
            "hasWithdrawals": !withdrawals.isEmpty, "withdrawalCall": withdrawalCall?.fields,
            "hasClaims": !claims.isEmpty, "exits": exits?.fields, "call": call?.fields,
            "notice": notice,
        ]
        var page = Page("Claims of \(rollup)", template: "claims", fields: fields)
        page.section = .rollups
        page.navigation = RollupNavigation(rollup: rollup, tab: .claims)
        page.modules = call != nil || withdrawalCall != nil ? [Assets.transaction] : []
        page.json = "/v1/rollups/" + Links.segment(rollup) + "/exits"
        return page.render(in: frame)
    }

    private static func text(of path: String) -> String {
        switch path {
        case "holder": "to the holder"
        case "delegated": "to whom the holder has named"
        case "resolver": "to whom the contract that holds it has named"
        case "none": "stuck: the contract that holds it has named nobody"
        default: path
        }
    }
}
