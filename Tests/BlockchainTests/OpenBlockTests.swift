import Blockchain
import EVM
import Glibc
import Primitives
import Sequencing
import StateTransition
import Storage
import Synchronization
import Testing

@Suite struct OpenBlockTests {
    private let recipient = Address(truncating: 0xBEEF)
    private let accounts = TestChain.accounts

    /// A contract that counts its calls in slot 0, and logs nothing.
    private let counter: [UInt8] = [0x60, 0x01, 0x5F, 0x54, 0x01, 0x5F, 0x55, 0x00]

    /// Creates the counter: copies its code to memory and returns it.
    private func creation(_ nonce: UInt64, by account: TestAccount) -> Transaction {
        let code: [UInt8] = [
            0x60, UInt8(counter.count), 0x60, 0x0A, 0x5F, 0x39, 0x60, UInt8(counter.count), 0x5F, 0xF3,
        ]
        return account.signed(nonce, to: nil, input: code + counter, gasLimit: 200_000)
    }

    /// Transfers of several accounts to each other and to new ones, and calls of a contract made by the first.
    private func mixed(_ count: Int, seed: UInt64) -> [Transaction] {
        var random = Random(seed)
        var nonces = [UInt64](repeating: 0, count: accounts.count)
        var transactions = [creation(0, by: accounts[0])]
        nonces[0] = 1
        let contract = ContractAddress.create(sender: accounts[0].address, nonce: 0)
        for _ in 0..<count {
            let index = Int(random.next() % UInt64(accounts.count))
            defer { nonces[index] += 1 }
            let tip = UInt256(1 + random.next() % 5) &* 1_000_000_000
            switch random.next() % 4 {
            case 0:
                transactions.append(accounts[index].signed(nonces[index], to: contract, tip: tip, gasLimit: 60_000))
            case 1:
                let other = accounts[Int(random.next() % UInt64(accounts.count))].address
                transactions.append(accounts[index].transfer(nonces[index], to: other, value: 7, tip: tip))
            default:
                let new = Address(truncating: UInt256(0xA000 + random.next() % 50))
                transactions.append(accounts[index].transfer(nonces[index], to: new, value: 3, tip: tip))
            }
        }
        return transactions
    }

    private func submit(_ transactions: [Transaction], to chain: Chain) throws {
        for transaction in transactions { _ = try chain.pool.submit(transaction.encoded) }
    }

    @Test(arguments: 0..<12 as Range<UInt64>) func isTheBlockMadeAtOnce(seed: UInt64) throws {
        let whole = try TestChain()
        let split = try TestChain()
        let transactions = mixed(60, seed: seed)
        try submit(transactions, to: whole.chain)
        try submit(transactions, to: split.chain)
        let expected = try #require(try whole.chain.produce(try whole.attributes())).sealed
        let block = try split.chain.open(try split.attributes())
        var random = Random(seed ^ 0xFFFF)
        var table = ChangeTable()
        for changes in block.subBlocks.map({ $0.changes }) { table.apply(changes) }
        while let added = try split.chain.extend(block, SubBlockLimits(count: 1 + Int(random.next() % 20))) {
            table.apply(added.changes)
        }
        #expect(split.chain.pool.withPool { $0.count } == 0)
        let soFar = block.sealedSoFar
        let before = try split.chain.view()
        let pending = ChangedState(try before.state(before.head), after: table)
        let sealed = try split.chain.seal(block).sealed
        #expect(sealed.header == expected.header && sealed.hash == expected.hash)
        #expect(sealed.block == expected.block && sealed.receipts == expected.receipts)
        #expect(sealed.senders == expected.senders && sealed.encodedByteCount == expected.encodedByteCount)
        #expect(soFar.receipts == sealed.receipts && soFar.transactionHashes == sealed.transactionHashes)
        #expect(soFar.header.gasUsed == sealed.header.gasUsed && soFar.header.logsBloom == sealed.header.logsBloom)
        // The sub-blocks' changes come to the same state.
        let view = try split.chain.view()
        let state = try view.state(view.head)
        let contract = ContractAddress.create(sender: accounts[0].address, nonce: 0)
        let addresses =
            accounts.map { $0.address } + [contract]
            + (0..<50).map { Address(truncating: UInt256(UInt64(0xA000 + $0))) }
        for address in addresses { #expect(try pending.account(address) == state.account(address)) }
        #expect(try pending.storage(contract, 0) == state.storage(contract, 0))
        let record = try #require(try pending.account(contract))
        #expect(try pending.code(record.codeHash) == counter)
        _ = try split.chain.database.verify()
    }

    @Test func isPendingAsFarAsItHasGot() throws {
        let test = try TestChain()
        let chain = test.chain
        let block = try chain.open(try test.attributes())
        _ = try chain.pool.submit(accounts[0].transfer(0, to: recipient, value: 5).encoded)
        // Nothing is pending but what the block has.
        let empty = try chain.view()
        let reference = try #require(try empty.reference(.pending))
        #expect(try empty.block(reference)?.transactions.isEmpty == true)
        let added = try #require(try chain.extend(block))
        #expect(added.index == 1 && added.firstTransaction == 0 && added.receipts.count == 1)
        #expect(block.place(of: added.hashes[0]) == 0)
        let view = try chain.view()
        let pending = try #require(try view.reference(.pending))
        #expect(pending.number == 1 && pending.hash == Hash256())
        #expect(try view.state(pending).account(recipient)?.balance == 5)
        #expect(try view.state(view.head).account(recipient) == nil)
        #expect(try view.sealedBlock(pending)?.receipts.count == 1)
        #expect(chain.pool.nextNonce(of: accounts[0].address) == 1)
        // Who got something in the open block can send it on at once, and the nonce goes on from there.
        _ = try chain.pool.submit(accounts[0].transfer(1, to: recipient).encoded)
        #expect(chain.pool.withPool { $0.status.pending } == 1)
        #expect(throws: SubmissionError.refused(.alreadyKnown)) {
            try chain.pool.submit(accounts[0].transfer(0, to: recipient, value: 5).encoded)
        }
        // Nothing new, no sub-block.
        _ = try chain.extend(block)
        #expect(try chain.extend(block) == nil)
        #expect(block.subBlocks.map { $0.index } == [0, 1, 2])
        _ = try chain.seal(block)
        #expect(chain.openBlock == nil && chain.database.head.number == 1)
        #expect(try test.balance(recipient) == 6)
    }

