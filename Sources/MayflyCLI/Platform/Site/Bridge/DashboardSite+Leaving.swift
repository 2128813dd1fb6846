import Cryptography
import Dashboard
import Lifecycles
import Platform
import Primitives
import Settlement

extension DashboardSite {
    /// Withdrawals that a page shows: each takes several questions to L1. Those that are open go first.
    private static let leavingLimit = 10

    /// The withdrawals of a holder after the end, and the transaction that brings the first of them on.
    func finish(
        _ leaving: LeavingWithdrawals, _ rollup: RollupRecord, _ holder: Address, _ view: inout ClaimsView
    ) async throws {
        let shown = leaving.openFirst(for: holder).prefix(Self.leavingLimit)
        for entry in shown {
            let state = try await leaving.state(of: entry, with: holder)
            var row = ClaimsView.Leaving(
                amount: entry.terms.words, recipient: entry.terms.to.checksummed, stage: state.stage)
            switch state {
            case .waiting(let seconds): row.note = "It can be finalized in about \(max(1, seconds)) s."
            case .done(.kept):
                row.note =
                    "Its message failed and is kept: anybody can have \(leaving.bridge.contracts.l1CrossDomainMessenger) relay it again."
            case .finalized: row.note = "It was finalized just now: look again for what came of it."
            case .unknown(let reason): row.note = Self.sentence(reason)
            case .done(.failed): row.note = "Its call failed, and it has one try."
            case .unproven, .finalizable, .done(.paid): break
            }
            view.withdrawals.append(row)
            guard view.withdrawalCall == nil, !leaving.isStrangers(entry, for: holder),
                let (title, request) = try await leaving.next(entry, state)
            else {
                continue
            }
            var call = Self.call("withdrawal", "\(title) \(entry.terms.words)", request, on: l1Chain)
            call.facts = [Fact("To", entry.terms.to.checksummed), Fact("Withdrawal", "\(entry.passed.hash)")]
            call.next = Links.claims(rollup.name, holder: "\(holder)")
            let directory = service.directory(of: rollup.name)
            call.command =
                command("withdrawals", rollup)
                + " --archive \(directory)/state.archive --holder \(holder) --finish --wait 600 --key-file FILE"
            view.withdrawalCall = call
        }
        let more = leaving.entries.count - shown.count
        if more > 0 {
            view.notice =
                "Of \(leaving.entries.count) withdrawals the first \(shown.count) are shown: mayfly withdrawals lists all."
        }
    }
}

extension LeavingWithdrawals {
    /// The transaction that brings a withdrawal on; nil where there is nothing to do now.
    fileprivate func next(_ entry: Entry, _ state: State) async throws -> (String, TransactionRequest)? {
        switch state {
        case .finalizable(let prover):
            return ("Finalize", bridge.finalizationRequest(of: entry.initiated.withdrawal, provenBy: prover))
        case .unproven:
            guard case .provable(let game) = try await bridge.progress(of: entry.initiated).stage else { return nil }
            return ("Prove", try await bridge.proofRequest(of: entry.initiated, in: game))
        case .waiting, .finalized, .done, .unknown: return nil
        }
    }
}

extension LeavingWithdrawals.State {
    fileprivate var stage: Dashboard.WithdrawalStage {
        switch self {
        case .unproven, .unknown: .provable
        case .waiting: .waiting
        case .finalizable: .finalizable
        case .finalized, .done(.paid): .paid
        case .done: .failed
        }
    }
}
