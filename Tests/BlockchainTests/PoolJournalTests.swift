import Blockchain
import Glibc
import Primitives
import Sequencing
import StateTransition
import Testing

@Suite final class PoolJournalTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.path + "/pool" }
    private let recipient = Address(truncating: 0xBEEF)
    private let accounts = TestChain.accounts

    deinit {
        unlink(path)
        unlink(path + ".new")
    }

    private var size: Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : -1
    }

    /// The nonces that wait of an account, and those that wait for others before them.
    private func waiting(_ account: TestAccount, _ test: TestChain) -> [[UInt64]] {
        let content = test.chain.pool.withPool { $0.content(from: account.address) }
        return [content.pending.map { $0.nonce }, content.queued.map { $0.nonce }]
    }

    @Test func whatWaitsOutlivesTheProcess() throws {
        let test = try TestChain()
        test.chain.pool.keep(in: try PoolJournal(path: path))
        for nonce in [0, 1, 3] as [UInt64] {
            _ = try test.chain.pool.submit(accounts[0].transfer(nonce, to: recipient).encoded)
        }
        let batch = [0, 0, 1].map { accounts[1].transfer($0, to: recipient).encoded }
        #expect(test.chain.pool.submit(batch: batch).filter { (try? $0.get()) != nil }.count == 2)
        // The process dies: nothing is closed. A block of somebody else's has the first one meanwhile.
        try test.restart()
        #expect(waiting(accounts[0], test) == [[], []])
        var attributes = try test.attributes()
        attributes.transactions = [accounts[0].transfer(0, to: recipient)]
        _ = try test.chain.produce(attributes, from: .none)
        test.chain.pool.keep(in: try PoolJournal(path: path))
        #expect(waiting(accounts[0], test) == [[1], [3]])
        #expect(waiting(accounts[1], test) == [[0, 1], []])
        // Those that are in a block are not read again.
        _ = try test.chain.produce(try test.attributes(), from: .pool)
        test.chain.pool.rewriteJournal()
        #expect(size == 4 + accounts[0].transfer(3, to: recipient).encoded.count)
    }

    @Test func whatAnAbandonedBlockHadIsKept() throws {
        let test = try TestChain()
        test.chain.pool.keep(in: try PoolJournal(path: path))
        _ = try test.chain.pool.submit(accounts[0].transfer(0, to: recipient).encoded)
        let block = try test.chain.open(try test.attributes())
        #expect(try test.chain.extend(block)?.hashes.count == 1)
        // The pool does not have it any more, the block is not sealed.
        test.chain.pool.rewriteJournal()
        try test.restart()
        test.chain.pool.keep(in: try PoolJournal(path: path))
        #expect(waiting(accounts[0], test) == [[0], []])
    }

    @Test func staysSmall() throws {
        let test = try TestChain()
        let length = accounts[0].transfer(0, to: recipient).encoded.count + 4
        test.chain.pool.keep(in: try PoolJournal(path: path, smallest: 10 * length))
        var most = 0
        for nonce in 0..<200 as Range<UInt64> {
            _ = try test.chain.pool.submit(accounts[0].transfer(nonce, to: recipient).encoded)
            most = max(most, size)
            if nonce % 5 == 4 { _ = try test.chain.produce(try test.attributes(), from: .pool) }
        }
        #expect(most < 12 * length)
    }

    @Test func readsAsFarAsItCan() throws {
        let test = try TestChain()
        test.chain.pool.keep(in: try PoolJournal(path: path))
        for nonce in 0..<3 as Range<UInt64> {
            _ = try test.chain.pool.submit(accounts[0].transfer(nonce, to: recipient).encoded)
        }
        truncate(path, off_t(size - 1))
        try test.restart()
        test.chain.pool.keep(in: try PoolJournal(path: path))
        #expect(waiting(accounts[0], test) == [[0, 1], []])
        // Neither zeros, as a loss of power may leave, nor anything else ends it.
        for junk in [[UInt8](repeating: 0, count: 64), [UInt8](repeating: 0xFF, count: 3 << 20)] {
            let file = try #require(fopen(path, "a"))
            fwrite(junk, 1, junk.count, file)
            fclose(file)
            try test.restart()
            test.chain.pool.keep(in: try PoolJournal(path: path))
            #expect(waiting(accounts[0], test) == [[0, 1], []])
        }
        #expect(throws: ChainError.self) { try PoolJournal(path: directory.path + "/none/pool") }
    }
}
