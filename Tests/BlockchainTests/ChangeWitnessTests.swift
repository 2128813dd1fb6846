import Blockchain
import Primitives
import StateTransition
import Synchronization
import Testing

@Suite struct ChangeWitnessTests {
    private final class Counter: ChangeWitness {
        let counts = Mutex((begun: 0, ended: 0))
        func willChange() { counts.withLock { $0.begun += 1 } }
        func didChange() { counts.withLock { $0.ended += 1 } }

        /// How many changes there were since it was last asked; all of them are over.
        func take() -> Int {
            counts.withLock { counts in
                #expect(counts.begun == counts.ended)
                defer { counts = (0, 0) }
                return counts.begun
            }
        }
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
