import EVM
import Blockchain
import Foundation
import EthereumRPC
import JSONRPC
import Primitives
import StateTransition
import Testing

@Suite struct EncodingTests {
    private static func text(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        write(&writer)
        return writer.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    private static let target = Address(truncating: 0xB0B)

    /// Members that only some types of transactions have.
    static let own: [(kind: Transaction.Kind, has: [String], hasNot: [String])] = [
        (.legacy, [#""type":"0x0""#, #""gasPrice":"0x64""#], ["accessList", "yParity", "maxFeePerGas", "chainId"]),
        (.accessList, [#""type":"0x1""#, #""accessList":[]"#, #""yParity":"0x1""#], ["maxFeePerGas"]),
        (.dynamicFee, [#""type":"0x2""#, #""maxFeePerGas":"0x64""#, #""maxPriorityFeePerGas":"0x3""#], ["blob"]),
        (.blob, [#""maxFeePerBlobGas":"0x9""#, #""blobVersionedHashes":["0x"#], ["authorizationList"]),
        (.setCode, [#""authorizationList":[{"chainId":"0x1","address":"#], ["blobVersionedHashes"]),
        (
            .deposit, [#""type":"0x7e""#, #""sourceHash":"0x"#, #""mint":"0x5""#, #""nonce":"0x0""#],
            ["yParity", "isSystemTx", "chainId"]
        ),
    ]

    @Test(arguments: own)
    func eachTypeHasItsMembers(_ kind: Transaction.Kind, _ has: [String], _ hasNot: [String]) {
        var transaction = Transaction(
            kind: kind, nonce: 2, maxFeePerGas: 100, maxPriorityFeePerGas: kind == .legacy ? 100 : 3,
            gasLimit: 21_000, to: Self.target, value: 1, maxFeePerBlobGas: 9, blobHashes: [Hash256(UInt256(1))],
            authorizations: [Authorization(chainID: 1, address: Self.target, nonce: 0)],
            signature: Signature(v: 1, r: 4, s: 5))
        if kind == .deposit {
            transaction.deposit = Deposit(sourceHash: Hash256(UInt256(8)), from: Self.target, mint: 5)
        } else if kind != .legacy {
            transaction.chainID = 1
        }
        let text = Self.text { $0.pendingTransaction(transaction, hash: Hash256(), sender: Self.target) }
        for member in has { #expect(text.contains(member), "\(text)") }
        for member in hasNot { #expect(!text.contains(member), "\(text)") }
        #expect(text.contains(#""blockHash":null,"blockNumber":null,"blockTimestamp":null,"transactionIndex":null"#))
    }

    private static func block() -> SealedBlock {
        let deposit = Transaction(
            kind: .deposit, gasLimit: 1_000_000, to: target, value: 1,
            deposit: Deposit(sourceHash: Hash256(UInt256(8)), from: target))
        let creation = Transaction(
            kind: .dynamicFee, chainID: 1, nonce: 1, maxFeePerGas: 100, maxPriorityFeePerGas: 3, gasLimit: 50_000)
        let log = Log(address: target, topics: [Hash256(UInt256(2))], data: [1, 2])
        let receipts = [
            Receipt(
                kind: .deposit, outcome: .status(true), cumulativeGasUsed: 21_000, bloom: LogsBloom([log]),
                logs: [log], depositNonce: 6, depositReceiptVersion: 1),
            Receipt(
                kind: .dynamicFee, outcome: .status(false), cumulativeGasUsed: 71_000, bloom: LogsBloom([log]),
                logs: [log]),
        ]
        let header = BlockHeader(number: 9, timestamp: 16, baseFee: 10, withdrawalsRoot: EmptyHash.trieRoot)
        return SealedBlock(
            Block(
                header: header, transactions: [deposit, creation],
                withdrawals: [Withdrawal(index: 1, validatorIndex: 2, address: target, amount: 3)]),
            senders: [target, target], receipts: receipts)
    }

    @Test func receiptsSayWhatEachTransactionDid() {
        let sealed = Self.block()
        let text = Self.text { $0.receipts(of: sealed, .always(.cancun)) }
        let parts = text.components(separatedBy: #"{"blockHash""#).dropFirst().map { String($0) }
        #expect(parts.count == 2)
        #expect(parts[0].contains(#""depositNonce":"0x6","depositReceiptVersion":"0x1""#))
        #expect(parts[0].contains(#""effectiveGasPrice":"0x0""#))
        #expect(parts[0].contains(#""logIndex":"0x0""#))
        #expect(parts[1].contains(#""gasUsed":"0xc350""#))
        #expect(parts[1].contains(#""effectiveGasPrice":"0xd""#))
        #expect(parts[1].contains(#""status":"0x0","to":null"#))
        #expect(parts[1].contains(#""logIndex":"0x1","removed":false"#))
        #expect(!parts[1].contains(#""contractAddress":null"#))
        let second = Self.text { $0.receipt(1, of: sealed, .always(.cancun)) }
        #expect(text.contains(second))
    }

    @Test func blocksHaveTransactionsOrTheirHashes() {
        let sealed = Self.block()
        let short = Self.text { $0.block(sealed, fullTransactions: false) }
        let full = Self.text { $0.block(sealed, fullTransactions: true) }
        let hashes = sealed.transactionHashes.map { "\"\(Hex.encode($0.bytes))\"" }.joined(separator: ",")
        #expect(short.contains("\"transactions\":[\(hashes)]"))
        #expect(full.contains(Self.text { $0.transaction(0, of: sealed) }))
        #expect(full.contains(#""nonce":"0x6""#))
        for text in [short, full] {
            #expect(text.contains(#""withdrawals":[{"index":"0x1","validatorIndex":"0x2","address":"#))
            #expect(text.contains("\"size\":\"0x\(String(sealed.block.encoded.count, radix: 16))\""))
            #expect(text.contains("\"hash\":\"\(Hex.encode(sealed.header.hash.bytes))\""))
            #expect(!text.contains("blobGasUsed"))
        }
    }
}
