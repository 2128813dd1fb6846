import Cryptography
import Dashboard
import Derivation
import EthereumClient
import Foundation
import HTTPTypes
import Platform
import Primitives
import Settlement
import StateTransition

extension DashboardSite {
    /// The form, and the transactions that follow from it.
    func bridge(_ visit: BridgeVisit, _ direction: BridgeView.Direction) async throws -> Outcome {
        let rollup = visit.rollup
        var view = BridgeView(
            rollup: rollup.name, l1Name: l1Name, direction: direction,
            assets: [
                BridgeView.Asset(id: "ether", title: "Ether"), BridgeView.Asset(id: "token", title: "Token (ERC-20)"),
            ])
        view.refusal = Self.bridgeRefusal(rollup)
        for field in BridgeView.Field.allCases { view.values[field] = visit.typed(field.rawValue) }
        guard view.refusal == nil, !view.values.isEmpty else { return .page(view) }
        do {
            try await withBridge(rollup) { bridge in try await prepare(&view, rollup, bridge) }
        } catch let error as SettlementError {
            view.error = Self.sentence(error.message)
        }
        let isWrong = !view.errors.isEmpty || view.error != nil
        return .page(view, status: isWrong ? .unprocessableContent : .ok)
    }

    /// Why nothing can be moved; nil where it can be.
    private static func bridgeRefusal(_ rollup: RollupRecord) -> String? {
        switch rollup.state {
        case .active: nil
        case .launching: "\(rollup.name) is being launched: there is nothing to move yet."
        case .closing, .settling:
            "\(rollup.name) is ending: deposits are refused. What is on it is claimed on L1 once it is dissolved."
        case .dissolved: "\(rollup.name) is dissolved: what was on it is claimed on L1, by its page of claims."
        case .failed: "The launch of \(rollup.name) has failed."
        }
    }

    private func prepare(_ view: inout BridgeView, _ rollup: RollupRecord, _ bridge: Bridge) async throws {
        let recipient = Self.address(.recipient, &view)
        let isDeposit = view.direction == .deposit
        var (token, remote): (Address?, Address?)
        let isToken = view.values[.asset] == "token"
        if isToken { (token, remote) = (Self.address(.token, &view), Self.address(.remote, &view)) }
        guard view.errors.isEmpty, let recipient else { return }
        var (decimals, symbol) = (18, "ETH")
        if let token, let remote {
            guard try await bridge.isOfFactory(remote, for: token) else {
                view.errors[.remote] =
                    "It is not what this rollup's factory has made for that token. A contract that only says so can give what you move to "
                    + "somebody else: one that you trust is moved with mayfly bridge."
                return
            }
            decimals = Int(try await bridge.l1.read(OptimismMintableERC20.decimals(), from: token))
            let named = (try? await bridge.l1.read(OptimismMintableERC20.symbol(), from: token)) ?? ""
            symbol = named.isEmpty ? "units" : String(named.prefix(20))
        }
        let text = view.values[.amount] ?? ""
        guard let amount = Wei.amount(text, decimals: decimals), !amount.isZero else {
            view.errors[.amount] = "A number above 0 with at most \(decimals) decimals, such as 1.5."
            return
        }
        let asset: BridgedAsset =
            if let token, let remote { .erc20(l1: token, l2: remote, amount: amount) } else { .ether(amount) }
        let steps =
            isDeposit
            ? try await bridge.depositSteps(asset, to: recipient)
            : try await bridge.withdrawalSteps(asset, to: recipient)
        let what = "\(Format.decimal(amount, decimals: decimals, places: decimals)) \(symbol)"
        let chain = isDeposit ? l1Chain : chain(rollup)
        let tokens = token.flatMap { l1 in remote.map { " --erc20 \(l1) --l2-token \($0)" } } ?? ""
        let node = isDeposit ? "" : " --node \(service.urls(of: rollup.name).http)"
        view.calls = steps.map { step in
            let title = (step.kind == .approve ? "Approve " : isDeposit ? "Deposit " : "Withdraw ") + what
            var call = Self.call(step.kind == .approve ? "approve" : "move", title, step.request, on: chain)
            call.facts = [
                Fact("Amount", what), Fact("Recipient on \(isDeposit ? rollup.name : l1Name)", recipient.checksummed),
            ]
            if let token, let remote {
                call.facts += [
                    Fact("Token on \(l1Name)", token.checksummed), Fact("Token on \(rollup.name)", remote.checksummed),
                ]
            }
            if step.kind == .move {
                call.next = Links.rollup(rollup.name) + (isDeposit ? "/deposits/{hash}" : "/withdrawals/{hash}")
                // A token's own node has to be asked which contract is whose.
                let asked = isDeposit && !tokens.isEmpty ? " --node \(service.urls(of: rollup.name).http)" : node
                call.command =
                    command(
                        "bridge \(view.direction.rawValue) --amount \(text) --to \(recipient)\(tokens)", rollup)
                    + asked + " --key-file FILE"
            }
            return call
        }
    }

    private static func address(_ field: BridgeView.Field, _ view: inout BridgeView) -> Address? {
        do throws(Address.TypingError) { return try Address(typed: view.values[field] ?? "") } catch {
            view.errors[field] = "It takes \(error.message)."
            return nil
        }
    }

    // MARK: A deposit

