import Cryptography
import Derivation
import Foundation
import Layers
import Primitives
import StateTransition
import Testing

@Suite struct PreinstallTests {
    private struct RecordedGenesis: Decodable {
        struct Account: Decodable {
            var code: String?
        }
        var alloc: [String: Account]
    }

    private static let registry = ProcessInfo.processInfo.environment["MAYFLY_VECTORS"].map {
        $0 + "/opstack/superchain-registry/genesis"
    }

    /// Byte for byte what chains of the registry began with, each with its own identifier in Permit2.
    @Test(
        .enabled(if: registry != nil, "no official vectors here (set MAYFLY_VECTORS)"),
        arguments: [
            ("mainnet/ink", 57_073, []), ("sepolia/unichain", 1_301, []),
            ("mainnet/worldchain", 480, ["CreateX", "EntryPoint 0.7", "SenderCreator 0.7"]),
        ])
    func areThoseOfOtherChains(_ chain: String, _ chainID: UInt64, _ absent: [String]) throws {
        let file = URL(filePath: "\(Self.registry ?? "")/\(chain).json")
        let recorded = try JSONDecoder().decode(RecordedGenesis.self, from: Data(contentsOf: file))
        var codes: [Address: [UInt8]] = [:]
        for (text, account) in recorded.alloc {
            guard let code = account.code else { continue }
            codes[try Address(hex: text)] = try Hex.decode(code)
        }
        var compared = 0
        for contract in Preinstall.all(chainID: chainID) {
            // Isthmus brought it to these chains after their genesis.
            if contract.name == "HistoryStorage" || absent.contains(contract.name) { continue }
            #expect(codes[contract.address] == contract.code, "\(contract.name)")
            compared += 1
        }
        #expect(compared == 15 - absent.count)
    }

    @Test func isInEveryGenesis() throws {
        let place = SettlementPlace(
            l1ChainID: 1337, l1: BlockID(number: 7, hash: Hash256(UInt256(77))), l1Time: 1_700_000_000,
            governor: Address(truncating: 1), systemConfig: Address(truncating: 2), portal: Address(truncating: 3),
            messenger: Address(truncating: 4), standardBridge: Address(truncating: 5),
            erc721Bridge: Address(truncating: 6))
        var manifest = RollupManifest(
            name: "arcade", accounts: .init(owner: Address(truncating: 0xA11CE)), l1ChainID: 1337)
        let genesis = try RollupGenesis(manifest, at: place)
        var seen: [Address: AccountRecord] = [:]
        for account in genesis.state.accounts {
            #expect(seen.updateValue(try #require(account.record), forKey: account.address) == nil)
        }
        let contracts = Preinstall.all(chainID: manifest.chainID)
        #expect(contracts.count == 16)
        for contract in contracts {
            #expect(seen[contract.address]?.codeHash == Keccak256.hash(contract.code), "\(contract.name)")
            #expect(seen[contract.address]?.nonce == 1)
            #expect(genesis.state.codes.contains { $0.bytes == contract.code })
        }
        for sender in Preinstall.senders { #expect(seen[sender]?.nonce == 1) }
        manifest.allocations = [Allocation(address: contracts[5].address, nonce: 1)]
        #expect(throws: RollupGenesis.Failure.self) { try RollupGenesis(manifest, at: place) }
    }

    @Test func permit2KnowsItsChain() {
        let codes = [1, 2].map { chain in
            Preinstall.all(chainID: chain).first { $0.name == "Permit2" }?.code ?? []
        }
        let different = zip(codes[0], codes[1]).enumerated().filter { $0.element.0 != $0.element.1 }.map { $0.offset }
        #expect(different.allSatisfy { (6_945..<6_977).contains($0) || (6_983..<7_015).contains($0) })
        #expect(different.first == 6_976)
    }
}
