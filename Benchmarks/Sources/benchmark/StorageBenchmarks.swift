import Cryptography
import Foundation
import Primitives
import StateTransition
import Storage

/// Blocks of a thousand changed accounts out of a million on disk, all in: root, state, trie nodes, history; and reading
/// one account. The database is in the folder for temporary files; `TMPDIR` chooses another disk.
let storageBenchmarks: [Benchmark] = [
    Benchmark("storage/commit 1000 changes of 1000000 accounts, all history") {
        let chain = StoredChain(history: nil)
        return { chain.commit(changing: 1_000) }
    },
    Benchmark("storage/commit 1000 changes of 1000000 accounts, 8 blocks of history") {
        let chain = StoredChain(history: 8)
        for _ in 0..<12 { chain.commit(changing: 1_000) }
        return { chain.commit(changing: 1_000) }
    },
    Benchmark("storage/commit 1 change of 1000000 accounts") {
        let chain = StoredChain(history: nil)
        return { chain.commit(changing: 1) }
    },
    Benchmark("storage/read an account of 1000000") {
        let chain = StoredChain(history: nil)
        for _ in 0..<20 { chain.commit(changing: 1_000) }
        let state = attempt { try chain.database.headState() }
        return { consume(attempt { try state.account(chain.randomAddress()) }) }
    },
    Benchmark("storage/read an account of 1000000, 10 blocks ago, with a new snapshot") {
        let chain = StoredChain(history: nil)
        for _ in 0..<20 { chain.commit(changing: 1_000) }
        return {
            let address = chain.randomAddress()
            consume(attempt { try chain.database.snapshot().state(chain.database.head.number - 10).account(address) })
        }
    },
    Benchmark("storage/prove an account of 1000000, 10 blocks ago") {
        let chain = StoredChain(history: nil)
        for _ in 0..<20 { chain.commit(changing: 1_000) }
        return {
            let address = chain.randomAddress()
            consume(
                attempt {
                    try chain.database.snapshot().state(chain.database.head.number - 10).proof(of: address, slots: [])
                })
        }
    },
]

private func attempt<Value>(_ body: () throws -> Value) -> Value {
    do { return try body() } catch { fatalError("\(error)") }
}

private final class StoredChain {
    private static let count: UInt64 = 1_000_000
    let database: ChainDatabase
    private let folder: URL
    private var head: BlockHeader
    private var random: UInt64 = 1

    init(history: UInt64?) {
        folder = FileManager.default.temporaryDirectory.appending(path: "mayfly-benchmark-\(UUID())")
        head = BlockHeader(gasLimit: 30_000_000)
        let genesis = GenesisBlock(chainID: 1, block: Block(header: head), state: StateDiff())
        let path = folder.path()
        database = attempt {
            try ChainDatabase(directory: path, genesis: genesis, options: ChainDatabase.Options(history: history))
        }
        for start in stride(from: 0, to: Self.count, by: 50_000) { commit(start..<start + 50_000) }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func randomAddress() -> Address {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Self.address((random &>> 20) % Self.count)
    }

    func commit(changing count: Int) {
        var diff = StateDiff()
        for _ in 0..<count {
            let address = randomAddress()
            diff.accounts.append(StateDiff.AccountChange(address: address, record: record()))
        }
        commit(diff)
    }

    private func commit(_ numbers: Range<UInt64>) {
        var diff = StateDiff()
        for number in numbers {
            diff.accounts.append(StateDiff.AccountChange(address: Self.address(number), record: record()))
        }
        commit(diff)
    }

    private func record() -> AccountRecord {
        AccountRecord(nonce: random & 0xFF, balance: UInt256(limbs: random, 1, 0, 0))
    }

    /// Addresses are hashes of keys: neighbours in no order that the trie or the table knows.
    private static func address(_ number: UInt64) -> Address {
        Address(truncating: UInt256(Keccak256.hash(Hash256(UInt256(number)))))
    }

    private func commit(_ diff: StateDiff) {
        attempt {
            let root = try database.headState().root(after: diff)
            let header = BlockHeader(
                parentHash: head.hash, stateRoot: root, number: head.number + 1, gasLimit: 30_000_000,
                timestamp: head.timestamp + 1)
            try database.commit(
                ExecutedBlock(block: Block(header: header), senders: [], receipts: [], stateDiff: diff))
            head = header
        }
    }
}