    @Test func keepsToItsLimits() throws {
        let test = try TestChain()
        for nonce in 0..<20 as Range<UInt64> {
            _ = try test.chain.pool.submit(accounts[0].transfer(nonce, to: recipient).encoded)
        }
        let block = try test.chain.open(try test.attributes())
        let first = try #require(try test.chain.extend(block, SubBlockLimits(gas: 5 * 21_000)))
        #expect(first.hashes.count == 5)
        #expect(try test.chain.extend(block, SubBlockLimits(gas: 5 * 21_000)) == nil)
        #expect(try test.chain.extend(block, SubBlockLimits(deadline: .now - .seconds(1))) == nil)
        #expect(try test.chain.extend(block, SubBlockLimits(count: 2))?.hashes.count == 2)
        #expect(try test.chain.extend(block)?.hashes.count == 13)
    }

    @Test func isGivenUpWhenTheHeadBecomesAnother() throws {
        let test = try TestChain()
        let chain = test.chain
        let events = Mutex<[String]>([])
        _ = chain.observeOpenBlocks { event in
            events.withLock { events in
                switch event {
                case .opened: events.append("opened")
                case .extended: events.append("extended")
                case .sealed: events.append("sealed")
                case .abandoned: events.append("abandoned")
                }
            }
        }
        let other = try TestChain().chain.build(try test.attributes(recipient: 9), from: .none).sealed
        for nonce in 0..<4 as Range<UInt64> {
            _ = try chain.pool.submit(accounts[0].transfer(nonce, to: recipient, value: 5).encoded)
        }
        let block = try chain.open(try test.attributes())
        _ = try chain.extend(block, SubBlockLimits(count: 3))
        #expect(chain.pool.withPool { $0.count } == 1)
        try chain.append(other.block)
        #expect(chain.openBlock == nil && block.isClosed)
        #expect(chain.pool.withPool { $0.status.pending } == 4)
        #expect(chain.pool.nextNonce(of: accounts[0].address) == 4)
        #expect(throws: ChainError.blockClosed) { try chain.extend(block) }
        #expect(throws: ChainError.blockClosed) { try chain.seal(block) }
        #expect(try chain.view().reference(.pending)?.number == 2)
        #expect(events.withLock { $0 } == ["opened", "extended", "abandoned"])
        // The next one has them.
        let next = try chain.open(try test.attributes())
        #expect(try chain.extend(next)?.hashes.count == 4)
        _ = try chain.seal(next)
        #expect(try test.balance(recipient) == 20)
        _ = try chain.database.verify()
    }

    @Test func whatADiskDoesNotTakeIsSealedAndNotToldBefore() throws {
        let test = try TestChain()
        let chain = test.chain
        let told = Mutex(0)
        _ = chain.observeOpenBlocks { event in
            if case .extended = event { told.withLock { $0 += 1 } }
        }
        for nonce in 0..<2 as Range<UInt64> {
            _ = try chain.pool.submit(accounts[0].transfer(nonce, to: recipient, value: 5).encoded)
        }
        let block = try chain.open(try test.attributes())
        _ = try chain.extend(block, SubBlockLimits(count: 1))
        let full = ChainError.storage(StorageError(.full, "the disk is full", path: "journal", remedy: ""))
        #expect(throws: full) { try chain.extend(block) { (_, _) throws(ChainError) in throw full } }
        #expect(!block.isClosed && chain.openBlock != nil && told.withLock { $0 } == 1)
        #expect(try chain.seal(block).sealed.block.transactions.count == 2)
        #expect(try test.balance(recipient) == 10 && chain.pool.withPool { $0.count } == 0)
        _ = try chain.database.verify()
    }

