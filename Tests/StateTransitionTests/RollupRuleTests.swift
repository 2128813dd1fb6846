import EVM
import Primitives
import StateTransition
import Testing

/// Which blocks a rollup has, and what its deposits do.
struct RollupRuleTests {
    private static func chain(_ upgrade: OptimismRevision) -> ChainConfiguration {
        .rollup(chainID: 10, opStack: OPStackConfiguration(activations: [.init(upgrade, 0)]))
    }

    private static func parent(_ upgrade: OptimismRevision) -> BlockHeader {
        let minimum: UInt64? = upgrade >= .jovian ? 0 : nil
        let extraData =
            upgrade >= .holocene
            ? RollupExtraData(denominator: 250, elasticity: 6, minimumBaseFee: minimum).encoded : []
        return BlockHeader(
            stateRoot: EmptyHash.trieRoot, number: 5, gasLimit: 30_000_000, timestamp: 8, extraData: extraData,
            baseFee: 100,
            withdrawalsRoot: EmptyHash.trieRoot, blobGasUsed: 0, excessBlobGas: 0, parentBeaconBlockRoot: Hash256(),
            requestsHash: upgrade >= .isthmus ? EmptyHash.requests : nil)
    }

    private static func attributes(
        _ upgrade: OptimismRevision, timestamp: UInt64 = 10, _ transactions: [Transaction] = []
    ) -> RollupAttributes {
        RollupAttributes(
            timestamp: timestamp, randomness: Hash256(), coinbase: Address(), parentBeaconBlockRoot: Hash256(),
            gasLimit: 30_000_000, baseFeeParameters: upgrade >= .holocene ? [0, 0, 0, 250, 0, 0, 0, 6] : [],
            minimumBaseFee: upgrade >= .jovian ? 0 : nil, transactions: transactions.map(\.encoded))
    }

    private static func deposit(data: [UInt8] = [], isSystemTransaction: Bool = false) -> Transaction {
        Transaction(
            kind: .deposit, gasLimit: 100_000, to: Address(truncating: 0x500), input: data,
            deposit: Deposit(
                sourceHash: Hash256(), from: Address(truncating: 0x700), mint: 5,
                isSystemTransaction: isSystemTransaction))
    }

    private func error(_ attributes: RollupAttributes, _ upgrade: OptimismRevision) -> RollupAttributesError? {
        do throws(RollupAttributesError) {
            _ = try RollupBlockBuilder(chain: Self.chain(upgrade))
                .build(attributes, on: Self.parent(upgrade), source: MemoryState())
        } catch {
            return error
        }
        return nil
    }

    @Test func aSystemDepositIsIncludedAndFails() throws {
        let state = MemoryState()
        let built = try RollupBlockBuilder(chain: Self.chain(.isthmus)).build(
            Self.attributes(.isthmus, [Self.deposit(isSystemTransaction: true)]), on: Self.parent(.isthmus),
            source: state)
        #expect(built.block.transactions.count == 1)
        #expect(built.outcome.gasUsed == 100_000)
        #expect(built.outcome.receipts[0].outcome == .status(false))
        state.apply(built.outcome.stateDiff)
        let sender = try state.account(Address(truncating: 0x700))
        #expect(sender?.balance == 5)
        #expect(sender?.nonce == 1)
    }

    @Test func refusesWhatDoesNotFitTheParent() {
        #expect(error(Self.attributes(.isthmus), .isthmus) == nil)
        #expect(error(Self.attributes(.isthmus, timestamp: 8), .isthmus) == .timestamp)
        #expect(error(Self.attributes(.ecotone), .ecotone) == .upgradeNotSupported)
        #expect(error(Self.attributes(.granite), .granite) == nil)
        #expect(error(Self.attributes(.isthmus), .granite) == .unexpectedBaseFeeParameters)
    }

    /// The first transaction of a block since Jovian tells what data costs.
    @Test(
        arguments: [
            ([], false), ([UInt8](repeating: 1, count: 176), true), ([UInt8](repeating: 1, count: 178), false),
            ([0x3D, 0xB6, 0xBE, 0x2B] + [UInt8](repeating: 0, count: 174), true),
            ([0x3D, 0xB6, 0xBE, 0x2B] + [UInt8](repeating: 0, count: 173), false),
        ] as [([UInt8], Bool)])
    func wantsTheAttributesOfL1(data: [UInt8], isValid: Bool) throws {
        let parent = Self.parent(.jovian)
        let built = try RollupBlockBuilder(chain: Self.chain(.jovian))
            .build(Self.attributes(.jovian, [Self.deposit(data: data)]), on: parent, source: MemoryState())
        var found: InvalidBlock?
        do throws(InvalidBlock) {
            _ = try BlockVerifier(chain: Self.chain(.jovian))
                .verify(built.block, ancestors: [Ancestor(Block(header: parent))], source: MemoryState())
        } catch {
            found = error
        }
        #expect(found == (isValid ? nil : .l1Attributes))
    }
}
