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

    /// A withdrawal that is under way.
    package struct Pending: Sendable, Equatable {
        /// Hash of the transaction that began it.
        package var transaction: String
        package var title: String
        package var stage: WithdrawalStage

        package init(transaction: String, title: String, stage: WithdrawalStage) {
            self.transaction = transaction
            self.title = title
            self.stage = stage
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
    package var pending: [Pending] = []
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
            "pending": pending.map { one -> Fields in
                [
                    "title": one.title, "path": Links.withdrawal(rollup, one.transaction),
                    "hash": Fields.hash(one.transaction), "badge": one.stage.badge,
                ]
            },
            "hasPending": !pending.isEmpty,
        ]
        var page = Page(
            isDeposit ? "Deposit to \(rollup)" : "Withdraw from \(rollup)", template: "bridge", fields: fields)
        page.section = .rollups
        page.navigation = RollupNavigation(rollup: rollup, tab: .bridge)
        page.modules = calls.isEmpty ? [] : [Assets.transaction]
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

/// How far a withdrawal is.
package enum WithdrawalStage: String, Sendable, CaseIterable {
    /// It is in a block of the rollup; no output with it is proposed yet.
    case begun
    /// It can be proven.
    case provable
    /// It is proven; the output is to become final and the proof to be old enough.
    case waiting
    /// It can be finalized.
    case finalizable
    case paid
    /// It failed on L1; with a message, anybody can run it again.
    case failed

    var badge: Fields {
        switch self {
        case .begun: ["tone": "calm", "text": "begun"]
        case .provable: ["tone": "warn", "text": "to be proven"]
        case .waiting: ["tone": "busy", "text": "waiting"]
        case .finalizable: ["tone": "warn", "text": "to be finalized"]
        case .paid: ["tone": "good", "text": "paid"]
        case .failed: ["tone": "bad", "text": "failed"]
        }
    }
}

/// One withdrawal with its stages.
package struct WithdrawalView: PageView {
    package var rollup: String
    package var l1Name: String
    /// The one on the rollup that began it.
    package var transaction: String
    package var stage: WithdrawalStage
    package var facts: [Fact]
    /// Seconds since the Unix epoch; nil for what has not happened.
    package var begunAt: UInt64?
    package var provenAt: UInt64?
    package var paidAt: UInt64?
    /// When the next stage begins, where that is known.
    package var nextAt: UInt64?
    /// What it waits for, or why it failed.
    package var note: String?
    /// The transaction that brings it on.
    package var call: WalletCall?

    package init(rollup: String, l1Name: String, transaction: String, stage: WithdrawalStage, facts: [Fact]) {
        self.rollup = rollup
        self.l1Name = l1Name
        self.transaction = transaction
        self.stage = stage
        self.facts = facts
    }

    package func html(in frame: Frame) -> [UInt8] {
        let order = [WithdrawalStage.begun, .provable, .waiting, .finalizable, .paid]
        let reached = order.firstIndex(of: stage) ?? 3
        func step(_ title: String, _ text: String, doneFrom: Int, runningFrom: Int, time: UInt64?) -> Fields {
            let isFailed = stage == .failed && reached < doneFrom && reached >= runningFrom
            let state =
                isFailed ? "failed" : reached >= doneFrom ? "done" : reached >= runningFrom ? "running" : "waiting"
            return [
                "title": title, "text": text, "state": state, "isRunning": state == "running",
                "word": ["done": "done", "running": "now", "failed": "failed"][state] ?? "later",
                "time": time.map { Fields.time($0, in: frame) },
            ]
        }
        var page = Page(
            "Withdrawal from \(rollup)", template: "withdrawal",
            fields: [
                "rollup": rollup, "l1Name": l1Name, "bridgePath": Links.withdraw(rollup), "badge": stage.badge,
                "hash": Fields.hash(transaction, path: Links.transaction(rollup, transaction)),
                "facts": facts.map(\.fields), "note": note, "isFailed": stage == .failed,
                "next": nextAt.map { Fields.time($0, in: frame) }, "call": call?.fields,
                "steps": [
                    step("Begin", "A transaction on \(rollup).", doneFrom: 0, runningFrom: 0, time: begunAt),
                    step("Propose", "An output that holds it comes to L1.", doneFrom: 1, runningFrom: 0, time: nil),
                    step(
                        "Prove", "A transaction on \(l1Name), by anybody.", doneFrom: 2, runningFrom: 1, time: provenAt),
                    step(
                        "Wait", "The output becomes final, and the proof old enough.", doneFrom: 3, runningFrom: 2,
                        time: nil),
                    step(
                        "Finalize", "A transaction on \(l1Name), by anybody, pays it.", doneFrom: 4, runningFrom: 3,
                        time: paidAt),
                ],
            ])
        page.section = .rollups
        page.navigation = RollupNavigation(rollup: rollup, tab: .bridge)
        page.modules = call == nil ? [] : [Assets.transaction]
        page.refresh = stage == .begun || stage == .waiting ? 15 : nil
        return page.render(in: frame)
    }
}
