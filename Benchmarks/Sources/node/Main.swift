import Blockchain
import Cryptography
import EVM
import Foundation
import Primitives
import Sequencing
import StateTransition
import Storage

/// `node [COUNT [BATCH [BLOCK]]]`: what a transfer costs on its way through the node, without the server: taken in batches
/// of BATCH (100), put into blocks of at most BLOCK (all that there are), on disk.
@main
struct Main {
    static func main() throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let count = numbers.first ?? 20_000
        let batch = numbers.dropFirst().first ?? 100
        let block = numbers.dropFirst(2).first ?? count
        let transfers = Transfers(count: count, senders: 32, recipients: 1_000)
        let directory = NSTemporaryDirectory() + "mayfly-node-benchmark-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let genesis = try transfers.genesis()
        let configuration = ChainConfiguration.always(.cancun, chainID: 1337)
        let chain = try Chain(
            configuration: configuration, database: ChainDatabase(directory: directory, genesis: genesis),
            poolConfiguration: .development)
        var submitting = Time()
        var producing = Time()
        var next = 0
        var timestamp = genesis.block.header.timestamp
        while next < count {
            let end = min(count, next + block)
            try submitting.measure {
                for start in stride(from: next, to: end, by: batch) {
                    let results = chain.pool.submit(batch: Array(transfers.encoded[start..<min(end, start + batch)]))
                    for result in results { _ = try result.get() }
                }
            }
            next = end
            timestamp += 1
            try producing.measure {
                let attributes = BlockAttributes(
                    timestamp: timestamp, randomness: Hash256(), feeRecipient: Address(truncating: 0xFEE))
                let built = try chain.produce(attributes)
                guard built?.sealed.block.transactions.count ?? 0 > 0 else { throw Failure.emptyBlock }
            }
        }
        print("blocks: \(chain.database.head.number), pooled after them: \(chain.pool.withPool { $0.count })")
        print("submit:  \(submitting.per(count))")
        print("produce: \(producing.per(count))")
        print("resident: \(residentMegabytes()) MB, the transfers in memory included")
    }

    enum Failure: Error { case emptyBlock }

    private static func residentMegabytes() -> Int {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4 / 1_024 : 0
    }
}

/// Time by the wall and of the processor.
struct Time {
    private var wall = 0.0
    private var processor = 0.0

    mutating func measure(_ body: () throws -> Void) rethrows {
        let start = (DispatchTime.now().uptimeNanoseconds, Self.processorNanoseconds())
        try body()
        wall += Double(DispatchTime.now().uptimeNanoseconds - start.0)
        processor += Self.processorNanoseconds() - start.1
    }

    func per(_ count: Int) -> String {
        func microseconds(_ time: Double) -> Double { (time / Double(count) / 10).rounded() / 100 }
        return "\(microseconds(wall)) us a transfer, \(microseconds(processor)) us of the processor"
    }

    private static func processorNanoseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}

/// Signed transfers, round robin over the senders and the recipients.
struct Transfers {
    let encoded: [[UInt8]]
    private let senders: [Address]

    init(count: Int, senders senderCount: Int, recipients: Int) {
        let keys = (1...senderCount).map { UInt256(UInt64($0 + 0x1000)) }
        senders = keys.map { key in
            let signature = Secp256k1.sign(hash: Hash256(), privateKey: key)!
            return Secp256k1.recoverAddress(
                hash: Hash256(), r: signature.r, s: signature.s, isOdd: signature.isOdd)!
        }
        encoded = (0..<count).map { number in
            var transaction = Transaction(
                kind: .dynamicFee, chainID: 1337, nonce: UInt64(number / senderCount), maxFeePerGas: 200_000_000_000,
                maxPriorityFeePerGas: 1_000_000_000, gasLimit: 21_000,
                to: Address(truncating: UInt256(UInt64(number % recipients) &* 0x9E37_79B9_7F4A_7C15 | 1) << 64),
                value: 1)
            let signature = Secp256k1.sign(hash: transaction.signingHash, privateKey: keys[number % senderCount])!
            transaction.signature = Signature(v: signature.isOdd ? 1 : 0, r: signature.r, s: signature.s)
            return transaction.encoded
        }
    }

    func genesis() throws -> GenesisBlock {
        var state = StateDiff()
        for sender in senders {
            state.accounts.append(
                StateDiff.AccountChange(
                    address: sender, record: AccountRecord(balance: UInt256(10_000) &* 1_000_000_000_000_000_000)))
        }
        let header = BlockHeader(
            stateRoot: try MemoryState().root(after: state), gasLimit: 1_000_000_000, timestamp: 1_000,
            baseFee: 1_000_000_000, withdrawalsRoot: EmptyHash.trieRoot, blobGasUsed: 0, excessBlobGas: 0,
            parentBeaconBlockRoot: Hash256())
        return GenesisBlock(chainID: 1337, block: Block(header: header, withdrawals: []), state: state)
    }
}
