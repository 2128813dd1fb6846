import Primitives
import Sequencing
import StateTransition
import Testing

/// A full pool, and those who fill it.
@Suite struct MempoolPressureTests {
    private func small(pending: Int = 10, queued: Int = 10) -> MempoolConfiguration {
        var configuration = MempoolConfiguration()
        configuration.pendingPlaces = pending
        configuration.queuedPlaces = queued
        return configuration
    }

    @Test func cheapestGoesFirst() {
        var fixture = PoolFixture(small(pending: 3))
        fixture.addTransfer(1, 0, tip: 5)
        fixture.addTransfer(1, 1, tip: 50)
        fixture.addTransfer(2, 0, tip: 7)
        #expect(fixture.addTransfer(3, 0, tip: 5)?.message == "transaction underpriced")
        var change = MempoolChange()
        // The last of account 1 pays well, but not before the first of it has.
        #expect(fixture.add(fixture.transfer(3, 0, tip: 6), from: 3, change: &change) == nil)
        #expect(change.dropped.map(\.reason) == [.underpriced])
        #expect(change.dropped.map(\.transaction.nonce) == [1])
        #expect(fixture.pendingNonces(1) == [0])
        #expect(fixture.pool.brokenInvariants == [])
    }

    @Test func feeCapsBelowTheBaseFeeAreWorthLess() {
        var fixture = PoolFixture(small(pending: 2), baseFee: 100)
        fixture.addTransfer(1, 0, tip: 90, cap: 90)
        fixture.addTransfer(2, 0, tip: 1, cap: 200)
        #expect(fixture.addTransfer(3, 0, tip: 2, cap: 200) == nil)
        #expect(fixture.pendingNonces(1) == [])
        // The base fee falls, and what it left over rises.
        fixture.addTransfer(3, 0, tip: 3, cap: 300)
        fixture.apply(baseFee: 10)
        #expect(fixture.addTransfer(1, 0, tip: 90, cap: 90) == nil)
        #expect(fixture.pendingNonces(2) == [])
    }

    @Test func protectedStay() {
        var fixture = PoolFixture(small(pending: 2))
        #expect(fixture.add(fixture.transfer(1, 0, tip: 1), from: 1, isLocal: true) == nil)
        let promised = fixture.transfer(2, 0, tip: 2)
        fixture.add(promised, from: 2)
        fixture.pool.protect(promised.hash)
        #expect(fixture.addTransfer(3, 0, tip: 90) == .poolFull)
        #expect(fixture.pool.status == (2, 0))
    }

    /// A large one that cannot make room leaves everything as it was.
    @Test func nothingGoesForWhatDoesNotCome() {
        var fixture = PoolFixture(small(pending: 4))
        fixture.addTransfer(1, 0, tip: 1)
        for sender in 2...4 as ClosedRange<UInt64> { fixture.addTransfer(sender, 0, tip: 50) }
        let large = fixture.transfer(5, 0, tip: 20, size: 100_000)
        #expect(fixture.add(large, from: 5) == .underpriced)
        #expect(fixture.pool.status == (4, 0))
        #expect(fixture.pendingNonces(1) == [0])
        #expect(fixture.pool.brokenInvariants == [])
    }

    @Test func floodOfGappedTransactions() {
        var fixture = PoolFixture()
        fixture.addTransfer(1, 0)
        var refused = 0
        for nonce in 0..<1_000 as Range<UInt64> where fixture.addTransfer(9, nonce + 5, tip: 90) != nil { refused += 1 }
        #expect(fixture.queuedNonces(9).count == 64)
        #expect(refused == 936)
        #expect(fixture.pool.status == (1, 64))
        // From many accounts, they fill no more than the room for waiting ones.
        for sender in 100..<5_000 as Range<UInt64> { fixture.addTransfer(sender, 1, tip: 90) }
        #expect(fixture.pool.status.queued == 2_048)
        #expect(fixture.addTransfer(2, 0, tip: 1) == nil)
    }

    @Test func floodOfCheapAccounts() {
        var fixture = PoolFixture(small(pending: 500))
        for sender in 1...2_000 as ClosedRange<UInt64> { fixture.addTransfer(sender, 0, tip: 1) }
        #expect(fixture.pool.status.pending == 500)
        for sender in 10_001...10_500 as ClosedRange<UInt64> {
            #expect(fixture.addTransfer(sender, 0, tip: 2) == nil)
        }
        #expect(fixture.pool.status.pending == 500)
        #expect(fixture.pool.best().allSatisfy { $0.transaction.maxPriorityFeePerGas == 2 })
    }

    @Test func replacementChurnEndsWithTheMoney() {
        var fixture = PoolFixture()
        for nonce in 0..<1_000 as Range<UInt64> { fixture.addTransfer(1, nonce, tip: 10, cap: 100) }
        var (tip, cap, replaced) = (10 as UInt256, 100 as UInt256, 0)
        while replaced < 10_000 {
            (tip, cap) = (tip &* 11 / 10 &+ 1, cap &* 11 / 10 &+ 1)
            if fixture.addTransfer(1, 0, tip: tip, cap: cap) != nil { break }
            replaced += 1
        }
        #expect(replaced < 400)
        #expect(fixture.pool.status.pending == 1_000)
        #expect(fixture.pool.brokenInvariants == [])
    }

    @Test func hugeBalanceIsNotSpentTwice() {
        var fixture = PoolFixture()
        fixture.states[1] = SenderState(nonce: 0, balance: .max)
        #expect(fixture.addTransfer(1, 0, value: UInt256.max &- 3_000_000) == nil)
        guard case .overdraft = fixture.addTransfer(1, 1) else {
            Issue.record("a second one that the balance does not cover")
            return
        }
        guard case .overdraft = fixture.addTransfer(1, 7, value: .max &- 5_000_000) else {
            Issue.record("a waiting one that the balance does not cover")
            return
        }
        #expect(fixture.pool.brokenInvariants == [])
    }

    @Test func waitingOnesExpire() {
        var fixture = PoolFixture()
        fixture.addTransfer(1, 1)
        fixture.now = 3_600_000
        fixture.addTransfer(2, 1)
        fixture.addTransfer(2, 0)
        fixture.addTransfer(2, 5)
        #expect(fixture.pool.expire(now: 3 * 3_600_000 - 1).dropped.isEmpty)
        #expect(fixture.pool.expire(now: 3 * 3_600_000).dropped.map(\.reason) == [.expired])
        #expect(fixture.queuedNonces(1) == [])
        #expect(fixture.pool.expire(now: 5 * 3_600_000).dropped.count == 1)
        #expect(fixture.pool.status == (2, 0))
        #expect(fixture.pool.brokenInvariants == [])
    }
}
