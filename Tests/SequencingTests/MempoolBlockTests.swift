import EVM
import Primitives
import Sequencing
import StateTransition
import Testing

/// Picking transactions for a block, and following the chain.
@Suite struct MempoolBlockTests {
    @Test func bestIsByTipThenArrival() {
        var fixture = PoolFixture()
        fixture.addTransfer(1, 0, tip: 5)
        fixture.addTransfer(2, 0, tip: 9)
        fixture.addTransfer(3, 0, tip: 5)
        fixture.addTransfer(1, 1, tip: 50)
        fixture.addTransfer(4, 0, tip: 60, cap: 60)
        let senders = fixture.pool.best(baseFee: 53).map { UInt256($0.sender).limb0 - 0x1000 }
        #expect(senders == [2, 4, 1, 1, 3])
        #expect(fixture.pool.best(baseFee: 101).map(\.nonce) == [])
    }

    @Test func passesOver() {
        var fixture = PoolFixture()
        for nonce in 0..<3 as Range<UInt64> { fixture.addTransfer(1, nonce, tip: 9) }
        fixture.addTransfer(2, 0, tip: 5)
        var best = fixture.pool.best()
        #expect(best.next()?.nonce == 0)
        best.skipSender()
        #expect(best.next()?.sender == PoolFixture.address(2))
        #expect(best.next() == nil)
        best = fixture.pool.best(gasLimit: 60_000)
        best.gasAvailable -= 21_000
        #expect(best.next() != nil)
        best.gasAvailable -= 21_000
        #expect(best.next() == nil)
    }

    @Test func arrivalOrder() {
        var configuration = MempoolConfiguration.development
        configuration.ordering = .arrival
        var fixture = PoolFixture(configuration)
        for sender in [3, 1, 2] as [UInt64] { fixture.addTransfer(sender, 0, tip: UInt256(sender)) }
        fixture.addTransfer(1, 1, tip: 100)
        fixture.addTransfer(2, 1, tip: 50)
        fixture.addTransfer(4, 0, tip: 5, cap: 9)
        let picked = fixture.pool.best().map { [UInt256($0.sender).limb0 - 0x1000, $0.nonce] }
        #expect(picked == [[3, 0], [1, 0], [2, 0], [1, 1], [2, 1]])
    }

    @Test func blocksTakeAndUncover() {
        var fixture = PoolFixture()
        for nonce in [0, 1, 2, 5] as [UInt64] { fixture.addTransfer(1, nonce) }
        let block = Array(fixture.pool.best().prefix(2))
        var change = fixture.apply([1: SenderState(nonce: 2, balance: PoolFixture.ether)], included: block)
        #expect(change.dropped.isEmpty)
        #expect(fixture.pendingNonces(1) == [2])
        // Something else went with nonces 2 to 4: what waited can be executed.
        change = fixture.apply([1: SenderState(nonce: 5, balance: PoolFixture.ether)])
        #expect(change.dropped.map(\.reason) == [.stale])
        #expect(change.pending.map(\.nonce) == [5])
        change = fixture.apply([1: SenderState(nonce: 5, balance: 1)])
        #expect(change.dropped.map(\.reason) == [.unaffordable])
        #expect(fixture.pool.count == 0)
        #expect(fixture.pool.brokenInvariants == [])
    }

    @Test func balanceMovesTheEdge() {
        var fixture = PoolFixture()
        for nonce in 0..<4 as Range<UInt64> { fixture.addTransfer(1, nonce) }
        fixture.apply([1: SenderState(nonce: 0, balance: 4_300_000)])
        #expect(fixture.pendingNonces(1) == [0, 1])
        #expect(fixture.queuedNonces(1) == [2, 3])
        let change = fixture.apply([1: SenderState(nonce: 0, balance: 7_000_000)])
        #expect(change.pending.map(\.nonce) == [2])
        #expect(fixture.queuedNonces(1) == [3])
    }

    @Test func reorganisationBringsBack() {
        var fixture = PoolFixture()
        for nonce in 0..<200 as Range<UInt64> { fixture.addTransfer(1, nonce) }
        fixture.addTransfer(2, 0)
        let block = Array(fixture.pool.best().prefix(101))
        fixture.apply(
            [
                1: SenderState(nonce: 100, balance: PoolFixture.ether),
                2: SenderState(nonce: 1, balance: PoolFixture.ether),
            ], included: block)
        #expect(fixture.pool.count == 100)
        // Another branch, in which only the transfer of account 2 is.
        let kept = block.filter { $0.sender == PoolFixture.address(2) }
        let change = fixture.apply(
            [
                1: SenderState(nonce: 0, balance: PoolFixture.ether),
                2: SenderState(nonce: 1, balance: PoolFixture.ether),
            ], included: kept, dropped: block)
        #expect(change.dropped.isEmpty)
        #expect(fixture.pendingNonces(1) == Array(0..<200))
        #expect(fixture.pendingNonces(2) == [])
        #expect(fixture.pool.brokenInvariants == [])
    }

    @Test func longerGapsThanLimitsAreCut() {
        var fixture = PoolFixture()
        for nonce in 0..<200 as Range<UInt64> { fixture.addTransfer(1, nonce) }
        fixture.apply([1: SenderState(nonce: 1, balance: PoolFixture.ether)])
        // The first is lost with the reorganisation.
        let change = fixture.apply([1: SenderState(nonce: 0, balance: PoolFixture.ether)])
        #expect(change.dropped.count == 135)
        #expect(fixture.queuedNonces(1) == Array(1...64))
        #expect(fixture.pool.brokenInvariants == [])
    }

    @Test func newRulesDropWhatTheyForbid() {
        var fixture = PoolFixture(revision: .prague)
        var transaction = fixture.transfer(1, 0).transaction
        transaction.gasLimit = 20_000_000
        fixture.add(fixture.pooled(1, transaction), from: 1)
        fixture.addTransfer(1, 1)
        var head = fixture.pool.head
        head.revision = .osaka
        let change = fixture.pool.apply(HeadUpdate(head: head, accounts: []), now: 0)
        #expect(change.dropped.map(\.reason) == [.invalid])
        #expect(fixture.queuedNonces(1) == [1])
    }
}
