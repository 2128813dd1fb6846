import Blockchain
import Derivation
import DevL1
import EthereumClient
import EthereumRPC
import Foundation
import Layers
import Primitives
@testable import Settlement
import StateTransition
import Synchronization
import Testing

/// Launches on an embedded L1 over HTTP.
@Suite struct LaunchTests {
    @Test func launchesARollupThatItsFilesDescribe() async throws {
        try await SettlementBench.run { bench in
            let launched = try await bench.launch()
            #expect(launched.isNew && launched.id == 0)
            let files = bench.files()
            let text = try String(contentsOfFile: files.path(.rollup), encoding: .utf8)
            let rollup = try RollupFile(text: text).configuration
            #expect(rollup.genesis == launched.genesis.rollup.genesis.withoutSigner)
            let genesis = try Genesis(json: [UInt8](Data(contentsOf: URL(fileURLWithPath: files.path(.genesis)))))
            #expect(try genesis.block.header.hash == rollup.genesis.l2.hash)
            // What the factory says of the addresses, and what the rollup's configuration says on L1.
            let shared = launched.plan.shared
            let predicted = try await bench.client.read(
                RollupFactory.predict(launcher: bench.sender().address, salt: launched.plan.salt),
                from: shared.factory)
            #expect(predicted == launched.plan.contracts)
            #expect(rollup.depositContract == predicted.optimismPortal)
            let config = predicted.systemConfig
            #expect(try await bench.client.read(SystemConfig.l2ChainId(), from: config) == UInt256(rollup.l2ChainID))
            #expect(try await bench.client.read(SystemConfig.batchInbox(), from: config) == rollup.batchInbox)
            #expect(try await bench.client.read(RollupRegistry.owner(), from: shared.registry) == bench.timelock)
            // The launch's own updates of the configuration leave it as the genesis has it.
            let head = try await bench.client.header(.latest)
            var system = launched.genesis.rollup.genesis.systemConfig
            system.apply(try await bench.client.receipts(of: head), contract: config)
            #expect(system == launched.genesis.rollup.genesis.systemConfig)
        }
    }

