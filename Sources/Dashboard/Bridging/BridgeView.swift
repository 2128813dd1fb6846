/// Moves assets between L1 and a rollup: a form, and the transaction that follows from it.
package struct BridgeView: PageView {
    package enum Direction: String, Sendable {
        case deposit
        case withdraw
    }

    /// The form's fields by the name in the query.
    package enum Field: String, Sendable, CaseIterable {
        case asset
        case amount
        case recipient
        /// A token's contract on L1.
        case token
        /// The same token's contract on the rollup.
        case remote
    }

    package struct Asset: Sendable, Equatable {
        /// `ether`, or the token's address.
        package var id: String
        package var title: String

        package init(id: String, title: String) {
            self.id = id
            self.title = title
        }
    }

    package var rollup: String
    package var l1Name: String
    package var direction: Direction
    /// Why nothing can be moved this way, where nothing can: the rollup is closing.
    package var refusal: String?
    package var assets: [Asset]
    package var values: [Field: String] = [:]
    package var errors: [Field: String] = [:]
    /// The transactions that follow from the form, in the order to send them in: an approval comes first.
    package var calls: [WalletCall] = []
    /// What is wrong with the whole.
    package var error: String?
    /// Seconds that a withdrawal takes from its proof on; nil where that is not known.
    package var withdrawalDelay: UInt64?

    package init(rollup: String, l1Name: String, direction: Direction, assets: [Asset]) {
        self.rollup = rollup
        self.l1Name = l1Name
        self.direction = direction
        self.assets = assets
    }

    package func html(in frame: Frame) -> [UInt8] {
        let isDeposit = direction == .deposit
        func problem(_ field: Field) -> Fields? { errors[field].map { ["id": field.rawValue + "-error", "text": $0] } }
        let fields: Fields = [
            "rollup": rollup, "l1Name": l1Name, "isDeposit": isDeposit, "from": isDeposit ? l1Name : rollup,
            "to": isDeposit ? rollup : l1Name, "path": isDeposit ? Links.bridge(rollup) : Links.withdraw(rollup),
            "depositPath": Links.bridge(rollup), "withdrawPath": Links.withdraw(rollup), "refusal": refusal,
            "assets": assets.map { asset -> Fields in
                ["id": asset.id, "title": asset.title, "isChosen": asset.id == values[.asset]]
            },
            "amount": values[.amount] ?? "", "recipient": values[.recipient] ?? "",
            "assetError": problem(.asset), "amountError": problem(.amount), "recipientError": problem(.recipient),
            "calls": numbered(calls), "hasCalls": !calls.isEmpty,
            "delay": withdrawalDelay.map { Format.duration($0) },
            "followPath": Links.withdrawals(rollup), "error": error, "isToken": values[.asset] == "token",
            "token": values[.token] ?? "", "remote": values[.remote] ?? "", "tokenError": problem(.token),
            "remoteError": problem(.remote),
        ]
        var page = Page(
            isDeposit ? "Deposit to \(rollup)" : "Withdraw from \(rollup)", template: "bridge", fields: fields)
        page.section = .rollups
        page.navigation = RollupNavigation(rollup: rollup, tab: .bridge)
        page.modules = (refusal == nil ? [Assets.ownAddress] : []) + (calls.isEmpty ? [] : [Assets.transaction])
        return page.render(in: frame)
    }
}

/// Calls with their places in the order, where there are several.
func numbered(_ calls: [WalletCall]) -> [Fields] {
    calls.enumerated().map { index, call in
        var fields = call.fields
        fields["place"] = calls.count > 1 ? "\(index + 1) of \(calls.count)" : nil
        return fields
    }
}
