import Foundation
import Layers
import Primitives
import Testing

@Suite struct ManifestReadingTests {
    private let owner = Address(truncating: 0xA11CE)

    private func read(_ document: String) throws(ManifestError) -> RollupManifest {
        try RollupManifest(document: document, l1ChainID: 1337, owner: owner)
    }

    @Test func needsNoMoreThanAName() throws {
        let manifest = try read("name: arcade")
        #expect(manifest == RollupManifest(name: "arcade", accounts: .init(owner: owner), l1ChainID: 1337))
        #expect(manifest.accounts.batcher == owner && manifest.lifetime == .permanent)
        #expect(RollupManifest.Bounds.chainID.contains(manifest.chainID))
        // Another name, or another L1, is another chain.
        #expect(try read("name: arcade2").chainID != manifest.chainID)
        #expect(RollupManifest.chainID(name: "arcade", l1ChainID: 1) != manifest.chainID)
    }

    private let whole = """
        name: mint-night
        chain-id: 90_210
        layers:
          execution: evm
          data-availability: alt-da
          security: restaked
          sequencing: standby
        gas-token: alt
        lifetime: {duration: 2h}
        block-time: 1
        sub-block-time: 50
        gas-limit: 120_000_000
        sequencing-window: 100
        accounts:
          owner: 0x00000000000000000000000000000000000000aa
          batcher: 0x00000000000000000000000000000000000000bb
          sequencer: 0x00000000000000000000000000000000000000cc
          proposer: 0x00000000000000000000000000000000000000dd
          fee-recipient: 0x00000000000000000000000000000000000000ee
        fees: {base-fee-denominator: 50, base-fee-elasticity: 10, minimum-base-fee: 7, base-fee-scalar: 1,
               blob-base-fee-scalar: 2, operator-fee-scalar: 3, operator-fee-constant: 4, data-footprint-gas-scalar: 5}
        allocations:
          0x00000000000000000000000000000000ffff0002: {nonce: 7}
          0x00000000000000000000000000000000ffff0001:
            nonce: 1
            code: 0x6001
            storage: {0x2: 3, 1: 0x10}
        """

    @Test func readsEverything() throws {
        let manifest = try read(whole)
        #expect(manifest.chainID == 90_210)
        #expect(manifest.dataAvailability == .altDA && manifest.security == .restaked)
        #expect(manifest.sequencing == .standby && manifest.gasToken == .alt && manifest.execution == .evm)
        #expect(manifest.lifetime == .duration(7_200))
        #expect(manifest.blockTime == 1 && manifest.subBlockTime == 50 && manifest.gasLimit == 120_000_000)
        #expect(manifest.sequencingWindow == 100)
        #expect(manifest.accounts.feeRecipient == Address(truncating: 0xEE))
        #expect(manifest.fees.baseFeeDenominator == 50 && manifest.fees.dataFootprintGasScalar == 5)
        #expect(manifest.allocations.map { $0.nonce } == [1, 7])
        #expect(manifest.allocations[0].code == [0x60, 1])
        #expect(manifest.allocations[0].storage == [.init(key: 1, value: 16), .init(key: 2, value: 3)])
    }

    @Test func readsJSON() throws {
        let json = #"{"name": "arcade", "lifetime": {"until": "2030-01-01T00:00:00Z"}, "block-time": 1}"#
        #expect(try read(json).lifetime == .until(1_893_456_000))
        #expect(try read(json).ending == .init())
        let ending = try read(
            "name: a\nlifetime: {duration: 10m, drain-blocks: 7, idle-blocks: 9, budget: {wei: '50', wei-per-second: 2}}"
        ).ending
        #expect(ending.drainBlocks == 7 && ending.idleBlocks == 9)
        #expect(ending.budget == .init(wei: 50, weiPerSecond: 2))
    }

