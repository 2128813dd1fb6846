import Blockchain
import Derivation
import DevL1
import EthereumClient
import JSONRPC
import Layers
import NIOCore
import StateTransition
import Testing

@testable import RollupNode

/// When the parameters of L1's blobs change: who derives a rollup knows it without an endpoint's word, or says that he does not.
@Suite struct L1BlobScheduleTests {
    private typealias Upgrade = ChainConfiguration.BlobUpgrade

    private func schedule(_ file: String, chainID: UInt64 = 99) throws -> L1BlobSchedule {
        try L1BlobSchedule(file: Array(file.utf8), chainID: chainID)
    }

    @Test func isKnownForTheUsualChains() throws {
        #expect(L1BlobSchedule.known(chainID: 1)?.upgrades == ChainConfiguration.mainnet.blobUpgrades)
        let embedded = DevelopmentGenesis(chainID: 1_337, gasLimit: 30_000_000, timestamp: 1, accounts: []).genesis
        #expect(L1BlobSchedule.known(chainID: 1_337)?.upgrades == embedded.configuration.blobUpgrades)
        for chainID in [11_155_111, 560_048] as [UInt64] {
            #expect(L1BlobSchedule.known(chainID: chainID)?.parameters(at: 1_767_747_671) == .bpo2)
        }
        #expect(L1BlobSchedule.known(chainID: 99) == nil)
        #expect(L1BlobSchedule([]) == nil)
        #expect(
            L1BlobSchedule([.init(timestamp: 5, parameters: .prague), .init(timestamp: 5, parameters: .bpo1)]) == nil)
    }

    @Test func isReadFromAChainConfiguration() throws {
        let config = """
            {"chainId": 99, "homesteadBlock": 0, "terminalTotalDifficulty": 0, "cancunTime": 0, "pragueTime": 0,
             "bpo1Time": 70, "bpo2Time": null, "depositContractAddress": "0x00000000219ab540356cBB839Cbe05303d7705Fa",
             "blobSchedule": {"cancun": {"target": 3, "max": 6, "baseFeeUpdateFraction": 3338477},
              "prague": {"target": 6, "max": 9, "baseFeeUpdateFraction": 5007716},
              "bpo1": {"target": 10, "max": 15, "baseFeeUpdateFraction": 8346193},
              "bpo2": {"target": 14, "max": 21, "baseFeeUpdateFraction": 11684671}}}
            """
        let expected: [Upgrade] = [
            .init(timestamp: 0, parameters: .prague), .init(timestamp: 70, parameters: .bpo1),
        ]
        #expect(try schedule(config).upgrades == expected)
        #expect(try schedule("{\"alloc\": {}, \"config\": \(config), \"nonce\": \"0x0\"}").upgrades == expected)
        #expect(throws: ManifestError.self) { try schedule(config, chainID: 98) }
    }

    @Test(
        arguments: [
            "", "[]", "{}", "{\"chainId\": 99", "{\"chainId\": 99}", "{\"chainId\": \"99\"}",
            "{\"chainId\": 99, \"blobSchedule\": {\"prague\": {\"target\": 6, \"max\": 9, \"baseFeeUpdateFraction\": 5}}}",
            "{\"chainId\": 99, \"pragueTime\": 0, \"blobSchedule\": {\"prague\": {\"target\": 6, \"max\": 9}}}",
        ])
    func isRefusedWhereSomethingIsMissing(_ file: String) {
        #expect(throws: ManifestError.self) { try schedule(file) }
    }

    @Test func isTheSameWhenItIsReadAgain() throws {
        let odd = BlobParameters(target: 1, maximum: 2, baseFeeUpdateFraction: 77)
        let other = BlobParameters(target: 4, maximum: 5, baseFeeUpdateFraction: 78)
        for upgrades in [
            [.init(timestamp: 0, parameters: .bpo2)], ChainConfiguration.mainnet.blobUpgrades,
            [.init(timestamp: 1, parameters: odd), .init(timestamp: 9, parameters: .cancun)],
            [
                .init(timestamp: 1, parameters: odd), .init(timestamp: 2, parameters: other),
                .init(timestamp: 3, parameters: odd), .init(timestamp: 4, parameters: .prague),
                .init(timestamp: 5, parameters: .prague),
            ],
        ] as [[Upgrade]] {
            let schedule = try #require(L1BlobSchedule(upgrades))
            #expect(try self.schedule(schedule.file(chainID: 99)) == schedule)
        }
    }

    // MARK: Against what endpoints tell

    @Test func isComparedWithWhatL1Tells() async throws {
        let rollup = try await RollupOnL1()
        let client = try EthereumClient([try Endpoint(rollup.served.url)])
        var configuration = rollup.configuration
        #expect(try await client.completed(configuration).l1BlobUpgrades == configuration.l1BlobUpgrades)
        configuration.l1BlobUpgrades = []
        #expect(try await client.completed(configuration).l1BlobUpgrades == rollup.configuration.l1BlobUpgrades)
        // Its file says otherwise than L1.
        configuration.l1BlobUpgrades = [.init(timestamp: 0, parameters: .prague)]
        try await refuses(client, configuration, "other parameters of blobs")
        // It begins before there are blobs.
        configuration.l1BlobUpgrades = [.init(timestamp: .max, parameters: .prague)]
        try await refuses(client, configuration, "begins before")
        // An L1 of which nobody here knows.
        configuration.l1BlobUpgrades = []
        configuration.l1ChainID = 99
        try await refuses(client, configuration, L1BlobSchedule.fileName)
        #expect(try await client.blobSchedule(chainID: 99).upgrades == rollup.configuration.l1BlobUpgrades)
        await client.close()
        await rollup.stop()
    }

    private func refuses(
        _ client: EthereumClient, _ configuration: RollupConfiguration, _ words: String
    ) async throws {
        let error = await #expect(throws: LayerError.self) { try await client.completed(configuration) }
        #expect(error?.severity == .fatal && error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test func oneEndpointAloneIsNotBelieved() async throws {
        let rollup = try await RollupOnL1()
        var lying = Methods()
        lying.add("eth_config") { _, json throws(RPCError) in
            json.raw(
                ByteBuffer(
                    string: """
                        {"current": {"activationTime": 0, "blobSchedule":
                        {"target": 1, "max": 2, "baseFeeUpdateFraction": 9}}, "next": null, "last": null}
                        """))
        }
        let liar = try await ServedAnswers(lying)
        let silent = try await ServedAnswers(Methods())
        let schedule = try #require(L1BlobSchedule(rollup.configuration.l1BlobUpgrades))
        for (urls, isContradicted) in [
            ([liar.url, rollup.served.url], false), ([liar.url, silent.url], true), ([silent.url], false),
        ] {
            let client = try EthereumClient(try urls.map { try Endpoint($0) })
            let found = await client.contradiction(to: schedule)
            #expect((found != nil) == isContradicted)
            await client.close()
        }
        await liar.stop()
        await silent.stop()
        await rollup.stop()
    }

    @Test func aChangeThatIsNotKnownEndsTheNodeInTime() async throws {
        let rollup = try await RollupOnL1()
        let client = try EthereumClient([try Endpoint(rollup.served.url)])
        let source = L1Source(EthereumSettlement(client))
        try await source.refresh()
        let watch = BlobScheduleWatch(client, chainID: 1_337)
        let schedule = try #require(L1BlobSchedule([.init(timestamp: 0, parameters: .prague)]))
        await #expect(throws: DerivationFailure.self) { try await watch.run(schedule, source) { _ in } }
        await source.close()
        await rollup.stop()
    }
}
