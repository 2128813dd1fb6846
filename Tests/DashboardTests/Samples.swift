import Dashboard
import Primitives

/// Every page with values that could be, or with the same text wherever a text comes from outside.
struct Samples {
    static let now: UInt64 = 1_795_000_000
    /// Nil for plausible values.
    var hostile: String?

    init(hostile: String? = nil) { self.hostile = hostile }

    func text(_ plain: String) -> String { hostile ?? plain }

    static let frame: Frame = {
        var frame = Frame(
            now: now, account: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", formToken: "f0e1d2c3b4a5",
            version: "0.9.0",
            l1Name: "the embedded L1")
        frame.assetFolder = "assets/"
        frame.organisation = "main"
        return frame
    }()

    var frame: Frame {
        var frame = Self.frame
        guard let hostile else { return frame }
        frame.account = hostile
        frame.organisation = hostile
        frame.formToken = hostile
        frame.version = hostile
        frame.l1Name = hostile
        frame.notice = Frame.Notice(.refused, hostile)
        return frame
    }

    static func wave(_ count: Int, mean: Double, swing: Double) -> [Series.Point] {
        (0..<count).map { index in
            // Triangles of two lengths: nothing here needs a library of functions.
            let long = abs(Double(index % 60) - 30) / 30
            let short = abs(Double(index % 7) - 3) / 3
            let time = now - UInt64((count - index) * 30)
            return Series.Point(time: time, value: mean + swing * (long - 0.5) + swing * 0.3 * (short - 0.5))
        }
    }

    var address: String { text("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC") }
    var hash: String { text("0x8f3cf7ad23cd3cadbd9735aff958023239c6a0636b01c0a2e0f5f4de3a1b7c55") }

    /// Each page by the name of its file in a preview.
    var pages: [(name: String, view: any PageView)] {
        [
            ("rollups", rollups), ("rollups-none", RollupsView(rollups: [])), ("launch", launch),
            ("launch-refused", refusedLaunch), ("rollup", rollup), ("rollup-new", newRollup),
            ("rollup-dissolved", dissolvedRollup), ("dissolve", dissolve), ("job", job(.running)),
            ("job-done", job(.done)),
            ("job-failed", job(.failed)), ("blocks", blocks), ("block", block), ("transaction", transaction),
            ("transaction-pending", pendingTransaction), ("account", account), ("search", search(false)),
            ("search-nothing", search(true)), ("deposit", bridge(.deposit)), ("withdraw", bridge(.withdraw)),
            ("withdrawal", withdrawal(.provable)), ("withdrawal-failed", withdrawal(.failed)),
            ("withdrawal-waiting", withdrawal(.waiting)), ("withdrawal-paid", withdrawal(.paid)),
            ("deposit-stages", depositStages(.onL1)), ("deposit-executed", depositStages(.executed)),
            ("organisations", organisations), ("members", members), ("members-none", refusedMembers), ("keys", keys),
            ("deposit-failed", depositStages(.failed)), ("claims", claims(.dissolved)),
            ("claims-before", claims(.active)), ("sign-in", signIn),
            ("not-found", ErrorView.notFound(text("/rollups/arcad"))),
            ("failed", ErrorView.failed(reference: text("7f3a91"))), ("operators", PlannedView(.operators)),
            ("governance", PlannedView(.governance)), ("billing", PlannedView(.billing)),
        ]
    }

    var live: LiveSource { LiveSource(path: text("/v1/rollups/arcade/events"), events: [text("state"), "block"]) }

