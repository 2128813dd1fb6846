import Dashboard
import Foundation
import HTTPTypes
import Layers
import Platform
import Primitives
import Settlement
import StateTransition

extension DashboardSite {
    /// Rollups on one page.
    private static let pageLimit = 200
    private static let alertLimit = 20
    /// How long a page waits for a rollup's node.
    private static let patience = Duration.seconds(2)
    /// The events after which a page looks again.
    static let eventKinds = [
        "launch.ordered", "launch.step", "launch.start", "launch.answers", "launch.done", "launch.failed",
        "dissolve.ordered", "dissolve.due", "dissolve.step", "dissolve.closing", "dissolve.settling", "dissolve.done",
        "dissolve.failed", "change.ordered", "change.done", "change.failed", "alert.raised", "alert.resolved",
    ]

    func rollups(_ caller: Caller) async throws -> RollupsView {
        let found = try await service.rollups(for: caller, limit: Self.pageLimit)
        let rows = await withTaskGroup(of: (Int, RollupsView.Row).self) { group in
            for (index, rollup) in found.enumerated() {
                group.addTask { (index, await row(rollup)) }
            }
            var rows: [(Int, RollupsView.Row)] = []
            for await row in group { rows.append(row) }
            return rows.sorted { $0.0 < $1.0 }.map(\.1)
        }
        var view = RollupsView(rollups: rows)
        view.alerts = try await service.alerts(for: caller, limit: Self.alertLimit).map { Self.line($0) }
        return view
    }

    private static func line(_ alert: Alert) -> AlertLine {
        AlertLine(rollup: alert.rollup, text: alert.text, time: UInt64(alert.raisedAt / 1_000))
    }

    private func row(_ rollup: RollupRecord) async -> RollupsView.Row {
        let state = await state(rollup)
        let last = Self.hasNode(state) ? await points(rollup.name, ["latest"]).first ?? nil : nil
        return RollupsView.Row(
            name: rollup.name, state: state, chainID: rollup.chainID, rpcURL: service.urls(of: rollup.name).http,
            life: Self.life(rollup), lastBlock: last)
    }

    /// Whether a rollup has a node that answers without being woken for it.
    private static func hasNode(_ state: RollupState) -> Bool { [.active, .closing, .settling].contains(state) }

    /// Whether a rollup that lives sleeps is its processes' business.
    func state(_ rollup: RollupRecord) async -> RollupState {
        switch rollup.state {
        case .launching: .launching
        // One that goes to sleep is not to be woken by being looked at.
        case .active: [.idle, .stopping].contains(await service.place(of: rollup.name)) ? .idle : .active
        case .closing: .closing
        case .settling: .settling
        case .dissolved: .dissolved
        case .failed: .failed
        }
    }

    static func life(_ rollup: RollupRecord) -> LifeSpan {
        guard let end = rollup.details.expiresAt else { return .permanent }
        return .ephemeral(start: UInt64(rollup.createdAt / 1_000), end: end)
    }

    func rollup(_ name: String, _ caller: Caller) async throws -> RollupView {
        let rollup = try await service.rollup(name, for: caller)
        let urls = service.urls(of: name)
        var connection = RollupView.Connection(chainID: rollup.chainID, rpcURL: urls.http)
        connection.webSocketURL = urls.webSocket
        let state = await state(rollup)
        var view = RollupView(name: name, state: state, life: Self.life(rollup), connection: connection)
        view.stateNote = rollup.failure
        if Self.hasNode(state) { view.finality = await finality(name) }
        if state == .idle { view.stateNote = "Its blocks are told when it wakes." }
        view.layers = Self.layers(rollup, service.l1ChainID)
        if let figures = service.figures.figures(of: name) {
            view.series = Self.series(figures.history)
            view.cost = cost(figures.accounts)
        }
        let events = try await service.events(of: name, for: caller, after: nil, limit: 30)
        view.events = events.reversed().map { event in
            RollupView.Event(
                time: UInt64(event.time / 1_000), level: Self.level(event.kind),
                text: event.text.prefix(1).uppercased() + event.text.dropFirst())
        }
        view.alerts = try await service.alerts(for: caller).filter { $0.rollup == name }.map { Self.line($0) }
        view.isManaged = true
        view.canIdle = service.restsByOrder
        if rollup.details.expiresAt == nil {
            view.dissolutionRefusal =
                rollup.state == .active ? "It is permanent: nobody can ever close it." : "It is not on L1 yet."
        }
        let after = events.last?.sequence ?? 0
        view.live = LiveSource(path: "/v1/rollups/\(name)/events?after=\(after)", events: Self.eventKinds)
        return view
    }

    private static func level(_ kind: String) -> RollupView.Event.Level {
        if kind.hasSuffix(".failed") { return .failure }
        return kind == "alert.raised" ? .warning : .info
    }

