import Derivation
import EthereumClient
import Foundation
import Layers
import Lifecycles
import Primitives
import SQLStore
import Settlement
import StateTransition

/// What the jobs of rollups do, step by step. Each step finds out by itself whether it was done before.
struct RollupWork: JobWork {
    let settings: PlatformSettings
    let fleet: any Fleet
    /// Of the account that launches, in this process.
    let turns = Turns()
    /// An archive takes a processor for as long as it is derived: one at a time.
    let archives = Turns()

    func patience(_ kind: Job.Kind) -> Int64? {
        switch kind {
        case .launch, .change: 6
        // What people have there comes back, however long it takes, and so does what it was paid with.
        case .dissolve, .remove: nil
        }
    }

    func carryOut(_ job: Job, _ progress: JobProgress) async throws(JobFailure) {
        let found: RollupRecord?
        do throws(SQLStoreError) {
            found = try await progress.database.read { connection throws(SQLStoreError) in
                try RollupTable(connection: connection).find(job.rollup)
            }
        } catch { throw JobFailure(error) }
        guard let rollup = found else { throw .forGood("there is no such rollup") }
        switch job.kind {
        case .launch: try await launch(rollup, job, progress)
        case .change: try await change(rollup, progress)
        case .dissolve: try await dissolve(rollup, job, progress)
        case .remove: try await remove(rollup, progress)
        }
    }

    func giveUp(_ job: Job, _ reason: String, _ connection: any SQLConnection) throws(SQLStoreError) {
        let rollups = RollupTable(connection: connection)
        guard let rollup = try rollups.find(job.rollup) else { return }
        // One that answers, or could not be ended, goes on being what it is.
        let isNowhere = job.kind == .launch && rollup.state == .launching
        try rollups.update(rollup.name, isNowhere ? .failed : rollup.state, failure: reason)
        try EventTable(connection: connection).add("\(job.kind.rawValue).failed", reason, to: rollup)
    }

    /// A sender of the platform's account, for one job.
    func sender(_ progress: JobProgress) -> TransactionSender {
        var sender = TransactionSender(client: settings.l1, signer: settings.signer, chainID: settings.l1ChainID)
        sender.turns = AccountTurns(settings.signer.address, turns, progress)
        return sender
    }

    /// Notes an event with the step that it is of.
    func tell(
        _ kind: String, _ text: String, _ rollup: RollupRecord, _ progress: JobProgress,
        details: [String: String] = [:]
    ) async throws(JobFailure) {
        try await progress.write { connection throws(SQLStoreError) in
            try JobTable(connection: connection).note(step: text, progress.lease)
            try EventTable(connection: connection).add(kind, text, to: rollup, details: details)
        }
    }

    /// What is known of a rollup by the files of its launch.
    func configuration(in directory: String) throws(JobFailure) -> RollupConfiguration {
        let path = directory + "/" + LaunchDirectory.File.rollup.rawValue
        guard let data = FileManager.default.contents(atPath: path) else { throw .again("cannot read \(path)") }
        do throws(ManifestError) {
            return try RollupFile(text: String(decoding: data, as: UTF8.self)).configuration
        } catch { throw .forGood("\(path): \(error)") }
    }
}

extension JobFailure {
    /// What settlement could not do. What breaks a rule breaks it the next time too.
    init(_ error: SettlementError) {
        if Task.isCancelled {
            self = .lost
        } else {
            switch error {
            case .rule: self = .forGood(error.message)
            default: self = .again(error.message)
            }
        }
    }

    init(_ error: FleetError) { self = Task.isCancelled ? .lost : .again(error.message) }

    /// Does what settlement can fail at.
    static func telling<Result>(
        _ body: () async throws(SettlementError) -> Result
    ) async throws(JobFailure) -> Result {
        do throws(SettlementError) { return try await body() } catch { throw JobFailure(error) }
    }
}
