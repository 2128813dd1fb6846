import EVM
import Primitives
import StateTransition
import Testing

@Suite struct ChainRuleTests {
    @Test(
        arguments: [
            (0, .frontier), (1_150_000, .homestead), (2_462_999, .homestead), (2_675_000, .spuriousDragon),
            (7_280_000, .petersburg), (12_965_000, .london), (15_537_394, .paris),
        ] as [(UInt64, Revision)])
    func mainnetByNumber(number: UInt64, revision: Revision) {
        #expect(ChainConfiguration.mainnet.revision(number: number, timestamp: 1_600_000_000) == revision)
    }

    @Test(
        arguments: [
            (1_681_338_454, .paris), (1_681_338_455, .shanghai), (1_710_338_135, .cancun), (1_746_612_311, .prague),
            (1_764_798_551, .osaka),
        ] as [(UInt64, Revision)])
    func mainnetByTime(timestamp: UInt64, revision: Revision) {
        #expect(ChainConfiguration.mainnet.revision(number: 17_034_870, timestamp: timestamp) == revision)
    }

    @Test func totalDifficultyBringsParis() {
        let chain = ChainConfiguration(
            chainID: 1, upgrades: [.init(.london, .block(0)), .init(.paris, .totalDifficulty(100))])
        #expect(chain.revision(number: 5, timestamp: 5, parentTotalDifficulty: 99) == .london)
        #expect(chain.revision(number: 5, timestamp: 5, parentTotalDifficulty: 100) == .paris)
    }

    /// The series of the specification, and its ends.
    @Test(arguments: [(0, 1), (2_314_057, 1), (2_314_058, 2), (10 * 1024 * 1024, 23)] as [(UInt64, UInt64)])
    func blobBaseFee(excess: UInt64, fee: UInt64) {
        #expect(BlobParameters.cancun.baseFee(excessBlobGas: excess) == UInt256(fee))
        #expect(BlobParameters.cancun.baseFee(excessBlobGas: .max) == .max)
    }

    @Test func baseFeeFollowsTheGasUsed() {
        let parameters = BaseFeeParameters.ethereum
        let fees = [(10_000_000, 1_000_000_000), (20_000_000, 1_125_000_000), (0, 875_000_000)] as [(UInt64, UInt64)]
        for (gasUsed, expected) in fees {
            let fee = parameters.next(baseFee: 1_000_000_000, gasUsed: gasUsed, gasLimit: 20_000_000)
            #expect(fee == UInt256(expected))
        }
        #expect(parameters.next(baseFee: 7, gasUsed: 10_000_001, gasLimit: 20_000_000) == 8)
        #expect(parameters.next(baseFee: 1_000, gasUsed: 0, gasLimit: 20_000_000, minimum: 900) == 900)
    }

    @Test func extraDataOfRollups() throws {
        let holocene = RollupExtraData(denominator: 250, elasticity: 6)
        #expect(holocene.encoded == [0, 0, 0, 0, 250, 0, 0, 0, 6])
        #expect(RollupExtraData(holocene.encoded, upgrade: .holocene) == holocene)
        #expect(RollupExtraData(holocene.encoded, upgrade: .jovian) == nil)
        let jovian = RollupExtraData(denominator: 250, elasticity: 6, minimumBaseFee: 1 << 40)
        #expect(jovian.encoded.count == 17)
        #expect(RollupExtraData(jovian.encoded, upgrade: .jovian) == jovian)
        #expect(RollupExtraData([0, 0, 0, 0, 0, 0, 0, 0, 6], upgrade: .holocene) == nil)
    }
}
