import Blockchain
import Primitives
import StateTransition
import Synchronization
import Testing

@Suite struct ChangeWitnessTests {
    private final class Counter: ChangeWitness {
        let counts = Mutex((begun: 0, ended: 0))
        func willChange() { counts.withLock { $0.begun += 1 } }
        func didChange(to _: UInt64) { counts.withLock { $0.ended += 1 } }

        /// How many changes there were since it was last asked; all of them are over.
        func take() -> Int {
            counts.withLock { counts in
                #expect(counts.begun == counts.ended)
                defer { counts = (0, 0) }
                return counts.begun
            }
        }
    }

    /// Two chains stand alike where their heads are the same and their open blocks have the same, however that came to them.
    @Test func standingsTellWhatReadersSee() throws {
        let (maker, follower) = (try TestChain(), try TestChain())
        #expect(maker.chain.standing == follower.chain.standing)
        let attributes = try maker.attributes()
        var seen: Set<UInt64> = [maker.chain.standing]
        func isNew() -> Bool { seen.insert(maker.chain.standing).inserted }
        let block = try maker.chain.open(attributes)
        #expect(isNew())
        for nonce in UInt64(0)..<3 {
            let transaction = TestChain.accounts[0].transfer(nonce, to: Address(truncating: 1))
            _ = try maker.chain.pool.submit(transaction.encoded)
            #expect(try maker.chain.extend(block) != nil)
            #expect(isNew())
        }
        // All at once, what came one after another.
        let followed = try follower.chain.open(attributes)
        #expect(seen.contains(follower.chain.standing))
        #expect(follower.chain.standing != maker.chain.standing)
        _ = try follower.chain.extend(followed, with: block.subBlocks.flatMap(\.encoded))
        #expect(follower.chain.standing == maker.chain.standing)
        let sealed = try maker.chain.seal(block).sealed
        #expect(isNew())
        try follower.chain.seal(followed, expecting: sealed.hash)
        #expect(follower.chain.standing == maker.chain.standing)
        // Each learns from L1 by itself what is safe.
        try maker.chain.mark(safe: sealed.reference, finalized: nil)
        #expect(follower.chain.standing == maker.chain.standing)
        try maker.chain.rewind(to: 0)
        #expect(follower.chain.standing != maker.chain.standing)
    }

    /// Who is told of the end of a change is told what the chain stands for then.
    @Test func endsOfChangesSayTheStanding() throws {
        final class Listener: ChangeWitness {
            let last = Mutex<UInt64?>(nil)
            func willChange() {}
            func didChange(to standing: UInt64) { last.withLock { $0 = standing } }
        }
        let test = try TestChain()
        let listener = Listener()
        test.chain.setWitness(listener)
        func isCurrent() -> Bool { listener.last.withLock { $0 } == test.chain.standing }
        let block = try test.chain.open(try test.attributes())
        #expect(isCurrent())
        _ = try test.chain.seal(block)
        #expect(isCurrent())
        test.chain.abandon(try test.chain.open(try test.attributes()))
        #expect(isCurrent())
    }

    /// Whatever readers may see is told; who observes a change is told while it is under way.
    @Test func hearsOfEverything() throws {
        let test = try TestChain()
        let counter = Counter()
        test.chain.setWitness(counter)
        let observed = Mutex<[Bool]>([])
        let id = test.chain.observe { _ in
            let isUnderWay = counter.counts.withLock { $0.begun > $0.ended }
            observed.withLock { $0.append(isUnderWay) }
        }
        _ = try test.chain.view().headHeader
        #expect(counter.take() == 0)
        let transaction = TestChain.accounts[0].transfer(0, to: Address(truncating: 1), value: 1, tip: 1_000_000_000)
        _ = try test.chain.pool.submit(transaction.encoded)
        // The pool is no affair of the chain's readers.
        #expect(counter.take() == 0)
        let block = try test.chain.open(try test.attributes())
        #expect(counter.take() > 0)
        #expect(try test.chain.extend(block) != nil)
        #expect(counter.take() > 0)
        let sealed = try test.chain.seal(block).sealed
        #expect(counter.take() > 0)
        #expect(observed.withLock { $0 } == [true])
        try test.chain.mark(safe: sealed.reference, finalized: nil)
        #expect(counter.take() > 0)
        let abandoned = try test.chain.open(try test.attributes())
        _ = counter.take()
        test.chain.abandon(abandoned)
        #expect(counter.take() > 0)
        try test.chain.rewind(to: 0)
        #expect(counter.take() > 0)
        test.chain.removeObserver(id)
    }
}
