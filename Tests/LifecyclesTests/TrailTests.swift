import Cryptography
import Lifecycles
import Primitives
import StateTransition
import Testing

@Suite struct TrailTests {
    private func word(_ number: UInt64) -> [UInt8] { Hash256(UInt256(number)).bytes }

    private func topic(_ text: String) -> Hash256 { Keccak256.hash(Array(text.utf8)) }

    private func topic(_ address: UInt64) -> Hash256 { Hash256(UInt256(address)) }

    private var transfer: Hash256 { topic("Transfer(address,address,uint256)") }

    private func passed(_ withdrawal: PassedWithdrawal) -> Log {
        let padding = [UInt8](repeating: 0, count: (32 - withdrawal.data.count % 32) % 32)
        return Log(
            address: PinnedContract.messagePasser,
            topics: [
                topic("MessagePassed(uint256,address,address,uint256,uint256,bytes,bytes32)"),
                Hash256(withdrawal.nonce), Hash256(UInt256(withdrawal.sender)), Hash256(UInt256(withdrawal.target)),
            ],
            data: Hash256(withdrawal.value).bytes + Hash256(withdrawal.gasLimit).bytes + word(128)
                + withdrawal.hash.bytes + word(UInt64(withdrawal.data.count)) + withdrawal.data + padding)
    }

    @Test func remembersWhoHasHadSomeOfAToken() {
        var trail = ExitTrail()
        let token = Address(truncating: 50)
        trail.note(
            [
                Log(address: token, topics: [transfer, topic(0), topic(9)], data: word(5)),
                Log(address: token, topics: [transfer, topic(9), topic(3)], data: word(5)),
                Log(address: token, topics: [transfer, topic(9), topic(4), topic(77)], data: []),
                Log(address: token, topics: [topic("Deposit(address,uint256)"), topic(8)], data: word(1)),
                Log(
                    address: PinnedContract.weth, topics: [topic("Deposit(address,uint256)"), topic(6)], data: word(1)),
            ], block: 3)
        #expect(trail.holders(of: token) == [3, 9].map { Address(truncating: $0) })
        #expect(trail.holders(of: PinnedContract.weth) == [Address(truncating: 6)])
        #expect(trail.holders(of: Address()).isEmpty)
    }

    /// Words of a list of ids and a list of amounts, as the contract ABI has them.
    private func lists(_ ids: [UInt64], _ amounts: [UInt64]) -> [UInt8] {
        let words = [64, UInt64(96 + 32 * ids.count), UInt64(ids.count)] + ids + [UInt64(amounts.count)] + amounts
        return words.flatMap { word($0) }
    }

    private func items(_ name: String, to receiver: UInt64, _ data: [UInt8]) -> Log {
        Log(
            address: Address(truncating: 50), topics: [topic(name), topic(1), topic(0), topic(receiver)], data: data)
    }

    private static let single = "TransferSingle(address,address,address,uint256,uint256)"
    private static let batch = "TransferBatch(address,address,address,uint256[],uint256[])"

    @Test func remembersWhoHasHadSomeOfWhichItem() {
        var trail = ExitTrail()
        trail.note(
            [
                items(Self.single, to: 9, word(7) + word(100)),
                items(Self.batch, to: 4, lists([7, 3, 8], [1, 2, 0])),
                items(Self.single, to: 9, word(7) + word(1)),
                // Nothing was given, or another contract's event.
                items(Self.single, to: 5, word(7) + word(0)),
                items(Self.single, to: 5, word(7)),
                items(Self.batch, to: 5, lists([7], [1, 2])),
                items(Self.batch, to: 5, lists(Array(0..<65), Array(1..<66))),
            ], block: 3)
        let collection = Address(truncating: 50)
        #expect(
            trail.itemHolders(of: collection)
                == [(3, 4), (7, 4), (7, 9)].map {
                    ItemHolder(tokenID: $0, account: Address(truncating: $1))
                })
        #expect(trail.holders(of: collection).isEmpty && trail.itemHolders(of: Address()).isEmpty)
    }

    @Test func takesNoHarmOfDamagedLists() {
        let whole = lists([7, 3], [1, 2])
        for length in 0..<whole.count {
            var trail = ExitTrail()
            trail.note([items(Self.batch, to: 4, Array(whole[..<length]))], block: 3)
            #expect(trail.itemHolders(of: Address(truncating: 50)).isEmpty)
        }
        for index in whole.indices {
            var (trail, data) = (ExitTrail(), whole)
            data[index] ^= 0xFF
            trail.note([items(Self.batch, to: 4, data)], block: 3)
            #expect(trail.itemHolders(of: Address(truncating: 50)).count <= 2)
        }
    }

    @Test func findsBlocksByTheirFilter() {
        let log = Log(address: Address(truncating: 50), topics: [transfer, topic(0), topic(9)], data: [])
        #expect(ExitTrail.mayBe(in: LogsBloom([log])))
        for name in [Self.single, Self.batch] {
            #expect(ExitTrail.mayBe(in: LogsBloom([items(name, to: 9, [])])))
        }
        #expect(!ExitTrail.mayBe(in: LogsBloom()))
    }

    @Test(arguments: [0, 1, 32, 33, 1_000])
    func readsWithdrawals(size: Int) {
        let withdrawal = PassedWithdrawal(
            blockNumber: 12, nonce: UInt256(limbs: 5, 0, 0, 1 << 48), sender: Address(truncating: 1),
            target: Address(truncating: 2), value: 7, gasLimit: 9, data: [UInt8](repeating: 3, count: size))
        var trail = ExitTrail()
        let log = passed(withdrawal)
        trail.note([log], block: 12)
        #expect(trail.withdrawals == [withdrawal])
        for length in 0..<min(log.data.count, 200) {
            var cut = log
            cut.data.removeLast(log.data.count - length)
            trail.note([cut], block: 13)
        }
        for index in 64..<min(192, log.data.count) {
            var changed = log
            changed.data[index] ^= 0xFF
            trail.note([changed], block: 13)
        }
        #expect(trail.withdrawals.allSatisfy { $0.data.count <= size + 32 * 7 })
    }

    @Test func isKeptInAnArchive() throws {
        var state = FinalState()
        let withdrawals = (1...3).map { number in
            PassedWithdrawal(
                blockNumber: UInt64(number), nonce: UInt256(UInt64(number)), sender: Address(truncating: 1),
                target: Address(truncating: 2), value: 7, gasLimit: 9, data: [UInt8(number)])
        }
        for withdrawal in withdrawals { state.pass(withdrawal) }
        state.wrap(Address(truncating: 77), 5)
        let collection = Address(truncating: 50)
        try state.multiToken(
            collection, ["", "", ""], [(7, Address(truncating: 5), 1), (3, Address(truncating: 6), 2)])
        let archive = try state.archive()
        let trail = ExitTrail(archive)
        #expect(trail.withdrawals == withdrawals)
        #expect(
            trail.itemHolders(of: collection)
                == [(3, 6), (7, 5)].map {
                    ItemHolder(tokenID: $0, account: Address(truncating: $1))
                })
        #expect(trail.holders(of: PinnedContract.weth) == [Address(truncating: 77)])
        // What belongs to withdrawals is nobody's holding.
        let ether = try #require(try ExitCensus.assets(archive).first)
        #expect(ether.owed == 5)
        #expect(try archive.isLastOfRollup())
    }
}
