import Testing

import Conformance

@Suite("OP genesis fixtures")
struct OPGenesisTests {
    private static let genesis = """
        {"alloc": {"0000000000000000000000000000000000000001": {"balance": "0x1", "storage": {"0x01": "0x02"}}},
         "timestamp": "0x1", "gasLimit": "0x1c9c380"}
        """

    private func report(hash: String) throws -> RunReport {
        let files = [
            "genesis/test/chain.json": Self.genesis,
            "configs/test/chain.toml": "[hardforks]\ncanyon_time = 0\n[genesis]\n[genesis.l2]\nhash = \"\(hash)\"\n",
        ]
        return try RunFixture.withFolder(files) { folder in
            try ConformanceRun(kind: .opGenesis, threadCount: 1).run(paths: [folder])
        }
    }

    @Test("another hash than the genesis has is a failure, and the hash it names passes")
    func comparesHashes() throws {
        let wrong = try report(hash: "0x" + String(repeating: "00", count: 32))
        let mismatch = try #require(wrong.failures.first?.mismatch)
        #expect(mismatch.subject == "genesis hash")
        #expect(try report(hash: mismatch.got).passedCount == 1)
    }

    @Test func namesTheMissingPartner() throws {
        try RunFixture.withFolder(["genesis/test/chain.json": Self.genesis]) { folder in
            let report = try ConformanceRun(kind: .opGenesis).run(paths: [folder])
            #expect(report.failures.first?.mismatch.got.contains("configs/test/chain.toml") == true)
        }
    }

    @Test(.enabled(if: Vectors.folder != nil, "set MAYFLY_VECTORS to the folder of unpacked vectors"))
    func passesOfficialVectors() throws {
        try Vectors.expectAllPass(.opGenesis, "opstack/superchain-registry", atLeast: 6)
    }
}
