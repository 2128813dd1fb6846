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
    private static let key = UInt256(0x5E9)

    private static var sender: Address {
        guard let signature = Secp256k1.sign(hash: Hash256(), privateKey: key) else { return Address() }
        return Secp256k1.recoverAddress(
            hash: Hash256(), r: signature.r, s: signature.s, isOdd: signature.isOdd) ?? Address()
    }

    private func transfer(_ nonce: UInt64, _ rollup: RollupOnL1) throws -> [UInt8] {
        var transaction = Transaction(
            kind: .dynamicFee, chainID: rollup.configuration.l2ChainID, nonce: nonce,
            maxFeePerGas: 100_000_000_000, maxPriorityFeePerGas: 1_000_000, gasLimit: 21_000,
            to: Address(truncating: 0xBEEF), value: 3)
        let signature = try #require(Secp256k1.sign(hash: transaction.signingHash, privateKey: Self.key))
        transaction.signature = Signature(v: signature.isOdd ? 1 : 0, r: signature.r, s: signature.s)
        return transaction.encoded
    }

    private var settings: Sequencer.Settings {
        var settings = Sequencer.Settings()
        settings.subBlockTime = 10
        settings.isDurable = false
        return settings
    }

    private func wait(_ what: String, _ condition: () throws -> Bool) async throws {
        for _ in 0..<1_000 {
            if try condition() { return }
            try await Task.sleep(nanoseconds: 20_000_000)
        }
        Issue.record("\(what) did not happen")
    }

    /// Runs the node while `body` does something with it, and stops it.
    private func running(_ node: RollupNode, _ body: () async throws -> Void) async throws {
        let task = Task { try? await node.run(every: .milliseconds(50)) { _ in } }
        do {
            try await body()
        } catch {
            task.cancel()
            await task.value
            throw error
        }
        task.cancel()
        await task.value
    }

    @Test func makesBlocksThatAnotherNodeTakes() async throws {
        let rollup = try await RollupOnL1(funded: Self.sender)
        let node = try rollup.node("sequencing", sequencing: settings)
        let chain = node.chain.chain
        try await running(node) {
            for round in 0..<4 as Range<UInt64> {
                try rollup.growL1(publishing: false)
                _ = try chain.pool.submit(try transfer(round, rollup))
                // Preconfirmed within moments, as there is always a block open.
                try await wait("preconfirmation") { chain.pool.nextNonce(of: Self.sender) == round + 1 }
                try await Task.sleep(nanoseconds: 400_000_000)
            }
            try await wait("a third block") { chain.database.head.number >= 3 }
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
        let rollup = try await RollupOnL1(funded: Self.sender)
        let node = try rollup.node("sequencing", sequencing: settings)
        let l1 = rollup.served.l1
        try await running(node) {
            for _ in 0..<3 {
                try rollup.growL1(publishing: false)
                try await Task.sleep(nanoseconds: 700_000_000)
            }
            try await wait("a block with the third origin") { try node.chain.head().l1Origin.number >= 2 }
            _ = try node.chain.chain.pool.submit(try transfer(0, rollup))
            try await wait("inclusion") { try view(node).location(ofTransaction: hash(transfer(0, rollup))) != nil }
            try l1.chain.rewind(to: 1, keepsTransactions: false)
            for _ in 0..<3 { _ = try l1.producer.produce() }
            try await wait("the rollup on the other L1") {
                let head = try node.chain.head()
                let origin = try l1.chain.view().reference(.number(head.l1Origin.number))
                return head.l1Origin.number >= 2 && origin?.hash == head.l1Origin.hash
            }
            // What was included is included again.
            try await wait("inclusion again") {
                try view(node).location(ofTransaction: hash(transfer(0, rollup))) != nil
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
        try await wait("the second block") { try node.chain.head().number >= 2 }
        try await wait("word of it") {
            notices.withLock { $0.contains(.trouble("sequencing: another makes them")) }
        }
        #expect(try node.chain.head().number == 2)
        turns.last.store(.max, ordering: .relaxed)
        try await wait("a fourth block") { try node.chain.head().number >= 4 }
        task.cancel()
        await task.value
        await rollup.stop()
    }
}
