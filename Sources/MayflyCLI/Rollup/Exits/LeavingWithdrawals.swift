import Derivation
import EthereumClient
import Lifecycles
import Primitives
import Settlement
import StateTransition

/// Withdrawals of a rollup that is dissolved, and what L1 knows of them.
struct LeavingWithdrawals {
    struct Entry {
        let passed: PassedWithdrawal
        let terms: WithdrawalTerms
        var initiated: InitiatedWithdrawal { InitiatedWithdrawal(passed) }
    }

    enum State: Equatable {
        case unproven
        case waiting(seconds: UInt64)
        /// With the proof of this account.
        case finalizable(Address)
        /// Since the ledger was read: what came of it is not in there.
        case finalized
        case done(WithdrawalOutcome)
        /// L1 does not say, and why.
        case unknown(String)

        var name: String {
            switch self {
            case .unproven: "unproven"
            case .waiting: "proven"
            case .finalizable: "finalizable"
            case .finalized: "finalized"
            case .unknown: "unknown"
            case .done(let outcome): outcome.rawValue
            }
        }
    }

    struct Failure {
        let hash: Hash256
        let reason: String
    }

    /// With the last output, so that it proves without a node.
    let bridge: Bridge
    /// In the order in which they were begun.
    let entries: [Entry]
    private let ledger: ExitLedger

    /// - Parameters:
    ///   - archive: of the rollup's last state, which is that which L1 has settled.
    ///   - accounts: those who began them or get them; nil for everybody.
    ///   - ledger: where it is read already.
    init(
        _ archive: ArchivedState, _ bridge: Bridge, of accounts: Set<Address>?, ledger: ExitLedger? = nil
    ) async throws {
        guard archive.chainID == bridge.rollup.l2ChainID else {
            throw CommandFailure(
                "the archive is of chain \(archive.chainID), and the rollup is chain \(bridge.rollup.l2ChainID)")
        }
        let known: ExitLedger
        if let ledger { known = ledger } else { known = try await ExitLedger.read(bridge) }
        let found = archive.withdrawals.map {
            Entry(passed: $0, terms: WithdrawalTerms($0, bridge.contracts))
        }.filter { entry in accounts.map { $0.contains(where: entry.terms.concerns) } ?? true }
        let open = found.map(\.passed).filter { known.outcome(of: $0, bridge) == nil }
        var bridge = bridge
        let last = try LastOutput(archive, proving: open)
        try await ClaimDriver.check(
            stateRoot: archive.header.stateRoot, isSettledIn: bridge.contracts.claims, bridge.l1)
        bridge.last = last
        self.init(bridge: bridge, entries: found, ledger: known)
    }

    private init(bridge: Bridge, entries: [Entry], ledger: ExitLedger) {
        (self.bridge, self.entries, self.ledger) = (bridge, entries, ledger)
    }

    /// Those that are not finalized before the others, and of these the holder's own first: what others send there is not to hide them.
    func openFirst(for holder: Address) -> [Entry] {
        func rank(_ entry: Entry) -> Int {
            if ledger.outcome(of: entry.passed, bridge) != nil { return 3 }
            return entry.terms.from == holder ? 0 : isStrangers(entry, for: holder) ? 2 : 1
        }
        return (0...3).flatMap { place in entries.filter { rank($0) == place } }
    }

    /// Whether it is a call that somebody else wants made, at whoever's cost finishes it.
    func isStrangers(_ entry: Entry, for holder: Address) -> Bool {
        if case .call = entry.terms.asset { entry.terms.from != holder } else { false }
    }

    /// The same with what L1 says now.
    func again() async throws -> LeavingWithdrawals {
        LeavingWithdrawals(bridge: bridge, entries: entries, ledger: try await ExitLedger.read(bridge))
    }

    /// How far one is.
    ///
    /// - Parameter own: whose proof is looked at in any case.
    /// - Throws: where L1 cannot be asked.
    func state(of entry: Entry, with own: Address?) async throws(SettlementError) -> State {
        if let outcome = ledger.outcome(of: entry.passed, bridge) { return .done(outcome) }
        do throws(SettlementError) {
            let (stage, prover) = try await bridge.progress(of: entry.initiated, with: own)
            switch stage {
            case .notProposed, .provable, .disputed: return .unproven
            case .proven(let seconds): return .waiting(seconds: seconds)
            case .finalizable: return prover.map { .finalizable($0) } ?? .unproven
            case .finalized: return .finalized
            }
        } catch {
            if error.isOfConnection { throw error }
            return .unknown(error.message)
        }
    }

    /// Proves and finalizes what is not done yet; what fails holds up no other.
    ///
    /// - Parameters:
    ///   - seconds: to wait for those that are not final yet.
    ///   - report: is told of each step.
    /// - Returns: those that are not finalized in the end.
    func finish(
        by sender: TransactionSender, seconds: UInt64, report: (Entry, String) -> Void
    ) async throws -> [Failure] {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        var open = entries.filter { ledger.outcome(of: $0.passed, bridge) == nil }
        var failures: [Failure] = []
        while !open.isEmpty {
            var waiting: [(entry: Entry, reason: String)] = []
            for entry in open {
                do throws(SettlementError) {
                    try await advance(entry, by: sender, report)
                } catch {
                    if error.isWaiting {
                        waiting.append((entry, error.message))
                    } else if error.isOfConnection {
                        throw error
                    } else if try await state(of: entry, with: sender.address) != .finalized {
                        failures.append(Failure(hash: entry.passed.hash, reason: error.message))
                    }
                }
            }
            guard clock.now < end else {
                return failures + waiting.map { Failure(hash: $0.entry.passed.hash, reason: $0.reason) }
            }
            open = waiting.map(\.entry)
            if !open.isEmpty { try await Task.sleep(for: .seconds(1)) }
        }
        return failures
    }

    /// Does all that can be done of one now.
    ///
    /// - Throws: `early` where the rest is for later.
    private func advance(
        _ entry: Entry, by sender: TransactionSender, _ report: (Entry, String) -> Void
    ) async throws(SettlementError) {
        let initiated = entry.initiated
        var (stage, prover) = try await bridge.progress(of: initiated, with: sender.address)
        switch stage {
        case .notProposed, .provable, .disputed:
            try await bridge.prove(initiated, by: sender)
            report(entry, "proven")
            (stage, prover) = try await bridge.progress(of: initiated, with: sender.address)
        case .proven, .finalizable, .finalized: break
        }
        guard stage != .finalized else { return }
        let isPaid = try await bridge.finalize(initiated, provenBy: prover ?? sender.address, by: sender)
        report(entry, isPaid ? "paid" : "finalized, and its call failed")
    }
}

extension SettlementError {
    /// Whether L1 could not be asked at all: it is the same for everything.
    fileprivate var isOfConnection: Bool {
        switch self {
        case .client(.refused): false
        case .client: true
        default: false
        }
    }
}

extension WithdrawalTerms {
    /// What it takes to L1, for people.
    var words: String {
        switch asset {
        case .ether(let wei): "\(Wei.ether(wei)) ETH"
        case .token(let token, let amount): "\(Wei.digits(amount)) units of \(token)"
        case .item(let collection, let id): "token \(Wei.digits(id)) of \(collection)"
        case .call(let wei): wei.isZero ? "a call" : "a call with \(Wei.ether(wei)) ETH"
        }
    }
}
