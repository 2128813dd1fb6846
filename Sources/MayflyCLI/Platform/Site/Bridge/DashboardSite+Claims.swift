import Cryptography
import Dashboard
import Derivation
import EthereumClient
import HTTPTypes
import Lifecycles
import Platform
import Primitives
import Settlement
import StateTransition

/// Lets one page after another read an archive, which may be large.
actor ArchiveDesk {
    /// Pages that wait.
    private static let limit = 32

    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Returns: false where too many wait.
    func take() async -> Bool {
        guard isTaken else {
            isTaken = true
            return true
        }
        guard waiting.count < Self.limit else { return false }
        await withCheckedContinuation { waiting.append($0) }
        return true
    }

    func leave() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}

extension DashboardSite {
    /// What a holder gets, and the transaction that brings it after the rollup's end.
    func claims(_ visit: BridgeVisit) async throws -> Outcome {
        let rollup = visit.rollup
        var view = ClaimsView(rollup: rollup.name, l1Name: l1Name, state: await state(rollup))
        view.holder = visit.typed("holder")
        var holder: Address?
        if let text = view.holder {
            do throws(Address.TypingError) { holder = try Address(typed: text) } catch {
                view.error = "It takes \(error.message)."
            }
        }
        switch rollup.state {
        case .launching: view.notice = "\(rollup.name) is being launched: nobody has anything on it yet."
        case .failed: view.notice = "The launch of \(rollup.name) has failed: nobody has anything on it."
        case .active, .closing, .settling: try await forecast(rollup, holder, visit.caller, &view)
        case .dissolved:
            guard await archives.take() else {
                view.notice = "Many look at claims at the moment. Load the page again."
                return .page(view, status: .serviceUnavailable)
            }
            do { try await pay(rollup, holder, &view) } catch {
                await archives.leave()
                throw error
            }
            await archives.leave()
        }
        return .page(view, status: view.error == nil ? .ok : .unprocessableContent)
    }

    /// By the rollup's node, as if it ended now.
    private func forecast(
        _ rollup: RollupRecord, _ holder: Address?, _ caller: Caller, _ view: inout ClaimsView
    ) async throws {
        let answer: ExitsAnswer
        do {
            answer = try ExitsAnswer(try await service.exits(of: rollup.name, for: caller))
        } catch let problem as PlatformProblem {
            view.notice = Self.sentence(problem.detail)
            return
        }
        if let holder { view.claims = answer.rows(of: "\(holder)") }
        view.exits = answer.table
    }

    /// By the archive of its last state.
    private func pay(_ rollup: RollupRecord, _ holder: Address?, _ view: inout ClaimsView) async throws {
        let state = try ArchiveFile.read(service.directory(of: rollup.name) + "/state.archive")
        try await withBridge(rollup, hasNode: false) { bridge in
            let ledger = try await ExitLedger.read(bridge)
            let answer = try ExitsAnswer(Array(try await ExitReport.of(state, bridge).json.utf8))
            view.exits = answer.table
            guard let holder else { return }
            view.claims = answer.rows(of: "\(holder)")
            try await claim(state, ledger, bridge, rollup, holder, &view)
            try await finish(
                try await LeavingWithdrawals(state, bridge, of: [holder], ledger: ledger), rollup, holder, &view)
        }
    }

    /// The transaction that pays the first of what a holder can claim.
    private func claim(
        _ state: ArchivedState, _ ledger: ExitLedger, _ bridge: Bridge, _ rollup: RollupRecord, _ holder: Address,
        _ view: inout ClaimsView
    ) async throws {
        let plan = ClaimPlanner(state, try ExitCensus.assets(state), for: [holder], progress: ledger.progress)
        let claims = bridge.contracts.claims
        guard let (step, request) = try await ClaimDriver.first(of: plan, to: claims, by: holder, service.l1)
        else { return }
        var call = Self.call("claim", Self.title(of: step), request, on: l1Chain)
        call.facts = [Fact("Function", "\(step.name) of \(claims)"), Fact("For", "\(holder)")]
        call.next = Links.claims(rollup.name, holder: "\(holder)")
        let directory = service.directory(of: rollup.name)
        call.command =
            "mayfly claim --rollup \(directory)/rollup.json --l1 \(l1URL ?? "URL") --archive \(directory)/state.archive "
            + "--holder \(holder) --key-file FILE"
        view.call = call
    }

    private static func title(of step: ClaimStep) -> String {
        switch step {
        case .openToken: "Open the token on L1"
        case .openCollection: "Open the collection on L1"
        case .claimETH: "Claim ether"
        case .claimTokens: "Claim tokens"
        case .claimItems: step.count == 1 ? "Claim an item" : "Claim \(step.count) items"
        case .claimBalances: step.count == 1 ? "Claim an item" : "Claim \(step.count) items"
        }
    }
}
