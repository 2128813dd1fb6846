import Blockchain
import Cryptography
import Derivation
import DevL1
import Foundation
import Primitives
import RollupNode
import Sequencing
import StateTransition
import Storage
import Testing

@Suite(.serialized) struct ClosingTests {
    private func isClosed(_ node: RollupNode) -> Bool { node.verifier.status.value?.isClosed ?? false }

    /// The last blocks of a chain, oldest first.
    private func lastBlocks(_ node: RollupNode, _ count: UInt64) throws -> [Block] {
        let view = try node.chain.chain.view()
        return try (0..<count).reversed().map { back in
            let reference = try #require(try view.reference(.number(view.head.number - back)))
            return try #require(try view.block(reference))
        }
    }

    @Test(arguments: [true, false]) func aVerifierComesToTheEnd(isPublished: Bool) async throws {
        let rollup = try await RollupOnL1(funded: TestSender.address, isEphemeral: true)
        let node = try rollup.node("verifier")
        try await running([node]) {
            try rollup.growL1()
            try rollup.sequence()
            try rollup.growL1()
            _ = try rollup.chain.chain.pool.submit(try TestSender.transfer(0, rollup))
            try rollup.sequence()
            try await rollup.closeOnL1(drain: 3)
            try rollup.sequence()
            let last = try rollup.chain.head()
            try await eventually("the close being known") { node.verifier.status.value?.closing != nil }
            #expect(node.verifier.status.value?.closing?.reason == 0 && !isClosed(node))
            for _ in 0..<3 { try rollup.growL1(publishing: isPublished) }
            try await eventually("the end") { isClosed(node) }
            let head = try node.chain.head()
            let closing = try #require(node.verifier.status.value?.closing).closingBlock
            #expect(head.l1Origin.number == closing && head.sequenceNumber == 4)
            let first = try #require(try node.chain.reference(head.number - 4))
            #expect(first.l1Origin == head.l1Origin && first.sequenceNumber == 0 && first.number >= last.number)
            let ordinary = try #require(try node.chain.reference(last.number))
            #expect((ordinary.hash == last.hash) == isPublished)
            for (index, block) in try lastBlocks(node, 4).enumerated() {
                #expect(block.transactions.count == 2 && block.transactions[1].to == Dissolution.dissolver)
                #expect(block.transactions[1].input[35] == UInt8(index))
            }
            // What L1 does then is nothing to it.
            for _ in 0..<3 { try rollup.growL1() }
            try await Task.sleep(nanoseconds: 300_000_000)
            #expect(try node.chain.head() == head && node.chain.chain.database.safe?.hash == head.hash)
        }
        // Whoever begins anew comes to the same, and so does who begins again at the end.
        let other = try rollup.node("other")
        try await running([other]) {
            try await eventually("the end") { isClosed(other) }
            #expect(try other.chain.head() == node.chain.head())
        }
        try await running([other]) {
            try await eventually("the end") { isClosed(other) }
            #expect(try other.chain.head() == node.chain.head())
        }
        await rollup.stop()
    }

    @Test func anEndThatL1TakesBackIsNone() async throws {
        let rollup = try await RollupOnL1(funded: TestSender.address, isEphemeral: true)
        let node = try rollup.node("verifier")
        try await running([node]) {
            for _ in 0..<2 {
                try rollup.growL1()
                try rollup.sequence()
            }
            try await rollup.closeOnL1(drain: 1)
            try rollup.growL1(publishing: false)
            try await eventually("the end") { isClosed(node) }
            let end = try node.chain.head()
            try rollup.served.l1.chain.rewind(
                to: rollup.served.l1.chain.database.head.number - 2, keepsTransactions: false)
            for _ in 0..<30 { _ = try rollup.served.l1.producer.produce() }
            try await eventually("the rollup going on") {
                let head = try node.chain.head()
                return !isClosed(node) && head.number > end.number + 4
            }
            #expect(node.verifier.status.value?.closing == nil)
        }
        await rollup.stop()
    }

    @Test func aSequencerStopsWhenItsRollupIsClosed() async throws {
        let rollup = try await RollupOnL1(funded: TestSender.address, isEphemeral: true)
        var settings = Sequencer.Settings()
        settings.subBlockTime = 10
        settings.isDurable = false
        let node = try rollup.node("sequencing", sequencing: settings)
        let chain = node.chain.chain
        let other = try rollup.node("other")
        try await running([node, other]) {
            try rollup.growL1(publishing: false)
            _ = try chain.pool.submit(try TestSender.transfer(0, rollup))
            try await eventually("inclusion") { chain.pool.nextNonce(of: TestSender.address) == 1 }
            try await eventually("a block") { chain.database.head.number >= 2 }
            try await rollup.closeOnL1(drain: 4)
            let closing = rollup.served.l1.chain.database.head.number
            let encoded = try TestSender.transfer(1, rollup)
            try await eventually("refusal") {
                do throws(SubmissionError) {
                    _ = try chain.pool.submit(encoded)
                    return false
                } catch {
                    return error.message.contains("the rollup is closing") && error.message.contains("its owner")
                }
            }
            try await eventually("the last block") {
                let head = try node.chain.head()
                return head.l1Origin.number == closing && head.sequenceNumber == 4
            }
            let last = try node.chain.head()
            try await Task.sleep(nanoseconds: 2_200_000_000)
            #expect(try node.chain.head() == last)
            for block in try lastBlocks(node, 4) { #expect(block.transactions.count == 2) }
            // Nothing was published: what L1 gives then is the rollup's end, also here.
            for _ in 0..<4 { try rollup.growL1(publishing: false) }
            try await eventually("the end") { isClosed(node) && isClosed(other) }
            #expect(try node.chain.head() == other.chain.head())
            #expect(try node.chain.head().sequenceNumber == 4)
        }
        await rollup.stop()
    }
}
