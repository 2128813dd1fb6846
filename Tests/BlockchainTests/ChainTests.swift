import Blockchain
import EVM
import Primitives
import Sequencing
import StateTransition
import Storage
import Synchronization
import Testing

@Suite struct ChainTests {
    private let recipient = Address(truncating: 0xBEEF)
    private let accounts = TestChain.accounts

    @Test func producesWhatThePoolHas() throws {
        let test = try TestChain()
        for nonce in 0..<3 as Range<UInt64> {
            _ = try test.chain.pool.submit(accounts[0].transfer(nonce, to: recipient, value: 5).encoded)
        }
        let built = try #require(try test.chain.produce(try test.attributes()))
        #expect(built.sealed.block.transactions.count == 3)
        #expect(try test.balance(recipient) == 15)
        #expect(built.fees == UInt256(3 * 21_000) &* 1_000_000_000)
        #expect(built.sealed.encodedByteCount == built.sealed.block.encoded.count)
        #expect(test.chain.pool.withPool { $0.count } == 0)
        // Another chain takes the block as valid.
        let other = try TestChain()
        try other.chain.append(built.sealed.block)
        #expect(other.chain.database.head == test.chain.database.head)
    }

    @Test func makesNoEmptyBlockWhereNoneIsWanted() throws {
        let test = try TestChain()
        #expect(try test.chain.produce(try test.attributes(), skipsEmpty: true) == nil)
        #expect(test.chain.database.head.number == 0)
    }

    @Test func refusesWhatBreaksARule() throws {
        let test = try TestChain()
        let candidate = try TestChain().chain.build(try test.attributes(), from: .none).sealed.block
        var wrong = candidate
        wrong.header.stateRoot = Hash256(7)
        #expect(throws: ChainError.invalid(.stateRoot)) { try test.chain.append(wrong) }
        wrong = candidate
        wrong.header.parentHash = Hash256(7)
        #expect(throws: ChainError.unknownParent(Hash256(7))) { try test.chain.append(wrong) }
        wrong = candidate
        wrong.transactions = [accounts[0].transfer(0, to: recipient)]
        #expect(throws: ChainError.invalid(.transactionsRoot)) { try test.chain.append(wrong) }
        #expect(test.chain.database.head.number == 0)
        try test.chain.append(candidate)
        #expect(test.chain.database.head.number == 1)
    }

