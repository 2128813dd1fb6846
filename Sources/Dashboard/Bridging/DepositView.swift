/// One deposit on its way to a rollup.
package struct DepositView: PageView {
    package enum Stage: String, Sendable, CaseIterable {
        /// L1 has not taken it into a block.
        case sent
        /// The rollup has not executed it yet.
        case onL1
        case executed
        /// It failed on L1, or is no deposit.
        case failed
    }

    package var rollup: String
    package var l1Name: String
    package var stage: Stage
    /// Its transaction on the rollup, once it is known.
    package var transaction: String?
    /// Why it failed.
    package var note: String?

    package init(rollup: String, l1Name: String, stage: Stage) {
        self.rollup = rollup
        self.l1Name = l1Name
        self.stage = stage
    }

    package func html(in frame: Frame) -> [UInt8] {
        let reached = [Stage.sent: 0, .failed: 0, .onL1: 1, .executed: 2][stage] ?? 0
        func step(_ title: String, _ text: String, _ place: Int) -> Fields {
            let state =
                stage == .failed && place == 0
                ? "failed" : reached > place ? "done" : reached == place ? "running" : "waiting"
            return [
                "title": title, "text": text, "state": state, "isRunning": state == "running",
                "word": ["done": "done", "running": "now", "failed": "failed"][state] ?? "later",
            ]
        }
        let link: Fields? =
            stage == .executed
            ? transaction.map { ["path": Links.transaction(rollup, $0), "rollup": rollup] } : nil
        var page = Page(
            "Deposit to \(rollup)", template: "deposit",
            fields: [
                "rollup": rollup, "l1Name": l1Name, "bridgePath": Links.bridge(rollup), "isFailed": stage == .failed,
                "note": note, "there": link,
                "steps": [
                    step("L1", "The portal has taken it.", 0),
                    step("Rollup", "It is executed, within the sequencing window at the latest.", 1),
                ],
            ])
        page.section = .rollups
        page.navigation = RollupNavigation(rollup: rollup, tab: .bridge)
        page.follow = stage == .sent || stage == .onL1 ? 1 : nil
        page.refresh = page.follow
        return page.render(in: frame)
    }
}
