import Derivation
import EVM
import Primitives
import StateTransition
import Testing

/// Attributes that derivation gives make blocks, from which it reads back what it needs.
@Suite struct DerivedBlockTests {
    @Test func attributesMakeBlocks() throws {
        let chain = ChainConfiguration.rollup(
            chainID: testConfiguration.l2ChainID,
            opStack: OPStackConfiguration(activations: [.init(.jovian, 0)]))
        let genesis = BlockHeader(
            gasLimit: 30_000_000, timestamp: 1_000,
            extraData: RollupExtraData(denominator: 250, elasticity: 6, minimumBaseFee: 0).encoded, baseFee: 100,
            withdrawalsRoot: EmptyHash.trieRoot, blobGasUsed: 0, excessBlobGas: 0, parentBeaconBlockRoot: Hash256(),
            requestsHash: EmptyHash.requests)
        var model = RollupModel()
        model.configuration.genesis.l2.hash = genesis.hash
        for _ in 0..<12 { model.addL1() }
        let configuration = model.configuration
        let state = MemoryState()
        var pipeline = DerivationPipeline(configuration, DerivationStart(genesis: configuration.genesis))
        var parent = genesis
        #expect(
            configuration.reference(header: genesis, hash: genesis.hash, firstTransaction: nil)
                == configuration.genesis.reference)
        var made = 0
        while true {
            switch try pipeline.step() {
            case .needsL1Block(let number, _):
                guard number - 100 < UInt64(model.l1.count) else {
                    #expect(made == 17)
                    return
                }
                try pipeline.provide(model.l1[Int(number - 100)])
            case .attributes(let derived):
                let built = try RollupBlockBuilder(chain: chain).build(
                    derived.attributes.rollupAttributes, on: parent, source: state)
                state.apply(built.outcome.stateDiff)
                let own = BaseFeeParameters(elasticity: 6, denominator: 250)
                let parentHash = parent.hash
                func mismatch(_ change: (inout Block) -> Void = { _ in }) -> PayloadAttributes.Mismatch? {
                    var block = built.block
                    change(&block)
                    return derived.attributes.mismatch(with: block, after: parentHash, ownParameters: own)
                }
                #expect(mismatch() == nil)
                #expect(mismatch { $0.header.parentHash = Hash256() } == .parent)
                #expect(mismatch { $0.header.timestamp += 1 } == .timestamp)
                #expect(mismatch { $0.header.mixHash = Hash256() } == .randomness)
                #expect(mismatch { $0.header.coinbase = Address() } == .feeRecipient)
                #expect(mismatch { $0.header.gasLimit += 1 } == .gasLimit)
                #expect(mismatch { $0.header.parentBeaconBlockRoot = nil } == .parentBeaconBlockRoot)
                #expect(mismatch { $0.header.extraData[4] ^= 1 } == .baseFeeParameters)
                #expect(mismatch { $0.header.extraData[16] ^= 1 } == .baseFeeParameters)
                #expect(mismatch { $0.withdrawals = nil } == .withdrawals)
                #expect(mismatch { $0.transactions = [] } == .transactions)
                #expect(mismatch { $0.transactions[0].gasLimit += 1 } == .transactions)
                parent = built.block.header
                #expect(built.outcome.receipts[0].outcome == .status(true))
                let first = built.block.transactions.first
                let reference = configuration.reference(header: parent, hash: parent.hash, firstTransaction: first)
                try pipeline.accept(try #require(reference))
                var expected = pipeline.systemConfig
                // Blocks say what the chain's own parameters and defaults are.
                expected.eip1559Denominator = 250
                expected.eip1559Elasticity = 6
                expected.footprintGasScalar = 400
                #expect(configuration.systemConfig(header: parent, firstTransaction: first) == expected)
                made += 1
            default:
                Issue.record("nothing else is needed")
                return
            }
        }
    }
}