    @Test func givesBackWhatItHadWhenItIsAbandoned() throws {
        let test = try TestChain()
        let chain = test.chain
        _ = try chain.pool.submit(accounts[0].transfer(0, to: recipient).encoded)
        let block = try chain.open(try test.attributes())
        _ = try chain.extend(block)
        _ = try chain.pool.submit(accounts[0].transfer(1, to: recipient).encoded)
        chain.abandon(block)
        #expect(chain.pool.withPool { $0.status.pending } == 2)
        // Opening another gives one up, too.
        let second = try chain.open(try test.attributes())
        #expect(try chain.extend(second)?.hashes.count == 2)
        let third = try chain.open(try test.attributes())
        #expect(second.isClosed && !third.isClosed)
        #expect(try chain.extend(third)?.hashes.count == 2)
        #expect(try chain.seal(third).sealed.block.transactions.count == 2)
    }

    @Test func leavesTheChainToOthersMeanwhile() throws {
        let test = try TestChain()
        let chain = test.chain
        _ = try chain.produce(try test.attributes(), from: .none)
        let block = try chain.open(try test.attributes())
        _ = try chain.pool.submit(accounts[0].transfer(0, to: recipient).encoded)
        _ = try chain.extend(block)
        // Marks, and a block beside the chain.
        try chain.mark(safe: chain.database.head, finalized: chain.database.genesis)
        let beside = try chain.build(try test.attributes(recipient: 5), from: .none)
        #expect(!block.isClosed)
        let sealed = try chain.seal(block).sealed
        #expect(chain.database.head == sealed.reference && chain.database.safe?.number == 1)
        #expect(try chain.view().reference(beside.sealed.hash) != nil)
        _ = try chain.database.verify()
    }

    @Test func isSealedByTheNextProcess() throws {
        let test = try TestChain()
        let path = test.directory.path + "/open"
        let other = test.directory.path + "/torn"
        defer {
            unlink(path)
            unlink(other)
        }
        var attributes = try test.attributes()
        attributes.transactions = [accounts[2].transfer(0, to: recipient)]
        attributes.gasLimit = 30_000_000
        let parent = test.chain.database.head.hash
        var expected: SealedBlock?
        do {
            let journal = try OpenBlockJournal(path: path)
            #expect(journal.content() == nil)
            for nonce in 0..<9 as Range<UInt64> {
                _ = try test.chain.pool.submit(accounts[0].transfer(nonce, to: recipient).encoded)
            }
            let block = try test.chain.open(attributes) { (_, _) throws(ChainError) in
                try journal.begin(parent, attributes)
            }
            for count in 1...3 {
                _ = try test.chain.extend(block, SubBlockLimits(count: count)) { (_, added) throws(ChainError) in
                    try journal.append(added)
                }
            }
            // A chain like this one seals it; this one dies before.
            let twin = try TestChain()
            attributes.transactions += (0..<6).map { accounts[0].transfer($0, to: recipient) }
            expected = try twin.chain.produce(attributes, from: .none)?.sealed
        }
        try test.restart()
        let journal = try OpenBlockJournal(path: path)
        #expect(journal.content()?.attributes.transactions.count == 7)
        let sealed = try #require(try test.chain.recover(journal))
        #expect(sealed.hash == expected?.hash)
        // It is in the chain now, and nothing is left to go on with.
        #expect(try test.chain.recover(journal) == nil)
        // Without its last bytes a record does not count.
        let torn = try OpenBlockJournal(path: other)
        try torn.begin(parent, attributes)
        let size = try #require(journalSize(other))
        truncate(other, size - 1)
        #expect(torn.content() == nil)
    }

    private func journalSize(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    @Test func dropsWhatCannotBeExecuted() throws {
        let test = try TestChain()
        let chain = test.chain
        let block = try chain.open(try test.attributes())
        // It fits the pool's idea of the balance; another transaction of the block takes the money first.
        _ = try chain.pool.submit(
            accounts[1].transfer(0, to: recipient, value: UInt256(999) &* 1_000_000_000_000_000_000).encoded)
        #expect(try chain.extend(block)?.hashes.count == 1)
        #expect(throws: SubmissionError.self) {
            try chain.pool.submit(
                accounts[1].transfer(1, to: recipient, value: UInt256(10) &* 1_000_000_000_000_000_000).encoded)
        }
        #expect(try chain.extend(block) == nil)
        _ = try chain.seal(block)
    }
}

/// A generator of numbers that are the same every time.
struct Random {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