    @Test(
        arguments: [
            ("", "", nil), ("name: [", "", 2), ("- a", "", 1), ("nam: arcade", "nam", 1),
            ("name: Arcade", "name", 1), ("name: -a", "name", 1), ("name: a-", "name", 1), ("chain-id: 1", "name", nil),
            ("name: a\nchain-id: 0", "chain-id", 2), ("name: a\nchain-id: 0x10", "chain-id", 2),
            ("name: a\nchain-id: 9007199254740992", "chain-id", 2), ("name: a\nblock-time: 0", "block-time", 2),
            ("name: a\nblock-time: -1", "block-time", 2), ("name: a\n\nsub-block-time: 5", "sub-block-time", 3),
            ("name: a\ngas-limit: 99999999999999999999", "gas-limit", 2), ("name: a\ngas-limit: 1000", "gas-limit", 2),
            ("name: a\nlayers:\n  security: none", "layers.security", 3),
            ("name: a\nlayers:\n  settlement: x", "layers.settlement", 3), ("name: a\nlayers: evm", "layers", 2),
            ("name: a\nlifetime: short", "lifetime", 2), ("name: a\nlifetime: {duration: 2}", "lifetime.duration", 2),
            ("name: a\nlifetime: {duration: 1s}", "lifetime.duration", 2),
            ("name: a\nlifetime: {duration: 99999999999999999999d}", "lifetime.duration", 2),
            ("name: a\nlifetime: {duration: 1h, drain-blocks: 0}", "lifetime.drain-blocks", 2),
            ("name: a\nlifetime: {duration: 1h, drain-blocks: 100801}", "lifetime.drain-blocks", 2),
            ("name: a\nlifetime: {duration: 1h, budget: {wei: 5}}", "lifetime.budget", 2),
            (
                "name: a\nlifetime: {duration: 1h, budget: {wei: 5, wei-per-second: 0}}",
                "lifetime.budget.wei-per-second", 2
            ),
            ("name: a\nlifetime: {duration: 1h, budget: {wei: 5, wei-per-second: 6}}", "lifetime.budget.wei", 2),
            ("name: a\nlifetime: {drain-blocks: 5}", "lifetime", 2),
            ("name: a\nlifetime: {until: soon}", "lifetime.until", 2), ("name: a\nlifetime: {}", "lifetime", 2),
            ("name: a\naccounts: {owner: 0x12}", "accounts.owner", 2),
            ("name: a\naccounts: {batcher: '0x0000000000000000000000000000000000000000'}", "accounts.batcher", 2),
            ("name: a\ngas-token: none\nfees: {minimum-base-fee: 1}", "fees.minimum-base-fee", 3),
            ("name: a\nfees: {base-fee-elasticity: 0}", "fees.base-fee-elasticity", 2),
            ("name: a\nfees: {base-fee-elasticity: 1001}", "fees.base-fee-elasticity", 2),
            (
                "name: a\nallocations: {0x00000000000000000000000000000000ffff0001: {balance: 1}}",
                "allocations.0x00000000000000000000000000000000ffff0001.balance", 2
            ),
            ("name: a\nfees: {base-fee-scalar: 4294967296}", "fees.base-fee-scalar", 2),
            ("name: a\nname: b", "", 1),
            (
                "name: a\nallocations: {0x4200000000000000000000000000000000000006: {nonce: 1}}",
                "allocations.0x4200000000000000000000000000000000000006", 2
            ),
            (
                "name: a\nallocations: {0x0000000000000000000000000000000000000001: {nonce: 1}}",
                "allocations.0x0000000000000000000000000000000000000001", 2
            ),
            (
                "name: a\nallocations: {0x00000000000000000000000000000000ffff0001: {storage: {1: 0}}}",
                "allocations.0x00000000000000000000000000000000ffff0001", 2
            ),
        ] as [(String, String, Int?)])
    func namesWhatIsWrong(_ document: String, _ key: String, _ line: Int?) {
        do throws(ManifestError) {
            _ = try read(document)
            Issue.record("taken: \(document)")
        } catch {
            #expect(error.key == key)
            #expect(error.line == line)
            #expect(!error.rule.isEmpty)
        }
    }

    /// The published schema knows the keys that are read, and what it gives as examples can be read.
    @Test func isWhatTheSchemaSays() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/rollup.schema.json")
        let schema = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        let properties = try #require(schema["properties"] as? [String: Any])
        for section in ["", "layers", "accounts", "fees"] {
            let known =
                section.isEmpty ? properties : (properties[section] as? [String: Any])?["properties"] as? [String: Any]
            let document = section.isEmpty ? "name: a\nother: 1" : "name: a\n\(section): {other: 1}"
            do throws(ManifestError) {
                _ = try read(document)
                Issue.record("taken: \(document)")
            } catch {
                let keys = error.rule.split(separator: ": ").last?.split(separator: ", ").map(String.init) ?? []
                #expect(Set(keys) == Set(known?.keys.map { $0 } ?? []))
            }
        }
        for example in try #require(schema["examples"] as? [Any]) {
            let text = String(decoding: try JSONSerialization.data(withJSONObject: example), as: UTF8.self)
            _ = try read(text)
        }
    }

    @Test func takesNoEndlessDocument() {
        let document = "name: a\n" + String(repeating: "# comment\n", count: 2_000_000)
        #expect(throws: ManifestError.self) { try read(document) }
    }
}