    var rollups: RollupsView {
        let now = Self.now
        func row(_ name: String, _ state: RollupState, _ life: LifeSpan, _ block: UInt64?, _ age: UInt64)
            -> RollupsView.Row
        {
            RollupsView.Row(
                name: text(name), state: state, chainID: 4_201_337_802, rpcURL: text("http://127.0.0.1:8600/\(name)"),
                life: life, lastBlock: block.map { BlockPoint(number: $0, time: now - age) })
        }
        var view = RollupsView(
            rollups: [
                row("arcade", .active, .ephemeral(start: now - 5_200, end: now + 2_000), 2_601, 1),
                row("fair-of-the-seven-seas-autumn-2026", .idle, .permanent, 1_204_881, 4_000),
                row("drop-17", .closing, .ephemeral(start: now - 9_000, end: now - 60), 4_502, 61),
                row("payroll", .launching, .permanent, nil, 0),
                row("mint-spring", .dissolved, .ephemeral(start: now - 90_000, end: now - 80_000), 5_004, 79_000),
                row("lab", .failed, .permanent, 88, 700),
            ], live: live)
        view.alerts = [
            AlertLine(rollup: text("arcade"), text: text("its batcher has 20 wei left"), time: now - 90),
            AlertLine(rollup: nil, text: text("L1 does not answer"), time: now - 400),
        ]
        return view
    }

    var launch: LaunchView {
        var view = LaunchView(idempotencyKey: "5c8f")
        view.values = [.name: text("arcade"), .life: "ephemeral", .duration: "2", .unit: "hours"]
        return view
    }

    var refusedLaunch: LaunchView {
        var view = LaunchView(idempotencyKey: text("5c8f"))
        view.values = [
            .name: text("Arcade!"), .template: "mint", .data: "calldata", .life: "ephemeral", .duration: text("0"),
            .unit: "days",
        ]
        view.errors = [
            .name: text("The name has other characters than a to z, digits and hyphens."),
            .duration: text("A life is 10 s to ten years."), .security: text("This security is not offered."),
            .template: text("There is no such template."), .life: text("Choose how long it lasts."),
        ]
        view.error = text("L1 does not answer.")
        view.price = text("About 0.012 ETH of L1's gas.")
        return view
    }

    var exits: ExitsTable {
        var ether = ExitsTable.Row(name: text("Ether"), kind: "ether", locked: text("41.2"), claimable: text("40.75"))
        ether.inFlight = text("0.45")
        var token = ExitsTable.Row(name: text("GOLD"), kind: text("ERC-20"), locked: "1,000,000", claimable: "998,400")
        token.stuck = text("1,600")
        var other = ExitsTable.Row(name: text("TIN"), kind: "ERC-20", locked: "70", claimable: "60")
        other.difference = text("10")
        other.balances = false
        let items = ExitsTable.Row(name: text("Relics"), kind: "ERC-1155", locked: nil, claimable: "109")
        return ExitsTable(rows: [ether, token, other, items], note: text("As of block 2,601."))
    }

