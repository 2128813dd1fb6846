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
    /// It was executed on L1.
    case paid
    /// It failed on L1; with a message, anybody can run it again.
    case failed

    var badge: Fields {
        switch self {
        case .begun: ["tone": "calm", "text": "begun"]
        case .provable: ["tone": "warn", "text": "to be proven"]
        case .waiting: ["tone": "busy", "text": "waiting"]
        case .finalizable: ["tone": "warn", "text": "to be finalized"]
        case .paid: ["tone": "good", "text": "finalized"]
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
        page.modules = stage == .paid ? [] : [Assets.transaction]
        page.follow = stage == .begun || stage == .waiting ? 3 : nil
        page.refresh = page.follow
        return page.render(in: frame)
    }
}