    func deposit(_ visit: BridgeVisit) async throws -> Outcome {
        guard let text = ExplorerHash(text: visit.path["hash"] ?? "")?.text, let hash = try? Hash256(hex: text) else {
            return visit.notFound
        }
        var view = DepositView(rollup: visit.rollup.name, l1Name: l1Name, stage: .sent)
        let inclusion = try await Self.telling { () throws(EthereumClientError) in
            try await service.l1.inclusion(of: hash)
        }
        guard let inclusion else { return .page(view) }
        let hasNode = [.active, .closing, .settling].contains(visit.rollup.state)
        try await withBridge(visit.rollup, hasNode: hasNode) { bridge in
            let deposit: Bridge.Deposited
            do throws(SettlementError) { deposit = try await bridge.deposited(inclusion) } catch {
                guard case .rule(let reason) = error else { throw error }
                view.stage = .failed
                view.note = Self.sentence(inclusion.isSuccess ? reason : "the transaction was reverted on L1")
                return
            }
            view.stage = .onL1
            view.transaction = "\(deposit.l2Transaction)"
            let there = try await Self.telling { () throws(EthereumClientError) in
                try await bridge.l2?.inclusion(of: deposit.l2Transaction)
            }
            if there != nil { view.stage = .executed }
        }
        return .page(view)
    }

    static func telling<Result>(
        _ body: () async throws(EthereumClientError) -> Result
    ) async throws(SettlementError) -> Result {
        do throws(EthereumClientError) { return try await body() } catch { throw .client(error) }
    }

    // MARK: A withdrawal

    func withdrawal(_ visit: BridgeVisit) async throws -> Outcome {
        guard let text = ExplorerHash(text: visit.path["hash"] ?? "")?.text, let hash = try? Hash256(hex: text) else {
            return visit.notFound
        }
        let rollup = visit.rollup
        guard [.active, .closing, .settling].contains(rollup.state) else {
            return .page(
                ErrorView(
                    status: 410, title: "Its node is gone",
                    text: "\(rollup.name) is \(rollup.state.rawValue): no node of it knows its transactions any more.",
                    advice:
                        "The page of claims shows the withdrawals of an account, from the archive, and finishes them."),
                status: .gone)
        }
        return try await withBridge(rollup) { bridge in
            let all: [InitiatedWithdrawal]
            do throws(SettlementError) { all = try await bridge.withdrawals(of: hash) } catch {
                guard case .rule(let reason) = error else { throw error }
                return .page(
                    ErrorView(
                        status: 404, title: "No withdrawal", text: Self.sentence(reason),
                        advice: "One that was just sent is in a block soon: load the page again."), status: .notFound)
            }
            let index = visit.typed("index").flatMap { Int($0) } ?? 0
            guard all.indices.contains(index) else { return visit.notFound }
            return .page(try await withdrawal(text, all[index], rollup, bridge))
        }
    }

    private func withdrawal(
        _ transaction: String, _ initiated: InitiatedWithdrawal, _ rollup: RollupRecord, _ bridge: Bridge
    ) async throws -> WithdrawalView {
        let withdrawal = initiated.withdrawal
        let terms = WithdrawalTerms(initiated, bridge.contracts)
        var view = WithdrawalView(
            rollup: rollup.name, l1Name: l1Name, transaction: transaction, stage: .begun,
            facts: [
                Fact("Amount", terms.words), Fact("To", terms.to.checksummed),
                Fact("Withdrawal", "\(withdrawal.hash)"),
            ])
        let (stage, prover) = try await bridge.progress(of: initiated)
        let now = UInt64(Date().timeIntervalSince1970)
        let path = Links.withdrawal(rollup.name, transaction)
        switch stage {
        case .notProposed(let newest, let needs):
            view.note =
                "It is in block \(Format.number(needs)); the newest proposal on L1 is of \(Format.number(newest))."
        case .provable(let game):
            let head = try await Self.telling { () throws(EthereumClientError) in
                try await service.l1.header(.latest).header.timestamp
            }
            // No proof is taken in the second of the proposal.
            guard head > game.createdAt else { break }
            view.stage = .provable
            var call = Self.call("prove", "Prove", try await bridge.proofRequest(of: initiated, in: game), on: l1Chain)
            call.facts = [Fact("Proposal", "of block \(Format.number(game.blockNumber)), \(game.address)")]
            call.command = Self.own(command("bridge prove --transaction \(transaction)", rollup), rollup, service)
            call.next = path
            view.call = call
        case .proven(let seconds):
            view.stage = .waiting
            view.nextAt = now + max(1, seconds)
        case .disputed:
            view.stage = .waiting
            view.note = "The output that it is proven against is disputed: it waits until that is decided."
        case .finalizable:
            guard let prover else { break }
            view.stage = .finalizable
            let request = bridge.finalizationRequest(of: withdrawal, provenBy: prover)
            var call = Self.call("finalize", "Finalize", request, on: l1Chain)
            call.command = Self.own(
                command("bridge finalize --transaction \(transaction) --proven-by \(prover)", rollup), rollup, service)
            call.next = path
            view.call = call
        case .finalized: view.stage = .paid
        }
        return view
    }

    private static func own(_ command: String, _ rollup: RollupRecord, _ service: PlatformService) -> String {
        command + " --node \(service.urls(of: rollup.name).http) --key-file FILE"
    }
}