    @Test func launchesTwiceAndTwiceTheSame() async throws {
        try await SettlementBench.run { bench in
            let first = try await bench.launch()
            let again = try await bench.launch()
            #expect(again.plan == first.plan && !again.isNew && again.id == first.id)
            let other = try await bench.launch("ballroom")
            #expect(other.isNew && other.id == 1 && other.plan.contracts != first.plan.contracts)
            // Another account's rollup of the same name is another rollup.
            let stranger = Launch(
                bench.options(), sender: bench.sender(1),
                directory: LaunchDirectory(bench.directory + "/stranger") { _ in [] })
            let its = try await stranger.run()
            #expect(its.id == 2 && its.plan.contracts != first.plan.contracts)
            // A directory keeps to its launch.
            var changed = bench.options()
            changed.manifest.blockTime = 1
            await #expect(throws: SettlementError.self) {
                try await Launch(changed, sender: bench.sender(), directory: bench.files()).run()
            }
            await #expect(throws: SettlementError.self) {
                try await Launch(bench.options(), sender: bench.sender(1), directory: bench.files()).run()
            }
        }
    }

    private struct Interrupted: Error {}

    /// A launch that dies at the end, the transaction done and no file written; then one whose files are gone but the plan.
    @Test func goesOnWhereItWasInterrupted() async throws {
        try await SettlementBench.run { bench in
            let path = bench.files().path
            let dying = LaunchDirectory(path) { _ in throw Interrupted() }
            await #expect(throws: SettlementError.self) {
                try await Launch(bench.options(), sender: bench.sender(), directory: dying).run()
            }
            #expect(!FileManager.default.fileExists(atPath: bench.files().path(.rollup)))
            let launched = try await bench.launch()
            #expect(!launched.isNew && launched.id == 0)
            for file in [LaunchDirectory.File.rollup, .genesis, .addresses] {
                try FileManager.default.removeItem(atPath: bench.files().path(file))
            }
            #expect(try await bench.launch().plan == launched.plan)
            #expect(FileManager.default.fileExists(atPath: bench.files().path(.rollup)))
        }
    }

    /// A launch that died before its transaction; then one whose L1 block is in the chain no more.
    @Test func followsThePlanThatWasKept() async throws {
        try await SettlementBench.run { bench in
            try await SharedDeployment(SharedAddresses(timelock: bench.timelock), client: bench.client)
                .deploy(by: bench.sender(6))
            let block = try await bench.client.header(.number(3))
            var plan = LaunchPlan(
                manifest: bench.manifest(), terms: .development, l1ChainID: 1337,
                l1: BlockID(number: 3, hash: block.hash), l1Time: block.header.timestamp, timelock: bench.timelock,
                launcher: bench.sender().address)
            #expect(try LaunchPlan(text: plan.text, manifest: plan.manifest) == plan)
            try bench.files().keep(plan)
            let launched = try await bench.launch()
            #expect(launched.isNew && launched.plan == plan)
            plan.manifest.name = "ballroom"
            plan.l1.hash = Hash256(UInt256(7))
            var options = bench.options("ballroom")
            options.manifest = plan.manifest
            try bench.files("ballroom").keep(plan)
            let other = try await Launch(options, sender: bench.sender(), directory: bench.files("ballroom")).run()
            #expect(other.isNew && other.plan.l1 != plan.l1)
            // The registry's record of another genesis is not taken for this one.
            #expect(throws: SettlementError.self) { try LaunchPlan(text: plan.text, manifest: bench.manifest()) }
            #expect(throws: SettlementError.self) { try LaunchPlan(text: "{}", manifest: plan.manifest) }
        }
    }

    @Test func launchesARollupThatEnds() async throws {
        try await SettlementBench.run { bench in
            var options = bench.options()
            options.manifest.lifetime = .duration(3_600)
            options.manifest.ending.drainBlocks = 7
            options.manifest.ending.idleBlocks = 40
            options.manifest.ending.budget = .init(wei: 7_200, weiPerSecond: 1)
            let launched = try await Launch(options, sender: bench.sender(), directory: bench.files()).run()
            let contracts = launched.plan.contracts
            let text = try String(contentsOfFile: bench.files().path(.rollup), encoding: .utf8)
            let rollup = try RollupFile(text: text).configuration
            #expect(rollup.lifecycleContract == contracts.lifecycle && rollup.batchInbox == contracts.batchInbox)
            let client = bench.client
            #expect(try await client.read(SystemConfig.batchInbox(), from: contracts.systemConfig) == rollup.batchInbox)
            #expect(try await client.read(Lifecycle.drainBlocks(), from: contracts.lifecycle) == 7)
            #expect(try await client.read(Lifecycle.idleBlocks(), from: contracts.lifecycle) == 40)
            let expiresAt = try await client.read(Lifecycle.expiresAt(), from: contracts.lifecycle)
            #expect(expiresAt == UInt256(launched.plan.expiresAt))
            let budget = try await client.read(Lifecycle.budget(), from: contracts.lifecycle)
            #expect(try await client.read(TimeBudget.funded(), from: budget) == 7_200)
            #expect(try await client.read(TimeBudget.payee(), from: budget) == options.manifest.accounts.batcher)
            #expect(try await client.read(Lifecycle.due(), from: contracts.lifecycle).0 == false)
            // The same again changes nothing, its time included; another life is another launch.
            let again = try await Launch(options, sender: bench.sender(), directory: bench.files()).run()
            #expect(again.plan == launched.plan && !again.isNew)
            #expect(try await client.read(TimeBudget.funded(), from: budget) == 7_200)
            try await bench.wait(seconds: 3_600)
            #expect(try await client.read(Lifecycle.due(), from: contracts.lifecycle).0)
            #expect(try await Launch(options, sender: bench.sender(), directory: bench.files()).run().id == launched.id)
        }
    }

    /// What the contract would refuse is refused in words.
    @Test func launchesNoRollupThatCannotEnd() async throws {
        try await SettlementBench.run { bench in
            let now = try await bench.client.header(.latest).header.timestamp
            var options = bench.options()
            func refused(_ part: String, _ change: (inout RollupManifest) -> Void) async {
                options = bench.options()
                change(&options.manifest)
                await expectRule(part) { [options] in
                    try await Launch(options, sender: bench.sender(), directory: bench.files()).run()
                }
            }
            await refused("already") { $0.lifetime = .until(now) }
            await refused("ten years") { $0.lifetime = .until(now + 316_000_000) }
            await refused("is not within") { $0.lifetime = .duration(316_000_000) }
            await refused("lifetime.drain-blocks") {
                $0.lifetime = .duration(600)
                $0.ending.drainBlocks = 0
            }
            await refused("lifetime.drain-blocks") {
                $0.lifetime = .duration(600)
                $0.ending.drainBlocks = 100_801
            }
            await refused("a permanent rollup has no") { $0.ending.idleBlocks = 5 }
        }
    }

    /// A launch that died before its transaction, and is repeated when its time is over.
    @Test func aPlanWhoseTimeIsOverIsNotLaunched() async throws {
        try await SettlementBench.run { bench in
            let block = try await bench.client.header(.latest)
            var options = bench.options()
            options.manifest.lifetime = .duration(600)
            options.manifest.ending.budget = .init(wei: 6_000, weiPerSecond: 1)
            let plan = LaunchPlan(
                manifest: options.manifest, terms: .development, l1ChainID: 1337,
                l1: BlockID(number: block.header.number, hash: block.hash), l1Time: block.header.timestamp,
                timelock: bench.timelock, launcher: bench.sender().address,
                expiresAt: block.header.timestamp + 600)
            #expect(try LaunchPlan(text: plan.text, manifest: plan.manifest) == plan)
            try bench.files().keep(plan)
            try await bench.wait(seconds: 700)
            await expectRule("begin again") { [options] in
                try await Launch(options, sender: bench.sender(), directory: bench.files()).run()
            }
        }
    }

    /// Both find that the shared contracts are missing, and deploy them.
    @Test func twoMayLaunchAtOnce() async throws {
        try await SettlementBench.run { bench in
            let launches = [
                Launch(bench.options(), sender: bench.sender(), directory: bench.files()),
                Launch(bench.options("ballroom"), sender: bench.sender(1), directory: bench.files("ballroom")),
            ]
            async let first = launches[0].run()
            async let second = launches[1].run()
            let both = try await [first, second]
            #expect(both.allSatisfy { $0.isNew } && Set(both.map { $0.id.limb0 }) == [0, 1])
        }
    }

    @Test func deploysWhatIsMissingAndNothingElse() async throws {
        try await SettlementBench.run { bench in
            let addresses = SharedAddresses(timelock: bench.timelock)
            let deployment = SharedDeployment(addresses, client: bench.client)
            #expect(try await deployment.missing().count == 14)
            // Somebody comes first with some of them.
            let proxy = TransactionRequest(
                to: SharedAddresses.deployer,
                input: [UInt8](repeating: 0, count: 32) + CreationCode.proxy.bytes, gasLimit: 2_000_000)
            try await bench.sender(5).perform(proxy)
            #expect(try await deployment.missing().count == 13)
            #expect(try await deployment.deploy(by: bench.sender(3)).count == 13)
            #expect(try await deployment.deploy(by: bench.sender(4)).isEmpty)
            let registry = addresses.registry
            #expect(try await bench.client.read(RollupRegistry.owner(), from: registry) == bench.timelock)
            #expect(try await bench.client.read(RollupRegistry.isFactory(addresses.factory), from: registry))
            #expect(try await bench.client.read(RollupFactory.registry(), from: addresses.factory) == registry)
            #expect(
                try await bench.client.read(RollupFactory.implementations(), from: addresses.factory)
                    == addresses.implementations)
            // Nobody else may have a say, whoever deployed.
            await #expect(throws: SettlementError.self) {
                try await bench.sender(3).perform(
                    TransactionRequest(
                        RollupRegistry.setFactory(factory: bench.sender(3).address, allowed: true), to: registry))
            }
        }
    }

    @Test func saysWhatIsMissing() async throws {
        try await SettlementBench.run { bench in
            var options = bench.options()
            options.deploysShared = false
            await expectRule("--deploy-shared") {
                try await Launch(options, sender: bench.sender(), directory: bench.files()).run()
            }
            options = bench.options()
            options.manifest.gasToken = .alt
            await expectRule("gas-token: alt") {
                try await Launch(options, sender: bench.sender(), directory: bench.files()).run()
            }
            let key = try #require(SigningKey(777_777))
            let poor = TransactionSender(client: bench.client, signer: .key(key), chainID: 1337)
            await expectRule("send it some") {
                try await Launch(bench.options(), sender: poor, directory: bench.files()).run()
            }
        }
    }

    private func expectRule(
        _ part: String, _ body: () async throws -> Launch.Launched
    ) async {
        do {
            _ = try await body()
            Issue.record("launched")
        } catch {
            let message = (error as? SettlementError)?.message ?? "\(error)"
            #expect(message.contains(part), "\(message)")
        }
    }

    @Test func tellsWhyATransactionFails() async throws {
        try await SettlementBench.run { bench in
            let launched = try await bench.launch()
            let portal = launched.plan.contracts.optimismPortal
            let call = OptimismPortal.depositTransaction(
                to: portal, value: 0, gasLimit: 1, isCreation: false, data: [])
            await #expect(throws: SettlementError.reverted("OptimismPortal_GasLimitTooLow()")) {
                try await bench.sender().perform(TransactionRequest(call, to: portal))
            }
            var unsure = TransactionRequest(call, to: portal)
            unsure.gasLimit = 500_000
            await #expect(throws: SettlementError.reverted("OptimismPortal_GasLimitTooLow()")) {
                try await bench.sender().perform(unsure)
            }
        }
    }
}

extension RollupConfiguration.Genesis {
    /// Who signs unsafe blocks is no part of the file.
    var withoutSigner: Self {
        var genesis = self
        genesis.systemConfig.unsafeBlockSigner = Address()
        return genesis
    }
}
