import Cryptography
import EVM
import Primitives
import StateTransition

/// Blocks of a thousand transactions on a warm state in memory, senders known, without the state root.
let blockBenchmarks: [Benchmark] = [
    Benchmark("block/1000 transfers", gas: 21_000_000) {
        let block = TransferBlock(token: false)
        return { consume(block.execute()) }
    },
    Benchmark("block/1000 ERC-20 transfers") {
        let block = TransferBlock(token: true)
        return { consume(block.execute()) }
    },
]

private final class TransferBlock {
    private let state = MemoryState()
    private let codes = CodeCache()
    private let chain = ChainConfiguration.always(.prague)
    private var header = BlockHeader()
    private var transactions: [(transaction: Transaction, sender: Address)] = []

    init(token: Bool) {
        header.coinbase = Self.address(0xC0)
        header.number = 1
        header.gasLimit = 100_000_000
        header.baseFee = 7
        header.excessBlobGas = 0
        let contract = Self.address(0x70)
        let hash = Hash256(UInt256(0x70))
        state.setCode(hash, Self.tokenCode)
        state.setAccount(contract, AccountRecord(nonce: 1, codeHash: hash))
        for number in 0..<1000 as Range<UInt64> {
            let sender = Self.address(0x1_0000 &+ number &* 0x9E37_79B9)
            let recipient = Self.address(0x2_0000 &+ number &* 0x85EB_CA6B)
            state.setAccount(sender, AccountRecord(balance: 1_000_000_000_000_000_000))
            state.setAccount(recipient, AccountRecord(balance: 1))
            var transaction = Transaction(
                kind: .dynamicFee, chainID: 1, maxFeePerGas: 100, maxPriorityFeePerGas: 1, gasLimit: 21_000,
                to: recipient, value: 1_000)
            if token {
                for holder in [sender, recipient] {
                    state.setStorage(contract, UInt256(Self.balanceSlot(holder)), 1_000_000)
                }
                transaction.to = contract
                transaction.value = 0
                transaction.gasLimit = 60_000
                transaction.input = [0xA9, 0x05, 0x9C, 0xBB] + UInt256(recipient).bytes + UInt256(1_000).bytes
            }
            transactions.append((transaction, sender))
        }
        let receipts = execute()
        precondition(receipts.count == 1000 && receipts.allSatisfy { $0.isSuccess == true })
        precondition(receipts.allSatisfy { $0.logs.count == (token ? 1 : 0) })
    }

    func execute() -> [Receipt] {
        var execution = BlockExecution(header: header, chain: chain, source: state, codes: codes)
        var tracer = NoTracer()
        for (transaction, sender) in transactions {
            _ = try? execution.execute(transaction, sender: sender, tracer: &tracer)
        }
        return execution.receipts
    }

    private static func address(_ number: UInt64) -> Address { Address(truncating: UInt256(number)) }

    private static func balanceSlot(_ holder: Address) -> Hash256 {
        Keccak256.hash(UInt256(holder).bytes + UInt256.zero.bytes)
    }

    /// `transfer(address,uint256)` of a token whose balances are the mapping in slot 0.
    private static var tokenCode: [UInt8] {
        let from: [UInt8] = [0x33, 0x5F, 0x52, 0x5F, 0x60, 0x20, 0x52, 0x60, 0x40, 0x5F, 0x20, 0x80, 0x54]
        let check: [UInt8] = [0x60, 0x24, 0x35, 0x81, 0x81, 0x11, 0x60, 0x61, 0x57]
        let take: [UInt8] = [0x90, 0x03, 0x90, 0x55]
        let give: [UInt8] = [
            0x60, 0x04, 0x35, 0x5F, 0x52, 0x60, 0x40, 0x5F, 0x20, 0x80, 0x54, 0x60, 0x24, 0x35, 0x01, 0x90, 0x55,
        ]
        let signature: [UInt8] = Keccak256.hash(Array("Transfer(address,address,uint256)".utf8)).bytes
        let log: [UInt8] =
            [0x60, 0x24, 0x35, 0x5F, 0x52, 0x60, 0x04, 0x35, 0x33, 0x7F] + signature + [0x60, 0x20, 0x5F, 0xA3]
        let end: [UInt8] = [0x60, 0x01, 0x5F, 0x52, 0x60, 0x20, 0x5F, 0xF3, 0x5B, 0x5F, 0x5F, 0xFD]
        return from + check + take + give + log + end
    }
}
