import Derivation
import EVM
import Foundation
import Layers
import Primitives
import StateTransition
import Testing

@Suite struct RollupGenesisTests {
    private let place = SettlementPlace(
        l1ChainID: 1337, l1: BlockID(number: 7, hash: Hash256(UInt256(77))), l1Time: 1_700_000_000,
        governor: Address(truncating: 1), systemConfig: Address(truncating: 2), portal: Address(truncating: 3),
        messenger: Address(truncating: 4), standardBridge: Address(truncating: 5), erc721Bridge: Address(truncating: 6))

    private var manifest: RollupManifest {
        RollupManifest(name: "arcade", accounts: .init(owner: Address(truncating: 0xA11CE)), l1ChainID: 1337)
    }

    /// The example beside the contracts, whose roots a Python trie computed.
    @Test func hasTheRootsThatTheContractsPageNames() throws {
        struct Example: Decodable {
            var parameters: [String: String]
            var accounts: Int
            var stateRoot: String
            var messagePasserStorageRoot: String
        }
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../contracts/tests/l2/genesis.json")
        let example = try JSONDecoder().decode(Example.self, from: Data(contentsOf: file))
        var parameters: [String: UInt256] = [:]
        for (name, text) in example.parameters {
            let padded = String(repeating: "0", count: 66 - text.count) + text.dropFirst(2)
            parameters[name] = UInt256(try Hash256(hex: padded))
        }
        let state = try PredeployGenesis().state(parameters)
        let empty = MemoryState()
        #expect(state.accounts.count == example.accounts)
        #expect("\(try empty.root(after: state))" == example.stateRoot)
        let messagePasser = try Address(hex: "0x4200000000000000000000000000000000000016")
        #expect("\(try empty.storageRoot(messagePasser, after: state))" == example.messagePasserStorageRoot)
    }

    @Test func refusesToGuessAParameter() throws {
        let genesis = try PredeployGenesis()
        var parameters = Dictionary(uniqueKeysWithValues: genesis.parameterNames.map { ($0, UInt256(1)) })
        #expect(try !genesis.state(parameters).accounts.isEmpty)
        parameters["governor"] = nil
        #expect(throws: PredeployGenesis.Failure.parameterMissing("governor")) { try genesis.state(parameters) }
    }

    @Test func followsFromManifestAndPlaceAlone() throws {
        let genesis = try RollupGenesis(manifest, at: place)
        let again = try RollupGenesis(manifest, at: place)
        #expect(genesis.header == again.header && genesis.rollup == again.rollup)
        #expect(genesis.rollup.genesis.l2.hash == genesis.header.hash)
        #expect(genesis.header.extraData == [1, 0, 0, 0, 250, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0])
        #expect(genesis.header.timestamp == place.l1Time && genesis.header.gasLimit == 60_000_000)
        #expect(genesis.configuration.opStack?.upgrade(timestamp: 0) == .jovian)
        var other = place
        other.messenger = Address(truncating: 99)
        #expect(try RollupGenesis(manifest, at: other).header.stateRoot != genesis.header.stateRoot)
        var richer = manifest
        richer.allocations = [Allocation(address: Address(truncating: 0xFFFF_0001), nonce: 5, code: [1])]
        let rich = try RollupGenesis(richer, at: place)
        #expect(rich.header.stateRoot != genesis.header.stateRoot)
        #expect(rich.state.accounts.last?.record?.nonce == 5)
        var wrong = manifest
        wrong.blockTime = 0
        #expect(throws: RollupGenesis.Failure.self) { try RollupGenesis(wrong, at: place) }
    }

    @Test func writesAndReadsItsFile() throws {
        var changed = manifest
        changed.fees.operatorFeeScalar = 11
        changed.fees.operatorFeeConstant = 12
        changed.fees.minimumBaseFee = 13
        changed.fees.dataFootprintGasScalar = 14
        let rollup = try RollupGenesis(changed, at: place).rollup
        let text = RollupFile(rollup).text
        #expect(text == RollupFile(rollup).text)
        var read = try RollupFile(text: text).configuration
        // Who signs unsafe blocks is no part of the file.
        read.genesis.systemConfig.unsafeBlockSigner = changed.accounts.sequencer
        #expect(read == rollup)
        #expect(text.contains(#""jovian_time" : 0"#) && text.contains(#""batch_inbox_address" : "0x00"#))
    }

    @Test func namesTheContractThatEndsTheRollup() throws {
        var rollup = try RollupGenesis(manifest, at: place).rollup
        #expect(rollup.lifecycleContract == nil && !RollupFile(rollup).text.contains("mayfly"))
        rollup.lifecycleContract = Address(truncating: 0x11FE)
        let text = RollupFile(rollup).text
        #expect(text.contains(#""lifecycle" : "0x00000000000000000000000000000000000011fe""#))
        #expect(try RollupFile(text: text).configuration.lifecycleContract == rollup.lifecycleContract)
        do throws(ManifestError) {
            _ = try RollupFile(text: text.replacing("000011fe", with: "11fe"))
            Issue.record("taken")
        } catch {
            #expect(error.key == "mayfly.lifecycle")
        }
    }

    @Test(arguments: [
        ("{", ""), ("{}", "genesis"), (#"{"genesis":{"l1":{"hash":7}}}"#, "genesis.l1.hash"),
    ])
    func namesWhatIsWrongInAFile(_ text: String, _ key: String) {
        do throws(ManifestError) {
            _ = try RollupFile(text: text)
            Issue.record("taken: \(text)")
        } catch {
            #expect(error.key == key)
        }
    }

    @Test func derivesNoRollupThatHadItsUpgradesLater() throws {
        let text = RollupFile(try RollupGenesis(manifest, at: place).rollup).text
        let later = text.replacing(#""jovian_time" : 0"#, with: #""jovian_time" : 1800000000"#)
        #expect(throws: ManifestError.self) { try RollupFile(text: later) }
        let never = text.replacing(#"  "jovian_time" : 0,\#n"#, with: "")
        #expect(throws: ManifestError.self) { try RollupFile(text: never) }
    }
}
