import EVM
import Primitives
import StateTransition
import Testing

/// What a transfer pays on a rollup, and what its block says about it, under each upgrade.
@Suite("fees of a rollup") struct RollupFeeTests {
    private static func predeploy(_ number: UInt64) -> Address {
        Address(truncating: UInt256(limbs: number, 0, 0x4200_0000, 0))
    }

    private static let sender = Address(truncating: 1_000)
    private static let genesisBalance: UInt256 = 1_000_000_000_000

    /// L1 base fee 1 gwei with scalar 2, blob base fee 0.01 gwei with scalar 3, operator fee 5 parts in a million (or
    /// times a hundred, from Jovian on) and 17, and 400 gas for a byte of data.
    private static func state() -> MemoryState {
        let state = MemoryState()
        let l1Block = predeploy(0x15)
        state.setAccount(l1Block, AccountRecord(nonce: 1))
        state.setStorage(l1Block, 1, 1_000_000_000)
        state.setStorage(l1Block, 7, 10_000_000)
        state.setStorage(l1Block, 3, UInt256(limbs: 9, 2 << 32 | 3, 0, 0))
        state.setStorage(l1Block, 8, UInt256(limbs: 17, 400 << 32 | 5, 0, 0))
        state.setAccount(predeploy(0x16), AccountRecord(nonce: 1))
        state.setAccount(sender, AccountRecord(balance: genesisBalance))
        return state
    }

    private static func chain(_ upgrade: OptimismRevision) -> ChainConfiguration {
        .rollup(chainID: 10, opStack: OPStackConfiguration(activations: [.init(upgrade, 0)]))
    }

    private static func header(_ gasLimit: UInt64 = 30_000_000) -> BlockHeader {
        BlockHeader(
            coinbase: predeploy(0x11), number: 1, gasLimit: gasLimit, timestamp: 10, baseFee: 7, excessBlobGas: 0)
    }

    private static let transfer = Transaction(
        kind: .dynamicFee, chainID: 10, maxFeePerGas: 100, maxPriorityFeePerGas: 2, gasLimit: 50_000,
        to: Address(truncating: 0x500), value: 11)

    @Test(
        arguments: [
            (OptimismRevision.holocene, 0, 0), (.isthmus, 17, 0), (.jovian, 21_000 * 500 + 17, 40_000),
        ] as [(OptimismRevision, UInt64, UInt64)])
    func arePaidToTheVaults(upgrade: OptimismRevision, operatorFee: UInt64, footprint: UInt64) throws {
        let state = Self.state()
        var block = BlockExecution(header: Self.header(), chain: Self.chain(upgrade), source: state)
        var tracer = NoTracer()
        try block.execute(Self.transfer, sender: Self.sender, tracer: &tracer)
        let outcome = try block.finish(tracer: &tracer)
        state.apply(outcome.stateDiff)
        func balance(_ address: Address) throws -> UInt256 { try state.account(address)?.balance ?? 0 }
        // 100 bytes at least, times 16 · 2 gwei + 3 · 0.01 gwei, over 10⁶.
        let l1Fee: UInt256 = 3_203_000
        #expect(try balance(Self.predeploy(0x1A)) == l1Fee)
        #expect(try balance(Self.predeploy(0x19)) == 147_000)
        #expect(try balance(Self.predeploy(0x11)) == 42_000)
        #expect(try balance(Self.predeploy(0x1B)) == UInt256(operatorFee))
        let paid = 189_000 &+ 11 &+ l1Fee &+ UInt256(operatorFee)
        #expect(try balance(Self.sender) == Self.genesisBalance &- paid)
        #expect(outcome.gasUsed == 21_000)
        #expect(outcome.blobGasUsed == footprint)
    }

    @Test("from Isthmus on the header commits to the message passer's storage and to no requests")
    func commitsToWithdrawals() throws {
        let state = Self.state()
        state.setStorage(Self.predeploy(0x16), 1, 1)
        for upgrade in [OptimismRevision.holocene, .isthmus, .jovian] {
            var block = BlockExecution(header: Self.header(), chain: Self.chain(upgrade), source: state)
            var tracer = NoTracer()
            let outcome = try block.finish(tracer: &tracer)
            let isIsthmus = upgrade >= .isthmus
            let storageRoot = try state.storageRoot(Self.predeploy(0x16), after: StateDiff())
            #expect(storageRoot != EmptyHash.trieRoot)
            #expect(outcome.withdrawalsRoot == (isIsthmus ? storageRoot : EmptyHash.trieRoot))
            #expect(outcome.requestsHash == (isIsthmus ? EmptyHash.requests : nil))
        }
    }

    @Test("from Jovian on the data of a block stays within its gas limit") func limitsTheDataFootprint() throws {
        // Room for the gas of one and a half transfers, but for the data of one only.
        var block = BlockExecution(header: Self.header(79_999), chain: Self.chain(.jovian), source: Self.state())
        var tracer = NoTracer()
        var second = Self.transfer
        second.nonce = 1
        second.gasLimit = 21_000
        try block.execute(Self.transfer, sender: Self.sender, tracer: &tracer)
        do throws(TransactionFailure) {
            try block.execute(second, sender: Self.sender, tracer: &tracer)
            Issue.record("the second transfer fits")
        } catch {
            #expect(error == .invalid(.dataFootprintAboveBlock))
        }
    }

    @Test("the base fee follows the larger of gas and data, and keeps above its minimum") func movesTheBaseFee() {
        let chain = Self.chain(.jovian)
        var parent = Self.header()
        parent.extraData = RollupExtraData(denominator: 250, elasticity: 6, minimumBaseFee: 1_000).encoded
        parent.baseFee = 1_000_000
        parent.gasUsed = 5_000_000
        parent.blobGasUsed = 5_000_000
        #expect(chain.baseFee(after: parent) == 1_000_000)
        parent.blobGasUsed = 30_000_000
        #expect(chain.baseFee(after: parent) == 1_020_000)
        parent.gasUsed = 0
        parent.blobGasUsed = 0
        #expect(chain.baseFee(after: parent) == 996_000)
        parent.baseFee = 1_001
        #expect(chain.baseFee(after: parent) == 1_000)
    }
}
