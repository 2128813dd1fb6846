import Derivation
import EthereumClient
import Foundation
import Lifecycles
import Primitives
import SQLStore
import Settlement

/// Looks at what L1 says of all rollups that live, and orders what follows from it.
struct LifeWatch: Sendable {
    let database: any SQLDatabase
    let settings: PlatformSettings
    let runner: JobRunner
    let report: @Sendable (String) -> Void

    /// A rollup whose time is not over is looked at in one of so many rounds.
    private static let rounds = 15

    /// Milliseconds after a dissolution that has failed for good.
    private static let restAfterFailure: Int64 = 600_000

    /// Runs until it is cancelled.
    func run() async {
        var hasFailed = false
        var round = 0
        while !Task.isCancelled {
            do {
                try await look(round)
                round = (round + 1) % Self.rounds
                if hasFailed { report("L1: all is well again") }
                hasFailed = false
            } catch {
                let text = (error as? SettlementError)?.message ?? (error as? SQLStoreError)?.message ?? "\(error)"
                if !hasFailed, !Task.isCancelled { report("the lives of rollups are not looked at: \(text)") }
                hasFailed = true
            }
            try? await Task.sleep(for: settings.watchInterval)
        }
    }

    private func look(_ round: Int) async throws {
        let rollups = try await database.read { connection throws(SQLStoreError) in
            try RollupTable(connection: connection).living()
        }
        let now = UInt64(Date().timeIntervalSince1970)
        for (index, rollup) in rollups.enumerated() where !Task.isCancelled {
            guard let end = rollup.details.expiresAt, end <= now || index % Self.rounds == round else { continue }
            guard let text = rollup.details.addresses["LifecycleProxy"], let contract = try? Address(hex: text) else {
                continue
            }
            let facts = try await LifecycleReader(client: settings.l1, contract: contract).facts()
            // Where processes run is the fleet's business: whether a rollup sleeps makes no difference to its end.
            var life = RollupLife(resuming: .active)
            let isToEnd = life.handle(.l1(facts)).contains {
                switch $0 {
                case .close, .drain, .settle, .archive: true
                case .launch, .start, .stop: false
                }
            }
            if isToEnd { try await order(rollup, facts) }
            if rollup.details.expiresAt != facts.expiresAt, facts.expiresAt != 0 { try await note(rollup, facts) }
        }
    }

    private func order(_ rollup: RollupRecord, _ facts: LifecycleFacts) async throws {
        let id = RandomText.hex(bytes: 8)
        let isNew = try await database.write { connection throws(SQLStoreError) -> Bool in
            let jobs = JobTable(connection: connection)
            if let newest = try jobs.newest(of: rollup.name) {
                let restsUntil = (newest.finishedAt ?? 0) + Self.restAfterFailure
                let now = try connection.now()
                if newest.state == .open || (newest.kind == .dissolve && now < restsUntil) { return false }
            }
            try jobs.insert(.dissolve, for: rollup.name, id: id)
            let reason = facts.due ?? facts.closing?.reason
            try EventTable(connection: connection).add(
                "dissolve.due", reason?.text ?? "it ends", to: rollup, details: ["reason": reason?.name ?? ""])
            return true
        }
        if isNew { runner.call() }
    }

    /// Its owner has put the end off.
    private func note(_ rollup: RollupRecord, _ facts: LifecycleFacts) async throws {
        try await database.write { connection throws(SQLStoreError) in
            let rollups = RollupTable(connection: connection)
            guard var known = try rollups.find(rollup.name) else { return }
            known.details.expiresAt = facts.expiresAt
            try rollups.update(known.name, known.state, details: known.details, failure: known.failure)
        }
    }
}
