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

    /// L1 attributes: base fee 1,000,000, blob base fee 7, scalars 5,227 and 1,014,213, and operator fees where there are
    /// some.
    private static func attributes(_ byteCount: Int) -> [UInt8] {
        var input = [UInt8](repeating: 0, count: byteCount)
        func put(_ value: UInt64, endingAt end: Int) {
            for index in 0..<8 where value >> UInt64(8 * index) > 0 {
                input[end - 1 - index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
            }
        }
        put(5_227, endingAt: 8)
        put(1_014_213, endingAt: 12)
        put(1_000_000, endingAt: 68)
        put(7, endingAt: 100)
        if byteCount > 164 { put(11, endingAt: 168) }
        if byteCount > 168 { put(12, endingAt: 176) }
        if byteCount > 176 { put(400, endingAt: 178) }
        return input
    }

    static let rollups: [(upgrade: OptimismRevision, byteCount: Int, has: [String], hasNot: [String])] = [
        (.fjord, 164, [], ["operatorFeeScalar", "daFootprintGasScalar"]),
        (.isthmus, 176, [#""operatorFeeScalar":"0xb","operatorFeeConstant":"0xc""#], ["daFootprintGasScalar"]),
        // The first block of the upgrade.
        (.isthmus, 164, [#""operatorFeeScalar":"0x0""#], []),
        (.jovian, 178, [#""daFootprintGasScalar":"0x190","blobGasUsed":"0x9c40""#], []),
    ]

    @Test(arguments: rollups)
    func rollupReceiptsSayWhatDataCost(
        _ upgrade: OptimismRevision, _ byteCount: Int, _ has: [String], _ hasNot: [String]
    ) {
        var block = Self.block().block
        block.transactions[0].input = Self.attributes(byteCount)
        let sealed = SealedBlock(block, senders: [Self.target, Self.target], receipts: Self.block().receipts)
        let configuration = ChainConfiguration.rollup(
            chainID: 10,
            opStack: OPStackConfiguration(
                activations: OptimismRevision.allCases.filter { $0 <= upgrade }.map { .init($0, 0) }))
        let text = Self.text { $0.receipts(of: sealed, configuration) }
        // A short transaction is taken as 100 bytes: 100 × 16 × 5,227 × 10⁶ + 100 × 1,014,213 × 7, over 10⁶.
        let members = [
            #""l1GasPrice":"0xf4240""#, #""l1GasUsed":"0x640""#, #""l1Fee":"0x7f9f85""#, #""l1BlobBaseFee":"0x7""#,
            #""l1BaseFeeScalar":"0x146b""#, #""l1BlobBaseFeeScalar":"0xf79c5""#,
        ]
        for member in members + has {
            #expect(text.components(separatedBy: member).count == 2, "\(member) in \(text)")
        }
        for member in hasNot { #expect(!text.contains(member), "\(text)") }
    }
}
