import EVM
import EthereumRPC
import Primitives
import StateTransition
import Testing

@Suite struct ForkIdentifierTests {
    /// EIP-2124 and EIP-6122, test cases for mainnet.
    static let mainnet: [(number: UInt64, timestamp: UInt64, hash: UInt32)] = [
        (0, 0, 0xFC64_EC04), (1_149_999, 0, 0xFC64_EC04), (1_150_000, 0, 0x97C2_C34C), (1_920_000, 0, 0x91D1_F948),
        (2_463_000, 0, 0x7A64_DA13), (2_675_000, 0, 0x3EDD_5B10), (4_370_000, 0, 0xA00B_C324),
        (7_280_000, 0, 0x668D_B0AF), (9_069_000, 0, 0x879D_6E30), (9_200_000, 0, 0xE029_E991),
        (12_244_000, 0, 0x0EB4_40F6), (12_965_000, 0, 0xB715_077D), (13_773_000, 0, 0x20C3_27FC),
        (15_050_000, 0, 0xF0AF_D0E3), (20_000_000, 1_681_338_455, 0xDCE9_6C2D),
        (30_000_000, 1_710_338_135, 0x9F3D_2254), (30_000_000, 1_746_612_311, 0xC376_CF8B),
    ]

    @Test(arguments: mainnet)
    func isThatOfMainnet(_ number: UInt64, _ timestamp: UInt64, _ hash: UInt32) throws {
        let genesis = try Hash256(hex: "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3")
        var configuration = ChainConfiguration.mainnet
        // The Merge has a number here, and was no fork of the checksum.
        configuration.upgrades.removeAll { $0.revision == .paris }
        let identifier = ForkIdentifier(configuration, genesis: genesis, genesisTime: 0)
        #expect(identifier.hash(number: number, timestamp: timestamp) == hash)
    }
}
