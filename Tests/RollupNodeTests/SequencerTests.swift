import Blockchain
import Cryptography
import Derivation
import DevL1
import Foundation
import Layers
import Primitives
import RollupNode
import Sequencing
import StateTransition
import Storage
import Synchronization
import Testing

@Suite(.serialized) struct SequencerTests {
    private var settings: Sequencer.Settings {
        var settings = Sequencer.Settings()
        settings.subBlockTime = 10
        settings.isDurable = false
        return settings
    }

    @Test func makesBlocksThatAnotherNodeTakes() async throws {
        let rollup = try await RollupOnL1(funded: TestSender.address)
        let node = try rollup.node("sequencing", sequencing: settings)
        let chain = node.chain.chain
        try await running([node]) {
            for round in 0..<4 as Range<UInt64> {
                try rollup.growL1(publishing: false)
                _ = try chain.pool.submit(try TestSender.transfer(round, rollup))
                // Preconfirmed within moments, as there is always a block open.
                try await eventually("preconfirmation") { chain.pool.nextNonce(of: TestSender.address) == round + 1 }
                try await Task.sleep(nanoseconds: 400_000_000)
            }
            try await eventually("a third block") { chain.database.head.number >= 3 }
        }
        #expect(chain.openBlock == nil)
        let head = try node.chain.head()
        let other = try rollup.node("other").chain
        var count = 0
        for number in 1...head.number {
            let view = try chain.view()
            let reference = try #require(try view.reference(.number(number)))
            let block = try #require(try view.block(reference))
            #expect(block.transactions[0].kind == .deposit)
            count += block.transactions.count - 1
            let parent = try #require(try node.chain.reference(number - 1))
            let made = try #require(try node.chain.reference(number))
            #expect(made.timestamp == parent.timestamp + 1)
            #expect(made.l1Origin.number - parent.l1Origin.number <= 1)
            try other.chain.append(block)
        }
        #expect(count == 4)
        #expect(try other.head() == head)
        #expect(chain.pool.withPool { $0.count } == 0)
        await rollup.stop()
    }

    @Test func goesOnAfterL1WasReorganised() async throws {
        let rollup = try await RollupOnL1(funded: TestSender.address)
        let node = try rollup.node("sequencing", sequencing: settings)
        let l1 = rollup.served.l1
        try await running([node]) {
            for _ in 0..<3 {
                try rollup.growL1(publishing: false)
                try await Task.sleep(nanoseconds: 700_000_000)
            }
            try await eventually("a block with the third origin") { try node.chain.head().l1Origin.number >= 2 }
            _ = try node.chain.chain.pool.submit(try TestSender.transfer(0, rollup))
            try await eventually("inclusion") {
                try view(node).location(ofTransaction: hash(TestSender.transfer(0, rollup))) != nil
            }
            try l1.chain.rewind(to: 1, keepsTransactions: false)
            for _ in 0..<3 { _ = try l1.producer.produce() }
            try await eventually("the rollup on the other L1") {
                let head = try node.chain.head()
                let origin = try l1.chain.view().reference(.number(head.l1Origin.number))
                return head.l1Origin.number >= 2 && origin?.hash == head.l1Origin.hash
            }
            // What was included is included again.
            try await eventually("inclusion again") {
                try view(node).location(ofTransaction: hash(TestSender.transfer(0, rollup))) != nil
            }
        }
        await rollup.stop()
    }

    private func view(_ node: RollupNode) throws -> ChainView { try node.chain.chain.view() }

    private func hash(_ encoded: [UInt8]) -> Hash256 { Keccak256.hash(encoded) }

    /// Ours up to a block that can be moved.
    private final class Turns: SequencingPolicy {
        let last = Atomic<UInt64>(0)

        func turn(after parent: L2BlockReference, timestamp: UInt64) -> SequencingTurn {
            parent.number < last.load(ordering: .relaxed) ? .ours : .notOurs("another makes them")
        }
    }

    @Test func makesNoBlockThatIsNotItsTurn() async throws {
        let rollup = try await RollupOnL1()
        let turns = Turns()
        turns.last.store(2, ordering: .relaxed)
        var settings = settings
        settings.policy = turns
        let node = try rollup.node("sequencing", sequencing: settings)
        let notices = Mutex<[RollupNode.Notice]>([])
        let task = Task {
            try? await node.run(every: .milliseconds(50)) { notice in notices.withLock { $0.append(notice) } }
        }
        for _ in 0..<3 {
            try rollup.growL1(publishing: false)
            try await Task.sleep(nanoseconds: 700_000_000)
        }
        try await eventually("the second block") { try node.chain.head().number >= 2 }
        try await eventually("word of it") {
            notices.withLock { $0.contains(.trouble("sequencing: another makes them")) }
        }
        #expect(try node.chain.head().number == 2)
        turns.last.store(.max, ordering: .relaxed)
        try await eventually("a fourth block") { try node.chain.head().number >= 4 }
        task.cancel()
        await task.value
        await rollup.stop()
    }
}
