import Blockchain
import EVM
import EthereumRPC
import Foundation
import Primitives
import StateTransition
import Storage
import Testing

@Suite struct GenesisTests {
    private static let folder = ProcessInfo.processInfo.environment["MAYFLY_VECTORS"].map { $0 + "/rpc-compat/tests" }

    private func file(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: try #require(Self.folder) + "/" + name)))
    }

    @Test(.enabled(if: folder != nil, "MAYFLY_VECTORS names no folder of official vectors"))
    func beginsTheOfficialChain() throws {
        let genesis = try Genesis(json: file("genesis.json"))
        let bytes = try file("chain.rlp")
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("mayfly-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let chain = try Chain(
            configuration: genesis.configuration,
            database: ChainDatabase(directory: directory.path, genesis: genesis.genesisBlock))
        var reader = RLPReader(bytes[...])
        while !reader.isAtEnd { try chain.append(try Block(decoding: Array(reader.readItem()))) }
        #expect(chain.database.head.number == 54)
        #expect(try chain.view().revision(of: chain.view().headHeader) == .osaka)
        _ = try chain.database.verify()
    }

    private func read(_ text: String) throws -> Genesis { try Genesis(json: Array(text.utf8)) }

    @Test func readsNumbersInEveryForm() throws {
        let genesis = try read(
            """
            {"config": {"chainId": "0x539", "londonBlock": 0, "terminalTotalDifficulty": 58750000000000000000000,
              "terminalTotalDifficultyPassed": true, "shanghaiTime": "12"},
             "gasLimit": "30000000", "nonce": "0x0000000000000042", "timestamp": 7, "baseFeePerGas": null,
             "alloc": {"00000000000000000000000000000000000000aa": {"balance": "0x00ff", "nonce": 3,
               "storage": {"0x01": "0x2a", "0000000000000000000000000000000000000000000000000000000000000002": "00"}}}}
            """)
        #expect(genesis.configuration.chainID == 1337)
        #expect(genesis.header.nonce == 0x42 && genesis.header.timestamp == 7 && genesis.header.gasLimit == 30_000_000)
        #expect(genesis.state.accounts[0].record?.balance == 255 && genesis.state.accounts[0].record?.nonce == 3)
        #expect(genesis.state.slots.map { $0.value } == [42])
        #expect(try genesis.block.header.baseFee == 1_000_000_000)
        #expect(genesis.revision == .london)
    }

    @Test(arguments: [
        ("[]", ""), ("{\"gasLimit\": 1}", "config"), ("{\"config\": {}, \"gasLimit\": 1}", "config.chainId"),
        ("{\"config\": {\"chainId\": 1}}", "gasLimit"), ("{\"config\": {\"chainId\": \"x\"}}", "config.chainId"),
        ("{\"config\": {\"chainId\": 1, \"bpo1Time\": 3}, \"gasLimit\": 1}", "config.blobSchedule.bpo1"),
        ("{\"config\": {\"chainId\": 1, \"moonTime\": 3}, \"gasLimit\": 1}", "config.moonTime"),
        ("{\"config\": {\"chainId\": 1}, \"gasLimit\": 1, \"alloc\": {\"0x12\": {}}}", "alloc.0x12"),
        ("{\"config\": {\"chainId\": 1}, \"gasLimit\": 1, \"alloc\": ", "alloc"),
        (#"{"config": {"chainId": 1, "berlinBlock": 9, "londonBlock": 0}, "gasLimit": 1}"#, "config.londonBlock"),
        (#"{"config": {"chainId": 1, "shanghaiTime": 10, "cancunTime": 5}, "gasLimit": 1}"#, "config.cancunTime"),
        (
            #"{"config": {"chainId": 1, "optimism": {}, "fjordTime": 10, "graniteTime": 5}, "gasLimit": 1}"#,
            "config.graniteTime"
        ),
    ])
    func saysWhereAFileIsWrong(text: String, key: String) throws {
        let error = #expect(throws: GenesisError.self) { try read(text) }
        #expect(error?.key == key)
    }
}
