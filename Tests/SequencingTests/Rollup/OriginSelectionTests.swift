import Derivation
import Primitives
import Sequencing
import Testing

@Suite struct OriginSelectionTests {
    private let drift = ProtocolConstant.sequencerDrift

    private func l1(_ number: UInt64, time: UInt64, branch: UInt64 = 0) -> L1BlockReference {
        L1BlockReference(
            number: number, hash: hash(number, branch), parentHash: hash(number - 1, branch), timestamp: time)
    }

    private func hash(_ number: UInt64, _ branch: UInt64) -> Hash256 { Hash256(UInt256(number << 8 | branch)) }

    private func l2(time: UInt64, origin: L1BlockReference) -> L2BlockReference {
        L2BlockReference(
            number: 7, hash: Hash256(7), parentHash: Hash256(6), timestamp: time, l1Origin: origin.id, sequenceNumber: 3
        )
    }

    private func choose(
        time: UInt64, current: L1BlockReference, next: L1BlockReference?, head: UInt64 = 100, depth: UInt64 = 0
    ) -> OriginSelection.Choice {
        OriginSelection(confirmationDepth: depth).choose(
            after: l2(time: time, origin: current), blockTime: 2, current: current, next: next, l1Head: head)
    }

    @Test func takesTheNextOriginAsSoonAsItsTimeHasCome() {
        let (current, next) = (l1(50, time: 1_000), l1(51, time: 1_012))
        #expect(choose(time: 1_008, current: current, next: next) == .use(current, isEmpty: false))
        #expect(choose(time: 1_010, current: current, next: next) == .use(next, isEmpty: false))
        #expect(choose(time: 1_010, current: current, next: nil) == .use(current, isEmpty: false))
    }

    @Test func waitsForConfirmations() {
        let (current, next) = (l1(50, time: 1_000), l1(51, time: 1_012))
        #expect(choose(time: 1_020, current: current, next: next, head: 54, depth: 4) == .use(current, isEmpty: false))
        #expect(choose(time: 1_020, current: current, next: next, head: 55, depth: 4) == .use(next, isEmpty: false))
        // Not where transactions would have to wait for it.
        #expect(
            choose(time: 1_000 + drift, current: current, next: next, head: 51, depth: 4)
                == .use(next, isEmpty: false))
    }

    @Test func leavesBlocksEmptyThatAreTooLate() {
        let current = l1(50, time: 1_000)
        #expect(choose(time: 998 + drift, current: current, next: nil) == .use(current, isEmpty: false))
        #expect(choose(time: 999 + drift, current: current, next: nil) == .needsNext)
        let late = l1(51, time: 1_100 + drift)
        #expect(choose(time: 1_000 + drift, current: current, next: late) == .use(current, isEmpty: true))
        let early = l1(51, time: 1_012)
        #expect(choose(time: 1_012 + drift, current: current, next: early) == .use(early, isEmpty: true))
    }

    @Test func noticesReorganisations() {
        let (current, other) = (l1(50, time: 1_000), l1(50, time: 1_000, branch: 1))
        let selection = OriginSelection()
        let parent = l2(time: 1_010, origin: current)
        #expect(
            selection.choose(after: parent, blockTime: 2, current: other, next: nil, l1Head: 60) == .reorganised)
        let next = l1(51, time: 1_012, branch: 1)
        #expect(
            selection.choose(after: parent, blockTime: 2, current: current, next: next, l1Head: 60) == .reorganised)
    }

    /// Every choice is one that derivation accepts: never an origin later than the block, and transactions within the drift.
    @Test func followsTheRulesOfBatches() {
        var state: UInt64 = 1
        func random(_ limit: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % limit
        }
        for _ in 0..<20_000 {
            let current = l1(50, time: 10_000)
            let next = random(3) == 0 ? nil : l1(51, time: 10_001 + random(4_000))
            let time = 9_999 + random(5_000)
            let choice = choose(time: time, current: current, next: next, head: 50 + random(9), depth: random(5))
            switch choice {
            case .use(let origin, let isEmpty):
                #expect(origin.timestamp <= time + 2)
                #expect(isEmpty == (time + 2 > origin.timestamp + drift))
                if isEmpty && origin == current { #expect(next.map { time + 2 < $0.timestamp } ?? false) }
            case .needsNext: #expect(next == nil && time + 2 > current.timestamp + drift)
            case .reorganised: Issue.record("there was none")
            }
        }
    }
}
