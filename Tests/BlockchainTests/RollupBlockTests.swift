import Blockchain
import EVM
import Primitives
import Sequencing
import StateTransition
import Storage
import Testing

/// A rollup under Jovian's rules whose state says what data cost.
private final class TestRollup {
    private let directory = TemporaryDirectory()
    let chain: Chain
    static let account = TestAccount(1)
    static let poor = TestAccount(2)
    private static let l1Block = Address(truncating: UInt256(limbs: 0x15, 0, 0x4200_0000, 0))

    /// - Parameter footprintScalar: gas a byte.
    init(footprintScalar: UInt64 = 400) throws {
        var configuration = ChainConfiguration.always(.prague, chainID: 1337)
        configuration.opStack = OPStackConfiguration(activations: [.init(.jovian, 0)])
        var state = StateDiff()
        let ether: UInt256 = 1_000_000_000_000_000_000
        for (account, balance) in [(Self.account, UInt256(1_000) &* ether), (Self.poor, Self.poorBalance)] {
            state.accounts.append(.init(address: account.address, record: AccountRecord(balance: balance)))
        }
        // 20 gwei a gas of L1 and a scalar of a million; an operator fee of 1,000 wei.
        state.slots = [
            .init(key: 1, value: 20_000_000_000), .init(key: 3, value: UInt256(limbs: 0, 1_000_000 << 32, 0, 0)),
            .init(key: 7, value: 1), .init(key: 8, value: UInt256(limbs: 1_000, footprintScalar << 32, 0, 0)),
        ]
        state.accounts.append(
            .init(address: Self.l1Block, record: AccountRecord(nonce: 1), slots: 0..<state.slots.count))
        let extra = RollupExtraData(denominator: 250, elasticity: 6, minimumBaseFee: 0).encoded
        let genesis = Genesis(
            configuration: configuration,
            header: BlockHeader(gasLimit: 30_000_000, timestamp: 1_000, extraData: extra, baseFee: 1_000_000),
            state: state)
        chain = try Chain(
            configuration: configuration,
            database: ChainDatabase(directory: directory.path, genesis: genesis.genesisBlock))
    }

    /// What a transfer costs without what a rollup adds.
    static var poorBalance: UInt256 { UInt256(21_000) &* 100_000_000_000 &+ 1 }

    /// Attributes with the deposit that every block begins with.
    func attributes() throws -> BlockAttributes {
        let parent = try chain.view().headHeader
        var attributes = BlockAttributes(
            timestamp: parent.timestamp + 2, randomness: Hash256(), feeRecipient: Address(truncating: 0xFEE),
            withdrawals: [], parentBeaconBlockRoot: Hash256(), gasLimit: 30_000_000)
        attributes.baseFeeParameters = [0, 0, 0, 250, 0, 0, 0, 6]
        attributes.minimumBaseFee = 0
        attributes.transactions = [
            Transaction(
                kind: .deposit, gasLimit: 1_000_000, to: Self.l1Block,
                input: [0x3D, 0xB6, 0xBE, 0x2B] + [UInt8](repeating: 0, count: 174),
                deposit: Deposit(
                    sourceHash: Hash256(UInt256(parent.number)), from: Address(truncating: 0xDEAD)))
        ]
        return attributes
    }
}

@Suite struct RollupBlockTests {
    private let recipient = Address(truncating: 0xBEEF)

    @Test(arguments: [false, true]) func holdsToTheLimitsOfData(_ isOpen: Bool) throws {
        let rollup = try TestRollup()
        let chain = rollup.chain
        // A hundred bytes each, as the estimate goes, and one of about a thousand.
        for nonce in 0..<20 as Range<UInt64> {
            _ = try chain.pool.submit(TestRollup.account.transfer(nonce, to: recipient).encoded)
        }
        var dice = SystemRandomNumberGenerator()
        let noise = (0..<1_200).map { _ in UInt8.random(in: 0...255, using: &dice) }
        let large = TestRollup.account.signed(20, to: recipient, input: noise, gasLimit: 100_000)
        _ = try chain.pool.submit(large.encoded)
        _ = try chain.pool.submit(TestRollup.account.transfer(21, to: recipient).encoded)
        func counts(_ limits: DataLimits) throws -> Int {
            chain.dataLimits = limits
            guard isOpen else {
                return try #require(try chain.produce(rollup.attributes())).sealed.block.transactions.count
            }
            let open = try chain.open(try rollup.attributes())
            while try chain.extend(open, SubBlockLimits(count: 2)) != nil {}
            return try chain.seal(open).sealed.block.transactions.count
        }
        // The deposit, whatever the limits are.
        #expect(try counts(DataLimits(transaction: 99)) == 1)
        #expect(try counts(DataLimits(block: 0)) == 1)
        #expect(try counts(DataLimits(block: 350)) == 4)
        #expect(try counts(DataLimits(transaction: 100, block: 799)) == 8)
        // Nothing of the account comes before the large one.
        #expect(try counts(DataLimits(transaction: 500)) == 11)
        #expect(try counts(DataLimits(transaction: 500)) == 1)
        #expect(try counts(DataLimits(block: 500)) == 1)
        #expect(try counts(DataLimits()) == 3)
        #expect(chain.pool.withPool { $0.count } == 0)
    }

