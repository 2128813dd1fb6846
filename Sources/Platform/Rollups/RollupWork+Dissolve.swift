import Derivation
import EthereumClient
import Foundation
import Lifecycles
import Primitives
import SQLStore
import Settlement
import StateTransition

extension RollupWork {
    /// Closes a rollup where that may be done, waits until its own processes have proven the last state, keeps the archive, gives
    /// back what is left of its accounts' money, and frees what it took.
    ///
    /// What takes long is not waited for here: the job is left, and taken up again to look.
    func dissolve(_ rollup: RollupRecord, _ job: Job, _ progress: JobProgress) async throws(JobFailure) {
        let configuration = try configuration(in: fleet.directory(of: rollup.name))
        guard let contract = configuration.lifecycleContract else {
            throw .forGood("the rollup is permanent: nobody can ever close it")
        }
        if rollup.details.archiveHash == nil {
            try await end(rollup, job, LifecycleReader(client: settings.l1, contract: contract), progress)
            try await bonds(rollup, job, progress)
        }
        var details = rollup.details
        if details.archiveHash == nil {
            // While its node still answers: where it cannot be derived anew, nothing is ended.
            try await tell("dissolve.step", "archive", rollup, progress)
            let directory = fleet.directory(of: rollup.name)
            await archives.take()
            let result: Result<String, SettlementError>
            do throws(SettlementError) { result = .success(try await settings.archive(directory)) } catch {
                result = .failure(error)
            }
            await archives.leave()
            details.archiveHash = try await JobFailure.telling { () throws(SettlementError) in try result.get() }
        }
        try await tell("dissolve.step", "stopping", rollup, progress)
        let directory: String
        do throws(FleetError) { directory = try await fleet.retire(rollup.name) } catch { throw JobFailure(error) }
        try await tell("dissolve.step", "what is left", rollup, progress)
        let returned = try await sweep(directory)
        do throws(FleetError) { try fleet.clear(rollup.name) } catch { throw JobFailure(error) }
        let known = details
        try await progress.write { connection throws(SQLStoreError) in
            try RollupTable(connection: connection).update(rollup.name, .dissolved, details: known)
            try JobTable(connection: connection).finish(progress.lease, .done)
            try EventTable(connection: connection).add(
                "dissolve.done", "dissolved: all that anybody had there can be claimed on L1", to: rollup,
                details: ["archive": known.archiveHash ?? "", "returnedWei": Wei.digits(returned)])
        }
    }

    /// Ends what a launch that failed has left, and forgets it.
    func remove(_ rollup: RollupRecord, _ progress: JobProgress) async throws(JobFailure) {
        let directory: String
        do throws(FleetError) { directory = try await fleet.retire(rollup.name) } catch { throw JobFailure(error) }
        _ = try await sweep(directory)
        do throws(FleetError) { try fleet.clear(rollup.name) } catch { throw JobFailure(error) }
        try await progress.write { connection throws(SQLStoreError) in
            try RollupTable(connection: connection).remove(rollup.name)
        }
    }

    // MARK: To the last state

    private func end(
        _ rollup: RollupRecord, _ job: Job, _ reader: LifecycleReader, _ progress: JobProgress
    ) async throws(JobFailure) {
        let facts = try await JobFailure.telling { () throws(SettlementError) in try await reader.facts() }
        let (state, text): (RollupRecord.State, String)
        switch try await next(facts, reader) {
        case .never: throw .forGood("the rollup is permanent: nobody can ever close it")
        case .wait(let early): throw .forGood(early.text)
        case .close(let reason):
            try await tell("dissolve.step", "close", rollup, progress, details: ["reason": reason.name])
            try await close(reader, progress)
            throw .later(.zero)
        case .drain(let until): (state, text) = (.closing, "batches count up to L1 block \(until)")
        case .settle: (state, text) = (.settling, "the last state is to be final")
        case .done: return
        }
        if text != job.step {
            try await progress.write { connection throws(SQLStoreError) in
                try RollupTable(connection: connection).update(rollup.name, state)
                try JobTable(connection: connection).note(step: text, progress.lease)
                try EventTable(connection: connection).add("dissolve.\(state.rawValue)", text, to: rollup)
            }
        }
        await settings.l1.freshen(chainID: settings.l1ChainID)
        // Its batcher and proposer work while its node does, which a request keeps awake.
        _ = try? await fleet.chainID(of: rollup.name, patience: .seconds(10))
        throw .later(settings.watchInterval)
    }

    private func next(
        _ facts: LifecycleFacts, _ reader: LifecycleReader
    ) async throws(JobFailure) -> DissolutionStep {
        guard facts.state == .active else { return DissolutionStep(facts, isOwner: false) }
        let owner = try await JobFailure.telling { () throws(SettlementError) in try await reader.owner() }
        return DissolutionStep(facts, isOwner: owner == settings.signer.address)
    }

    private func close(_ reader: LifecycleReader, _ progress: JobProgress) async throws(JobFailure) {
        try await JobFailure.telling { () throws(SettlementError) in
            do throws(SettlementError) {
                try await sender(progress).perform(TransactionRequest(Lifecycle.close(), to: reader.contract))
            } catch {
                // Somebody else was faster.
                guard case .reverted = error, try await reader.closing() != nil else { throw error }
            }
        }
    }

    // MARK: What it took

    /// Sees to it that the rollup's proposer has its bonds back before it is stopped.
    private func bonds(_ rollup: RollupRecord, _ job: Job, _ progress: JobProgress) async throws(JobFailure) {
        let proposer = try await JobFailure.telling { () throws(SettlementError) in
            try RoleKey.existing(.proposer, in: fleet.directory(of: rollup.name))
        }
        guard let proposer,
            let factory = rollup.details.addresses["DisputeGameFactoryProxy"].flatMap({ try? Address(hex: $0) })
        else { return }
        let open = try await JobFailure.telling { () throws(SettlementError) in
            try await OpenBonds(of: proposer.address, factory: factory, client: settings.l1)
        }
        if open.isEmpty { return }
        let text = "the proposer's bonds are to come back"
        if text != job.step { try await tell("dissolve.step", text, rollup, progress) }
        await settings.l1.freshen(chainID: settings.l1ChainID)
        _ = try? await fleet.chainID(of: rollup.name, patience: .seconds(10))
        throw .later(settings.watchInterval)
    }

    /// Sends what the rollup's accounts have left back to the account that it came from.
    ///
    /// - Returns: wei.
    func sweep(_ directory: String) async throws(JobFailure) -> UInt256 {
        var total = UInt256.zero
        for role in RoleKey.Role.allCases {
            let amount = try await JobFailure.telling { () throws(SettlementError) in
                guard let key = try RoleKey.existing(role, in: directory) else { return UInt256.zero }
                let sender = TransactionSender(client: settings.l1, signer: .key(key), chainID: settings.l1ChainID)
                let left = try await sender.funds(besidesGas: 21_000)
                guard !left.isZero else { return UInt256.zero }
                try await sender.perform(
                    TransactionRequest(to: settings.signer.address, value: left, gasLimit: 21_000))
                return left
            }
            total = total &+ amount
        }
        return total
    }
}
