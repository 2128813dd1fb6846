import EVM
import Foundation
import Primitives
import Sequencing
import StateTransition

/// The pool without what happens before it: decoding, hashes and signatures.
let mempoolBenchmarks: [Benchmark] = [
    Benchmark("mempool/admit 10000 transfers of 10000 accounts") {
        let transfers = Transfers(accounts: 10_000, each: 1)
        return { consume(transfers.fill().count) }
    },
    Benchmark("mempool/admit 10000 transfers of 10 accounts") {
        let transfers = Transfers(accounts: 10, each: 1_000)
        return { consume(transfers.fill().count) }
    },
    Benchmark("mempool/pick 1000 of 10000 accounts' transfers") {
        let transfers = Transfers(accounts: 10_000, each: 1)
        var pool = transfers.fill()
        return { consume(pool.best().prefix(1_000).reduce(0) { $0 &+ $1.encoded.count }) }
    },
    Benchmark("mempool/pick 1000 of 10 accounts' transfers") {
        let transfers = Transfers(accounts: 10, each: 1_000)
        var pool = transfers.fill()
        return { consume(pool.best().prefix(1_000).reduce(0) { $0 &+ $1.encoded.count }) }
    },
    Benchmark("mempool/1000 transfers of 1000 accounts in and out by a block") {
        let transfers = Transfers(accounts: 1_000, each: 1)
        let block = transfers.update(nonce: 1)
        return {
            var pool = transfers.fill()
            consume(pool.apply(block, now: 0).dropped.count)
        }
    },
]

/// Prints by how much the process grows for a pooled transfer, with everything that it consists of.
func printMempoolMemory() {
    // All are kept, so that none is made of what another left.
    var pools: [Mempool] = []
    for (accounts, each) in [(100_000, 1), (1_000, 100)] {
        let before = residentBytes()
        let pool = Transfers(accounts: accounts, each: each).fill()
        let bytes = (residentBytes() - before) / pool.count
        pools.append(pool)
        print("mempool: \(pool.count) transfers of \(accounts) accounts, \(bytes) bytes each")
    }
    consume(pools)
}

private func residentBytes() -> Int {
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4_096 : 0
}

private struct Transfers {
    private let transactions: [PooledTransaction]
    private let head = MempoolHead(
        number: 1, baseFee: 7, blobBaseFee: 1, gasLimit: 36_000_000_000, blobLimit: 9, revision: .osaka, chainID: 1337)
    private let state = SenderState(nonce: 0, balance: 1_000_000_000_000_000_000)

    init(accounts: Int, each: Int) {
        var transactions: [PooledTransaction] = []
        for nonce in 0..<UInt64(each) {
            for account in 0..<UInt64(accounts) {
                let number = UInt64(transactions.count)
                let transaction = Transaction(
                    kind: .dynamicFee, chainID: 1337, nonce: nonce, maxFeePerGas: 1_000,
                    maxPriorityFeePerGas: UInt256(1 + (number &* 2_654_435_761) % 97), gasLimit: 21_000,
                    to: Address(), value: 1,
                    signature: Signature(v: 1, r: UInt256.max / 3, s: UInt256.max / 5))
                // Signatures here do not tell transactions of different accounts apart: number the hashes.
                transactions.append(
                    PooledTransaction(
                        transaction, hash: Hash256(UInt256(number + 1)),
                        sender: Address(truncating: UInt256((account + 1) &* 0x9E37_79B9_7F4A_7C15)),
                        encoded: transaction.encoded))
            }
        }
        self.transactions = transactions
    }

    func fill() -> Mempool {
        var pool = Mempool(configuration: .development, head: head)
        var change = MempoolChange()
        for transaction in transactions {
            try? pool.admit(transaction, state: state, block: 1, now: 0, change: &change)
        }
        precondition(pool.status.pending == transactions.count)
        return pool
    }

    /// A block after which every account has this nonce.
    func update(nonce: UInt64) -> HeadUpdate {
        var head = head
        head.number = 2
        return HeadUpdate(
            head: head,
            accounts: transactions.map { ($0.sender, SenderState(nonce: nonce, balance: state.balance)) },
            included: transactions.map(\.hash))
    }
}
