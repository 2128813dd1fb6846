import Blockchain
import Derivation
import DevL1
import EthereumClient
import Foundation
import Primitives
import StateTransition
import RollupNode
import Storage
import Testing

@Suite struct VerifierTests {
    /// Derives all that L1 gives now.
    private func derive(_ node: RollupNode) async throws { try await node.derive(upTo: .max) { _ in } }

    @Test func reachesTheSequencersChain() async throws {
        let rollup = try await RollupOnL1()
        for _ in 0..<6 {
            try rollup.growL1()
            try rollup.sequence()
        }
        try rollup.growL1()
        let node = try rollup.node("verifier")
        try await derive(node)
        let head = try rollup.chain.head()
        #expect(head.number >= 5)
        #expect(try node.chain.head() == head)
        #expect(node.chain.chain.database.safe?.hash == head.hash)
        await rollup.stop()
    }

    @Test func makesBlocksOfDepositsWhereNoBatchCame() async throws {
        let rollup = try await RollupOnL1(sequencingWindow: 10)
        for _ in 0..<16 { try rollup.growL1(publishing: false) }
        let node = try rollup.node("verifier")
        try await derive(node)
        let head = try node.chain.head()
        #expect(head.number >= 3)
        #expect(head.l1Origin.number + 10 <= rollup.served.l1.chain.database.head.number)
        await rollup.stop()
    }

    @Test func goesOnAfterARestart() async throws {
        let rollup = try await RollupOnL1()
        for round in 0..<3 {
            for _ in 0..<4 {
                try rollup.growL1()
                try rollup.sequence()
            }
            try rollup.growL1()
            let node = try rollup.node("verifier")
            let before = try node.chain.head().number
            #expect((before > 0) == (round > 0))
            try await derive(node)
            #expect(try node.chain.head() == (try rollup.chain.head()))
            await node.l1.close()
            try node.chain.chain.database.close()
        }
        await rollup.stop()
    }

    @Test func goesOnWithoutItsRecordOfSafeHeads() async throws {
        let rollup = try await RollupOnL1()
        for round in 0..<2 {
            for _ in 0..<4 {
                try rollup.growL1()
                try rollup.sequence()
            }
            try rollup.growL1()
            let node = try rollup.node("verifier")
            if round > 0 { try node.log.truncate(to: 0) }
            try await derive(node)
            #expect(try node.chain.head() == (try rollup.chain.head()))
            await node.l1.close()
            try node.chain.chain.database.close()
        }
        await rollup.stop()
    }

    @Test(arguments: [1, 2, 5, 10] as [UInt64])
    func followsAReorganisedL1(depth: UInt64) async throws {
        let rollup = try await RollupOnL1(sequencingWindow: 40)
        for _ in 0..<12 {
            try rollup.growL1()
            try rollup.sequence()
        }
        let node = try rollup.node("verifier")
        let working = Task { try await node.run(every: .milliseconds(20)) { _ in } }
        try await eventually {
            node.verifier.status.value?.currentL1?.number == rollup.served.l1.chain.database.head.number
        }
        let before = try node.chain.head()
        try rollup.loseL1(depth)
        let isKept = before.l1Origin.number <= rollup.served.l1.chain.database.head.number
        for _ in 0..<(depth + 2) {
            try rollup.growL1()
            try rollup.sequence()
        }
        try rollup.growL1()
        let head = try rollup.chain.head()
        try await eventually { node.chain.chain.database.head.hash == head.hash }
        #expect(try node.chain.isCanonical(before.id) == isKept)
        working.cancel()
        _ = try? await working.value
        await node.l1.close()
        await rollup.stop()
    }

    /// Waits until something holds.
    private func eventually(_ condition: () -> Bool) async throws {
        for _ in 0..<500 {
            if condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("it did not come to pass in ten seconds")
    }
}

@Suite struct SafeHeadLogTests {
    private func entry(_ l1: UInt64, _ l2: UInt64) -> SafeHeadLog.Entry {
        SafeHeadLog.Entry(
            l1: BlockID(number: l1, hash: Hash256(UInt256(l1))), l2: BlockID(number: l2, hash: Hash256(UInt256(l2))))
    }

    @Test func findsTheLastSafeHeadOfAnL1Block() throws {
        let path = NSTemporaryDirectory() + "safe-heads-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let log = try SafeHeadLog(path: path)
        #expect(log.last == nil)
        for l1 in stride(from: 10, through: 100, by: 10) as StrideThrough<UInt64> {
            try log.note(entry(l1, l1 * 2))
            try log.note(entry(l1, l1 * 2 + 1))
        }
        #expect(log.count == 10)
        #expect(log.last(upToL1: 9) == nil)
        #expect(log.last(upToL1: 10) == entry(10, 21))
        #expect(log.last(upToL1: 59) == entry(50, 101))
        #expect(log.last(upToL1: .max) == entry(100, 201))
        try log.truncate(to: 3)
        #expect(log.last == entry(30, 61))
        // What was half written when the process ended is none.
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data([1, 2, 3]))
        try handle.close()
        let reopened = try SafeHeadLog(path: path)
        #expect(reopened.last == entry(30, 61))
        try reopened.note(entry(40, 80))
        #expect(reopened.last == entry(40, 80))
        #expect(reopened.count == 4)
    }
}