    var rollup: RollupView {
        let now = Self.now
        var connection = RollupView.Connection(
            chainID: 4_201_337_802, rpcURL: text("http://127.0.0.1:8600/arcade"),
            webSocketURL: text("ws://127.0.0.1:8600/arcade"))
        connection.explorerURL = text("http://127.0.0.1:8080/rollups/arcade/blocks")
        connection.currencySymbol = text("ETH")
        var view = RollupView(
            name: text("arcade"), state: .active, life: .ephemeral(start: now - 5_200, end: now + 2_000),
            connection: connection)
        view.stateNote = text("The batcher's account has 0.02 ETH left: about 40 min.")
        view.alerts = [AlertLine(rollup: text("arcade"), text: text("its batcher has 20 wei left"), time: now - 90)]
        view.finality.preconfirmed = BlockPoint(number: 2_602, time: now)
        view.finality.unsafe = BlockPoint(number: 2_601, time: now - 1)
        view.finality.safe = BlockPoint(number: 2_570, time: now - 63)
        view.finality.final = BlockPoint(number: 2_201, time: now - 801)
        view.series = [
            Series(
                id: "transactions", title: text("Transactions"), unit: text("a second"),
                points: Self.wave(400, mean: 240, swing: 220)),
            Series(id: "gas", title: "Gas", unit: "Mgas a second", points: Self.wave(300, mean: 11, swing: 8)),
        ]
        view.cost = RollupView.Cost(
            total: 41_203_000_000_000_000,
            parts: [
                RollupView.Cost.Part(title: text("Launch"), wei: 12_004_000_000_000_000),
                RollupView.Cost.Part(title: "Data on L1", wei: 27_199_000_000_000_000),
                RollupView.Cost.Part(title: "Proposals", wei: 2_000_000_000_000_000),
            ], note: text("L1 fees of the batcher and the proposer. Bonds are not in it."))
        view.layers = [
            RollupView.Layer(id: "execution", title: "Execution", current: text("EVM")),
            RollupView.Layer(
                id: "data", title: "Data", current: "Blobs", note: text("From the next channel on."),
                alternatives: LaunchChoice.data.filter { $0.id != "blobs" }),
            RollupView.Layer(id: "settlement", title: "Settlement", current: "The embedded L1"),
            RollupView.Layer(id: "security", title: "Security", current: "Optimistic", note: "Challenge window 60 s."),
            RollupView.Layer(id: "sequencing", title: "Sequencing", current: "Single"),
        ]
        view.events = [
            RollupView.Event(time: now - 12, text: text("Channel 41 published in 3 blobs.")),
            RollupView.Event(
                time: now - 64, level: .warning,
                text: text("The alt-DA server was silent for 10 s; the channel went to L1.")),
            RollupView.Event(time: now - 122, text: "Output of block 2,201 proposed."),
            RollupView.Event(
                time: now - 4_100, level: .failure, text: "The proposer ended with status 1 and was started again."),
            RollupView.Event(time: now - 5_200, text: "Launched in L1 block 812."),
        ]
        view.exits = exits
        view.isManaged = true
        view.live = live
        return view
    }

    var newRollup: RollupView {
        let connection = RollupView.Connection(chainID: 1, rpcURL: text("http://127.0.0.1:8600/lab"))
        var view = RollupView(name: text("lab"), state: .failed, life: .permanent, connection: connection)
        view.stateNote = text("The launch transaction was reverted: the factory is not known here.")
        view.series = [Series(id: "transactions", title: "Transactions", unit: "a second", points: [])]
        view.isManaged = true
        view.dissolutionRefusal = text("It is permanent: it has no end.")
        return view
    }

    var dissolvedRollup: RollupView {
        var view = rollup
        view.state = .dissolved
        view.life = .ephemeral(start: Self.now - 9_000, end: Self.now - 5_000)
        view.stateNote = nil
        view.live = nil
        return view
    }

    var dissolve: DissolveView {
        var view = DissolveView(
            name: text("arcade"), closing: text("You are its owner, so it may be closed at any time."), drainBlocks: 16)
        view.finalityDelay = 62
        view.exits = exits
        view.error = text("This is not its name.")
        return view
    }

    func job(_ state: JobView.State) -> JobView {
        var view = JobView(
            id: text("j-81"), title: text("Launch arcade"), rollup: text("arcade"), state: state,
            steps: [
                JobView.Step(title: "Shared contracts", state: .done, milliseconds: 12, detail: text("All are there.")),
                JobView.Step(title: "L1 block", state: .done, milliseconds: 2_004, detail: "Block 812"),
                JobView.Step(title: "Genesis", state: .done, milliseconds: 144),
                JobView.Step(
                    title: text("Launch transaction"), state: state, milliseconds: 31_400,
                    detail: text("Sent as 0x8f3c…7c55.")),
                JobView.Step(title: "Verification", state: state == .done ? .done : .waiting),
                JobView.Step(title: "First block", state: state == .done ? .done : .waiting),
            ])
        if state == .failed { view.error = text("L1 has refused the transaction: insufficient funds.") }
        if state == .done {
            view.results = [
                Fact(text("RPC URL"), text("http://127.0.0.1:8600/arcade")), Fact("Chain id", "4201337802"),
            ]
        }
        view.live = LiveSource(path: text("/v1/jobs/j-81/events"))
        return view
    }

    var signIn: SignInView {
        var view = SignInView(next: text("/launch"))
        view.error = text("The signature is not of this account.")
        return view
    }
}
