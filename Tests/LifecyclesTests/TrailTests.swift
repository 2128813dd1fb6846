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

    @Test func findsBlocksByTheirFilter() {
        let log = Log(address: Address(truncating: 50), topics: [transfer, topic(0), topic(9)], data: [])
        #expect(ExitTrail.mayBe(in: LogsBloom([log])))
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
        let archive = try state.archive()
        let trail = ExitTrail(archive)
        #expect(trail.withdrawals == withdrawals)
        #expect(trail.holders(of: PinnedContract.weth) == [Address(truncating: 77)])
        // What belongs to withdrawals is nobody's holding.
        let ether = try #require(try ExitCensus.assets(archive).first)
        #expect(ether.owed == 5)
        #expect(try archive.isLastOfRollup())
    }
}
