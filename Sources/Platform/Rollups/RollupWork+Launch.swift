import Cryptography
import EthereumClient
import Foundation
import Layers
import Primitives
import SQLStore
import Settlement
import StateTransition
import Synchronization

extension RollupWork {
    /// How long a new rollup's RPC is waited for.
    private static let firstAnswerTime = Duration.seconds(30)

    /// Accounts, contracts, files, processes; until the rollup's RPC answers.
    func launch(_ rollup: RollupRecord, _ job: Job, _ progress: JobProgress) async throws(JobFailure) {
        // Who had the job before may have sent what is not in a block yet, and would be sent twice.
        if job.claims > 1 {
            try await JobFailure.telling { () throws(SettlementError) in try await sender(progress).waitForAllSent() }
        }
        var manifest = try manifest(rollup)
        // Makes the directory: one of an earlier rollup of that name is not to be mistaken for it.
        do throws(FleetError) { try fleet.prepare(rollup.name, programs(manifest)) } catch { throw JobFailure(error) }
        let directory = fleet.directory(of: rollup.name)
        let keys = try await JobFailure.telling { () throws(SettlementError) in
            try RoleKey.Role.allCases.map { role throws(SettlementError) in try RoleKey.make(role, in: directory) }
        }
        (manifest.accounts.batcher, manifest.accounts.proposer) = (keys[0].address, keys[1].address)
        let waited = Mutex(Duration.zero)
        let launched = try await onL1(rollup, manifest, directory, progress) { time in waited.withLock { $0 += time } }
        // The node needs no money: it answers while its companions' is on its way.
        async let funding = funded(keys.map(\.address), progress)
        try await tell("launch.start", "first answer", rollup, progress)
        do throws(FleetError) { try await fleet.start(rollup.name) } catch { throw JobFailure(error) }
        try await firstAnswer(rollup)
        let contracts = launched.plan.contracts
        var details = rollup.details
        details.registryID = Wei.digits(launched.id)
        details.genesisHash = "\(launched.genesis.header.hash)"
        details.expiresAt = launched.plan.isPermanent ? nil : launched.plan.expiresAt
        details.addresses = [
            "OptimismPortalProxy": contracts.optimismPortal.checksummed,
            "SystemConfigProxy": contracts.systemConfig.checksummed,
            "L1CrossDomainMessengerProxy": contracts.l1CrossDomainMessenger.checksummed,
            "L1StandardBridgeProxy": contracts.l1StandardBridge.checksummed,
            "L1ERC721BridgeProxy": contracts.l1ERC721Bridge.checksummed,
            "AnchorStateRegistryProxy": contracts.anchorStateRegistry.checksummed,
            "DisputeGameFactoryProxy": contracts.disputeGameFactory.checksummed,
            "LifecycleProxy": contracts.lifecycle.checksummed, "ClaimsProxy": contracts.claims.checksummed,
        ]
        details.waitedMilliseconds = Int64(waited.withLock { $0 } / .milliseconds(1))
        let known = details
        try await progress.write { connection throws(SQLStoreError) in
            var known = known
            if known.launchMilliseconds == nil { known.launchMilliseconds = try connection.now() - job.createdAt }
            try RollupTable(connection: connection).update(rollup.name, .active, details: known)
            try JobTable(connection: connection).note(step: "accounts", progress.lease)
            let text = "launched in \(known.launchMilliseconds ?? 0) ms"
            try EventTable(connection: connection).add("launch.answers", text, to: rollup)
        }
        try await funding.get()
        try await progress.write { connection throws(SQLStoreError) in
            try JobTable(connection: connection).finish(progress.lease, .done)
            try EventTable(connection: connection).add("launch.done", "its batcher and proposer can pay", to: rollup)
        }
    }

    func manifest(_ rollup: RollupRecord) throws(JobFailure) -> RollupManifest {
        do throws(ManifestError) {
            return try RollupManifest(
                document: rollup.document, l1ChainID: settings.l1ChainID, owner: settings.signer.address)
        } catch { throw .forGood("the manifest: \(error)") }
    }

    func programs(_ manifest: RollupManifest) -> RollupPrograms {
        let interval = ["--interval", "\(settings.proposalInterval(blockTime: manifest.blockTime))"]
        let pace = settings.isDevelopment ? interval + ["--depth", "safe"] : interval
        return RollupPrograms(
            node: ["--sequence"],
            batcher: ["--da", manifest.dataAvailability.rawValue, "--key-file", RoleKey.path(.batcher)],
            proposer: ["--key-file", RoleKey.path(.proposer)] + pace)
    }

    private func onL1(
        _ rollup: RollupRecord, _ manifest: RollupManifest, _ directory: String, _ progress: JobProgress,
        waited: @escaping @Sendable (Duration) -> Void
    ) async throws(JobFailure) -> Launch.Launched {
        var options = Launch.Options(manifest: manifest, terms: settings.terms, timelock: settings.timelock)
        options.origin = settings.isDevelopment ? .latest : .finalized
        (options.deploysShared, options.refreshesL1) = (settings.deploysShared, settings.isDevelopment)
        var sender = sender(progress)
        sender.waited = waited
        let (steps, stepped) = AsyncStream.makeStream(of: (Launch.Step, Duration).self)
        let launch = Launch(
            options, sender: sender, directory: LaunchDirectory(directory, genesisText: settings.genesisText),
            report: { step, time in stepped.yield((step, time)) })
        let telling = Task { () async -> Void in
            for await (step, time) in steps {
                let milliseconds = Int(time / .milliseconds(1))
                // A step that cannot be noted is no reason not to launch: whoever has the job will.
                try? await tell(
                    "launch.step", step.rawValue, rollup, progress, details: ["milliseconds": "\(milliseconds)"])
            }
        }
        let result: Result<Launch.Launched, SettlementError>
        do throws(SettlementError) {
            try await settings.describeL1(directory)
            result = .success(try await launch.run())
        } catch {
            result = .failure(error)
        }
        stepped.finish()
        await telling.value
        do throws(SettlementError) { return try result.get() } catch { throw JobFailure(error) }
    }

    private func funded(_ accounts: [Address], _ progress: JobProgress) async -> Result<Void, JobFailure> {
        do throws(JobFailure) { return .success(try await fund(accounts, progress)) } catch { return .failure(error) }
    }

    /// Gives the accounts that act for a rollup what they pay with, where they have less than half of it.
    private func fund(_ accounts: [Address], _ progress: JobProgress) async throws(JobFailure) {
        try await JobFailure.telling { () throws(SettlementError) in
            var requests: [TransactionRequest] = []
            for account in accounts {
                let has: UInt256
                do throws(EthereumClientError) { has = try await settings.l1.balance(of: account) } catch {
                    throw SettlementError(error)
                }
                if has < settings.purse / 2 {
                    requests.append(TransactionRequest(to: account, value: settings.purse, gasLimit: 21_000))
                }
            }
            guard !requests.isEmpty else { return }
            try await sender(progress).perform(requests)
        }
    }

    private func firstAnswer(_ rollup: RollupRecord) async throws(JobFailure) {
        let found: UInt64
        do throws(EthereumClientError) {
            found = try await fleet.chainID(of: rollup.name, patience: Self.firstAnswerTime)
        } catch {
            throw Task.isCancelled ? .lost : .again("the rollup's node does not answer: \(error.message)")
        }
        if found != rollup.chainID {
            throw .again("\(fleet.endpoint(of: rollup.name)) is chain \(found), and \(rollup.chainID) was launched")
        }
    }
}
