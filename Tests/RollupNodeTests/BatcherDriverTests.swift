import Cryptography
import DataAvailability
import Derivation
import DevL1
import EthereumClient
import EthereumRPC
import Foundation
import JSONRPC
import Layers
import Primitives
import Publishing
import RollupNode
import StateTransition
import Testing

/// The batcher on the embedded L1, with a node of the rollup that derives what it publishes.
@Suite(.serialized) struct BatcherDriverTests {
    /// A rollup with a node that is served, and what publishes its blocks.
    private final class Setting {
        let rollup: RollupOnL1
        let node: RollupNode
        let served: ServedAnswers
        let l1: EthereumClient
        let client: EthereumClient
        /// In place of an alt-DA server.
        let kept = MemoryAvailability()
        private let places: [any DataAvailabilityLayer]
        private let directory = NSTemporaryDirectory() + "mayfly-batcher-\(UUID().uuidString)"
        private let following: Task<Void, Never>
        private var work: Task<Void, Never>?
        private(set) var driver: BatcherDriver?

        init() async throws {
            rollup = try await RollupOnL1(sequencingWindow: 100)
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            let endpoint = try Endpoint(rollup.served.url)
            places = [CalldataAvailability(), BlobAvailability(try BeaconClient([endpoint])), kept]
            let node = try RollupNode(
                rollup.chain,
                l1: L1Source(EthereumSettlement(try EthereumClient([endpoint]))), directory: directory,
                data: DataLayers(places))
            self.node = node
            var methods = EthereumMethods.all(
                NodeContext(chain: rollup.chain.chain, settings: RPCSettings(clientVersion: "test")))
            node.addMethods(to: &methods, version: "test")
            served = try await ServedAnswers(methods)
            l1 = try EthereumClient([endpoint])
            client = try EthereumClient([try Endpoint(served.url)])
            following = Task { try? await node.run(every: .milliseconds(20)) { _ in } }
        }

        func start(_ choice: DataChoice, hasServer: Bool = true) {
            var settings = BatcherSettings()
            settings.channelDuration = 1
            settings.resendAfter = 200
            let account = rollup.served.l1.accounts[1]
            let key = account.privateKey
            let driver = BatcherDriver(
                rollup.configuration, choice: choice, settings: settings,
                account: BatcherAccount(
                    address: account.address,
                    sign: { transaction in
                        guard let made = Secp256k1.sign(hash: transaction.signingHash, privateKey: key) else { return }
                        transaction.signature = Signature(v: made.isOdd ? 1 : 0, r: made.r, s: made.s)
                    }), l1: EthereumSettlement(l1), rollup: client,
                data: DataLayers(hasServer ? places : places.filter { $0.choice != .altDA }))
            self.driver = driver
            work = Task { try? await driver.run(every: .milliseconds(20)) { _ in } }
        }

        /// Stops the batcher wherever it is.
        func kill() async {
            work?.cancel()
            await work?.value
            driver = nil
        }

        /// Makes L1 blocks and what they allow, until everything is safe.
        func publishAll() async throws {
            let head = try rollup.chain.head()
            for _ in 0..<100 {
                if node.verifier.status.value?.safe.number ?? 0 >= head.number { return }
                try rollup.growL1(publishing: false)
                try await Task.sleep(for: .milliseconds(200))
            }
            Issue.record("blocks up to \(head.number) did not become safe")
        }

        func grow(_ count: Int) async throws {
            for _ in 0..<count {
                try rollup.growL1(publishing: false)
                try rollup.sequence()
                try await Task.sleep(for: .milliseconds(60))
            }
        }

        func stop() async {
            await kill()
            following.cancel()
            await following.value
            await node.l1.close()
            await l1.close()
            await client.close()
            await served.stop()
            await rollup.stop()
            try? FileManager.default.removeItem(atPath: directory)
        }
    }

    /// A node that knows nothing but L1 comes to the sequencer's chain.
    private func expectDerivable(_ setting: Setting) async throws {
        let verifier = try setting.rollup.node("verifier", places: [setting.kept])
        try await verifier.derive(upTo: .max) { _ in }
        let safe = try #require(setting.node.verifier.status.value?.safe)
        #expect(try verifier.chain.isCanonical(safe.id))
        #expect(try setting.rollup.chain.isCanonical(safe.id))
        await verifier.l1.close()
    }

    @Test(arguments: [DataChoice.calldata, .blobs]) func blocksBecomeSafe(_ choice: DataChoice) async throws {
        let setting = try await Setting()
        setting.start(choice)
        try await setting.grow(10)
        try await setting.publishAll()
        try await expectDerivable(setting)
        let status = try #require(setting.driver?.status.value)
        #expect(status.phase == .running)
        #expect(status.nextNonce > 0)
        await setting.stop()
    }

    @Test func theChoiceChangesAndKillsLoseNothing() async throws {
        let setting = try await Setting()
        for (round, choice) in [DataChoice.calldata, .blobs, .calldata, .blobs].enumerated() {
            setting.start(round % 2 == 0 ? choice : .calldata)
            try setting.driver?.choose(choice)
            try await setting.grow(6)
            await setting.kill()
        }
        setting.start(.calldata)
        try await setting.publishAll()
        try await expectDerivable(setting)
        await setting.stop()
    }

    /// Places change under a chain that goes on: every block is made, becomes safe, and is derived by others.
    @Test func placesOfDataChangeWithoutAMissedBlock() async throws {
        let setting = try await Setting()
        setting.start(.calldata)
        for choice in [DataChoice.calldata, .blobs, .altDA, .blobs] {
            try setting.driver?.choose(choice)
            try await setting.grow(6)
        }
        try await setting.publishAll()
        #expect(setting.kept.count > 0)
        let chain = setting.rollup.chain
        let head = try chain.head()
        let genesis = chain.configuration.genesis
        #expect(head.timestamp - genesis.l2Time == head.number * chain.configuration.blockTime)
        try await expectDerivable(setting)
        await setting.stop()
    }

    @Test func dataGoNowhereThatTheyMayNot() async throws {
        let setting = try await Setting()
        setting.start(.calldata, hasServer: false)
        #expect(throws: BatcherDriver.ChoiceError.noServer) { try setting.driver?.choose(.altDA) }
        await setting.stop()
    }
}