    @Test func refusesATransactionWithAWorthlessSignature() throws {
        let test = try TestChain()
        var transaction = accounts[0].transfer(0, to: recipient)
        transaction.signature.s = 0
        #expect(throws: SubmissionError.refused(.invalidSignature)) {
            try test.chain.pool.submit(transaction.encoded)
        }
        var attributes = try test.attributes()
        attributes.transactions = [transaction]
        #expect(throws: ChainError.invalid(.transaction(index: 0, .invalidSignature))) {
            try test.chain.build(attributes)
        }
    }

    @Test func reorganisesAndGivesTransactionsBack() throws {
        let test = try TestChain()
        let events = Mutex<[ChainEvent]>([])
        _ = test.chain.observe { event in events.withLock { $0.append(event) } }
        let genesis = try test.chain.view().headHeader
        for nonce in 0..<2 as Range<UInt64> {
            _ = try test.chain.pool.submit(accounts[0].transfer(nonce, to: recipient, value: 5).encoded)
            _ = try test.chain.produce(try test.attributes())
        }
        #expect(try test.balance(recipient) == 10)
        // A fork of three blocks, the middle one with a transaction of another account.
        var parent = genesis
        var fork: [BuiltCandidate] = []
        for number in 0..<3 {
            var attributes = try test.attributes(after: parent, recipient: 0xF0)
            if number == 1 { attributes.transactions = [accounts[1].transfer(0, to: recipient, value: 7)] }
            fork.append(try test.chain.build(attributes, on: parent.hash, from: .none))
            parent = fork[number].sealed.header
        }
        let before = test.chain.database.head
        #expect(try test.chain.view().state(fork[2].sealed.reference).account(recipient)?.balance == 7)
        try test.chain.setHead(fork[2].sealed.hash, safe: fork[0].sealed.hash, finalized: genesis.hash)
        #expect(test.chain.database.head == fork[2].sealed.reference)
        #expect(test.chain.database.safe == fork[0].sealed.reference)
        #expect(try test.balance(recipient) == 7)
        #expect(test.chain.pool.withPool { $0.count } == 2)
        let event = try #require(events.withLock { $0.last })
        #expect(event.removed.map { $0.header.number } == [2, 1] && event.added.map { $0.header.number } == [1, 2, 3])
        // And back, though the blocks that lost their place have to be executed again.
        try test.chain.setHead(before.hash)
        #expect(test.chain.database.head == before)
        #expect(try test.balance(recipient) == 10)
        _ = try test.chain.database.verify()
    }

    @Test func returnsToAForkWhoseFirstBlockLostItsPlace() throws {
        let test = try TestChain()
        let genesis = try test.chain.view().headHeader
        let first = try #require(try test.chain.produce(try test.attributes(recipient: 1), from: .none)).sealed
        // Executed beside the chain while its parent was in it.
        let second = try test.chain.build(try test.attributes(recipient: 1), from: .none).sealed
        var attributes = try test.attributes(after: genesis, recipient: 2)
        attributes.transactions = [accounts[1].transfer(0, to: recipient, value: 7)]
        let other = try test.chain.build(attributes, on: genesis.hash, from: .none).sealed
        try test.chain.setHead(other.hash)
        #expect(try test.balance(recipient) == 7)
        try test.chain.setHead(second.hash)
        #expect(test.chain.database.head == second.reference)
        #expect(try test.chain.view().isCanonical(first.reference))
        #expect(try test.balance(recipient) == 0)
        _ = try test.chain.database.verify()
    }

    @Test func keepsInThePoolWhatAnOlderParentCannotHave() throws {
        let test = try TestChain()
        let genesis = try test.chain.view().headHeader
        _ = try test.chain.pool.submit(accounts[0].transfer(0, to: recipient).encoded)
        _ = try test.chain.produce(try test.attributes())
        _ = try test.chain.pool.submit(accounts[0].transfer(1, to: recipient).encoded)
        _ = try test.chain.build(try test.attributes(after: genesis), on: genesis.hash)
        #expect(test.chain.pool.withPool { $0.count } == 1)
    }

    @Test func goesALongWayBackInSteps() throws {
        let test = try TestChain()
        for nonce in 0..<150 as Range<UInt64> {
            _ = try test.chain.pool.submit(accounts[0].transfer(nonce, to: recipient).encoded)
            _ = try test.chain.produce(try test.attributes())
        }
        let events = Mutex<[ChainEvent]>([])
        _ = test.chain.observe { event in events.withLock { $0.append(event) } }
        try test.chain.rewind(to: 3)
        #expect(test.chain.database.head.number == 3)
        #expect(try test.balance(recipient) == 3)
        #expect(test.chain.pool.withPool { $0.count } == 147)
        let told = events.withLock { $0 }
        #expect(told.map { $0.head.number } == [86, 22, 3])
        #expect(told.flatMap { $0.removed.map { $0.header.number } } == (4...150).reversed())
        _ = try test.chain.database.verify()
    }

    @Test func showsTheBlockThatWouldComeNext() throws {
        let test = try TestChain()
        let before = try test.chain.view()
        let empty = try #require(try before.reference(.pending))
        #expect(empty.number == 1 && empty.hash != before.head.hash)
        _ = try test.chain.pool.submit(accounts[0].transfer(0, to: recipient, value: 5).encoded)
        let view = try test.chain.view()
        let pending = try #require(try view.reference(.pending))
        #expect(try view.block(pending)?.transactions.count == 1)
        #expect(try view.state(pending).account(recipient)?.balance == 5)
        #expect(try view.state(view.head).account(recipient) == nil)
        // It is no block of the chain, and nobody else sees it.
        #expect(try !view.isCanonical(pending))
        #expect(try test.chain.view().reference(pending.hash) == nil)
        #expect(test.chain.pool.withPool { $0.count } == 1)
        // The same block while nothing has changed, another after the head moved.
        #expect(try test.chain.view().reference(.pending) == pending)
        _ = try test.chain.produce(try test.attributes())
        #expect(try test.chain.view().reference(.pending)?.number == 2)
        // None where who makes the blocks wants none.
        test.chain.setPendingAttributes { _, _ in nil }
        _ = try test.chain.produce(try test.attributes())
        #expect(try test.chain.view().reference(.pending) == test.chain.database.head)
    }

    @Test func refusesAFinalBlockOfAnotherFork() throws {
        let test = try TestChain()
        let genesis = try test.chain.view().headHeader
        let left = try test.chain.build(try test.attributes(recipient: 1), from: .none).sealed
        let right = try test.chain.build(try test.attributes(recipient: 2), from: .none).sealed
        #expect(throws: ChainError.self) { try test.chain.setHead(left.hash, finalized: right.hash) }
        #expect(test.chain.database.head.hash == genesis.hash)
        #expect(throws: ChainError.unknownBlock(Hash256(9))) { try test.chain.setHead(Hash256(9)) }
    }

    @Test func rewinds() throws {
        let test = try TestChain()
        for nonce in 0..<4 as Range<UInt64> {
            _ = try test.chain.pool.submit(accounts[0].transfer(nonce, to: recipient, value: 5).encoded)
            _ = try test.chain.produce(try test.attributes())
        }
        try test.chain.rewind(to: 1)
        #expect(try test.balance(recipient) == 5)
        #expect(test.chain.pool.withPool { $0.pendingNonce(of: accounts[0].address) } == 4)
        let again = try #require(try test.chain.produce(try test.attributes()))
        #expect(again.sealed.block.transactions.count == 3)
        #expect(try test.balance(recipient) == 20)
        _ = try test.chain.database.verify()
    }

    @Test func keepsEverythingOverARestart() throws {
        let test = try TestChain()
        _ = try test.chain.pool.submit(accounts[0].transfer(0, to: recipient, value: 5).encoded)
        let sealed = try #require(try test.chain.produce(try test.attributes())).sealed
        try test.restart()
        let view = try test.chain.view()
        let block = try #require(try view.sealedBlock(view.head))
        #expect(block.block == sealed.block && block.receipts == sealed.receipts && block.senders == sealed.senders)
        #expect(try test.balance(recipient) == 5)
        #expect(try view.location(ofTransaction: sealed.transactionHashes[0])?.index == 0)
    }

    @Test func changesTheStateForDevelopment() throws {
        let test = try TestChain()
        var attributes = try test.attributes()
        attributes.stateChanges.accounts = [
            StateDiff.AccountChange(address: recipient, record: AccountRecord(nonce: 3, balance: 77))
        ]
        attributes.transactions = [accounts[0].transfer(0, to: recipient, value: 5)]
        _ = try test.chain.produce(attributes)
        #expect(try test.balance(recipient) == 82)
        _ = try test.chain.database.verify()
    }

    @Test func dropsWhatCannotBeExecuted() throws {
        let test = try TestChain()
        // The second transaction empties the account, so that the third, of which the pool thought well, cannot pay.
        _ = try test.chain.pool.submit(accounts[0].transfer(0, to: recipient).encoded)
        var attributes = try test.attributes()
        attributes.transactions = [accounts[0].transfer(0, to: recipient, value: 5)]
        let built = try #require(try test.chain.produce(attributes))
        #expect(built.sealed.block.transactions.count == 1)
        #expect(test.chain.pool.withPool { $0.count } == 0)
    }

    @Test func movesTheGasLimitByTheRule() throws {
        let test = try TestChain()
        var attributes = try test.attributes()
        attributes.gasLimit = 1_000_000_000
        let built = try #require(try test.chain.produce(attributes))
        #expect(built.sealed.header.gasLimit == 30_000_000 + 30_000_000 / 1_024 - 1)
        try TestChain().chain.append(built.sealed.block)
    }
}