    @Test func isMadeInSubBlocks() throws {
        let rollup = try TestRollup()
        let verifier = try TestRollup()
        for block in 0..<3 as Range<UInt64> {
            for nonce in block * 10..<block * 10 + 10 {
                _ = try rollup.chain.pool.submit(TestRollup.account.transfer(nonce, to: recipient).encoded)
            }
            let open = try rollup.chain.open(try rollup.attributes())
            #expect(open.subBlocks[0].transactions.map { $0.kind } == [.deposit])
            while try rollup.chain.extend(open, SubBlockLimits(count: 3)) != nil {}
            #expect(open.subBlocks.count == 5)
            let view = try rollup.chain.view()
            let pending = try #require(try view.reference(.pending))
            #expect(pending.number == block + 1)
            #expect(try view.state(pending).account(recipient)?.balance == UInt256(10 * (block + 1)))
            let sealed = try rollup.chain.seal(open).sealed
            #expect(sealed.block.transactions.count == 11)
            try verifier.chain.append(sealed.block)
        }
        #expect(verifier.chain.database.head == rollup.chain.database.head)
    }

    @Test func refusesWhoCannotPayForTheirData() throws {
        let rollup = try TestRollup()
        let transfer = TestRollup.poor.transfer(0, to: recipient)
        let error = #expect(throws: SubmissionError.self) { try rollup.chain.pool.submit(transfer.encoded) }
        #expect(
            error?.message.hasPrefix("insufficient funds for gas * price + value: balance 2100000000000001") == true)
        // With what the data cost it is taken, and no wei less.
        let head = rollup.chain.pool.withPool { $0.head }
        let cost = try #require(head.rollup).cost(of: transfer, encoded: transfer.encoded)
        #expect(cost > 1_000)
        var attributes = try rollup.attributes()
        attributes.transactions.append(TestRollup.account.transfer(0, to: TestRollup.poor.address, value: cost &- 1))
        _ = try rollup.chain.produce(attributes)
        #expect(throws: SubmissionError.self) { try rollup.chain.pool.submit(transfer.encoded) }
        attributes = try rollup.attributes()
        attributes.transactions.append(TestRollup.account.transfer(1, to: TestRollup.poor.address, value: 1))
        _ = try rollup.chain.produce(attributes)
        _ = try rollup.chain.pool.submit(transfer.encoded)
        let block = try rollup.chain.open(try rollup.attributes())
        #expect(try rollup.chain.extend(block)?.hashes.count == 1)
    }

    @Test func refusesBlobs() throws {
        let rollup = try TestRollup()
        var blob = TestRollup.account.transfer(0, to: recipient)
        blob.kind = .blob
        blob.maxFeePerBlobGas = 1
        blob.blobHashes = [Hash256(UInt256(limbs: 0, 0, 0, 1 << 56))]
        let error = #expect(throws: SubmissionError.self) { try rollup.chain.pool.submit(blob.encoded) }
        #expect(error?.message == "transaction type not supported: tx type 3 not supported by this pool")
    }

    @Test func keepsToTheDataFootprint() throws {
        // A transfer counts as a hundred bytes at least: four of them fit 30 million gas.
        let rollup = try TestRollup(footprintScalar: 60_000)
        for nonce in 0..<8 as Range<UInt64> {
            _ = try rollup.chain.pool.submit(TestRollup.account.transfer(nonce, to: recipient).encoded)
        }
        let block = try rollup.chain.open(try rollup.attributes())
        #expect(try rollup.chain.extend(block, SubBlockLimits(dataFootprint: 1))?.hashes.count == 1)
        #expect(try rollup.chain.extend(block, SubBlockLimits(dataFootprint: 1)) == nil)
        let count = try #require(try rollup.chain.extend(block)).hashes.count
        #expect(count > 0 && count < 5)
        #expect(try rollup.chain.extend(block) == nil)
        #expect(rollup.chain.pool.withPool { $0.status.pending } == 7 - count)
        let sealed = try rollup.chain.seal(block).sealed
        #expect(sealed.header.blobGasUsed.map { $0 > 0 && $0 <= 30_000_000 } == true)
        try TestRollup(footprintScalar: 60_000).chain.append(sealed.block)
    }
}