    /// How far a rollup is that runs; nothing where it does not answer at once.
    private func finality(_ name: String) async -> RollupView.Finality {
        let found = await points(name, ["pending", "latest", "safe", "finalized"])
        var finality = RollupView.Finality()
        guard found.count == 4, found[1] != nil else { return finality }
        (finality.preconfirmed, finality.unsafe, finality.safe, finality.final) = (
            found[0], found[1], found[2], found[3]
        )
        return finality
    }

    /// The blocks that a rollup's node has under these names; none where it does not answer at once.
    private func points(_ name: String, _ names: [String]) async -> [BlockPoint?] {
        var node = ExplorerNode(url: service.endpoint(of: name))
        node.patience = Self.patience
        let asked = names.map { [ExplorerNode.Parameter.text($0), .flag(false)] }
        let found = try? await node.ask("eth_getBlockByNumber", each: asked, as: ExplorerPoint.self)
        return (found ?? []).map { point in
            point.map { BlockPoint(number: $0.number.value, time: $0.timestamp.value) }
        }
    }

    /// What it did of late; nothing before there are two points.
    private static func series(_ history: LoadHistory) -> [Series] {
        guard history.points.count > 1 else { return [] }
        let series = { (id: String, title: String, unit: String, value: KeyPath<LoadHistory.Point, Double>) in
            Series(
                id: id, title: title, unit: unit,
                points: history.points.map { Series.Point(time: $0.time, value: $0[keyPath: value]) })
        }
        return [
            series("transactions", "Transactions", "transactions a second", \.transactions),
            series("gas", "Gas", "gas a second", \.gas),
            series("behind", "Not on L1 yet", "blocks", \.blocksBehind),
        ]
    }

    /// What its accounts have spent of what they were given.
    private func cost(_ accounts: [RollupFigures.Account]) -> RollupView.Cost? {
        // They have nothing at all where the launch has failed to pay them.
        guard accounts.contains(where: { !$0.balance.isZero }) else { return nil }
        let purse = service.purse
        let parts = accounts.map { account in
            RollupView.Cost.Part(
                title: account.role.prefix(1).uppercased() + account.role.dropFirst(),
                wei: purse > account.balance ? purse &- account.balance : 0)
        }
        return RollupView.Cost(
            total: parts.reduce(0) { $0 &+ $1.wei }, parts: parts,
            note:
                "Of the \(Wei.ether(purse)) ETH that each account was given at the launch, which is not in it; what came later is not "
                + "counted, and bonds are until they come back."
        )
    }

    private static func layers(_ rollup: RollupRecord, _ l1ChainID: UInt64) -> [RollupView.Layer] {
        guard let manifest = try? RollupManifest(document: rollup.document, l1ChainID: l1ChainID) else { return [] }
        return [
            RollupView.Layer(
                id: "execution", title: "Execution", current: title(manifest.execution.rawValue, LaunchChoice.execution)
            ),
            RollupView.Layer(
                id: "data", title: "Data", current: title(manifest.dataAvailability.rawValue, LaunchChoice.data),
                alternatives: LaunchChoice.data.filter { choice in
                    choice.id != manifest.dataAvailability.rawValue
                        && PlatformService.dataChoices.contains { $0.rawValue == choice.id }
                }),
            RollupView.Layer(
                id: "security", title: "Security", current: title(manifest.security.rawValue, LaunchChoice.security)),
            RollupView.Layer(id: "sequencing", title: "Sequencing", current: manifest.sequencing.rawValue.capitalized),
        ]
    }

    private static func title(_ id: String, _ choices: [LaunchChoice]) -> String {
        choices.first { $0.id == id }?.title ?? id
    }

    /// Puts another implementation in the place of a layer.
    func swapLayer(_ name: String, _ caller: Caller, _ form: FormBody) async throws -> Outcome {
        let change = RollupChange(dataAvailability: form["layer"] == "data" ? form["choice"] : nil)
        let rollup = try await service.change(name, change, by: caller)
        return .seeOther(Links.rollup(rollup.name))
    }

    // MARK: Its end

    func dissolution(_ name: String, _ caller: Caller, error: String? = nil) async throws -> DissolveView {
        let rollup = try await service.rollup(name, for: caller)
        let manifest = try? RollupManifest(document: rollup.document, l1ChainID: service.l1ChainID)
        var view = DissolveView(
            name: name,
            closing: "The account of this platform closes it on L1 where it is its owner, or where its end is due.",
            drainBlocks: manifest?.ending.drainBlocks ?? 0)
        view.error = error
        return view
    }

    func dissolve(_ name: String, _ caller: Caller, _ form: FormBody) async throws -> Outcome {
        guard form["confirmation"]?.trimmingCharacters(in: .whitespaces) == name else {
            let view = try await dissolution(name, caller, error: "Type the rollup's name to confirm.")
            return .page(view, status: .unprocessableContent)
        }
        do throws(PlatformProblem) { _ = try await service.dissolve(name, by: caller) } catch {
            guard error.status == 409 else { throw error }
            return .page(try await dissolution(name, caller, error: error.detail), status: .conflict)
        }
        return .seeOther(Links.rollup(name))
    }
}
