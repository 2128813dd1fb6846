import Blockchain
import JSONRPC
import NIOCore
import Primitives
import Sequencing
import StateTransition
import Storage
import Synchronization
import Testing

@testable import EthereumRPC

@Suite("The block that is open") struct OpenBlockTests {
    private func attributes(_ node: RPCTestNode) throws -> BlockAttributes {
        BlockAttributes(
            timestamp: try node.chain.view().headHeader.timestamp + 2, randomness: Hash256(UInt256(3)),
            feeRecipient: Address(truncating: 0xFEE), parentBeaconBlockRoot: Hash256(UInt256(4)))
    }

    private func submit(_ nonce: UInt64, to node: RPCTestNode) throws -> String {
        Hex.encode(try node.chain.pool.submit(RPCTestNode.transfer(nonce).encoded).hash.bytes)
    }

    @Test("is what `pending` names, with receipts")
    func isPending() throws {
        let node = try RPCTestNode()
        let block = try node.chain.open(try attributes(node))
        let hash = try submit(0, to: node)
        #expect(node.ask("eth_getTransactionReceipt", "[\"\(hash)\"]") == "\"result\":null")
        _ = try #require(try node.chain.extend(block))
        let zero = Hex.encode(Hash256().bytes)
        let receipt = node.ask("eth_getTransactionReceipt", "[\"\(hash)\"]")
        #expect(receipt.contains(#""status":"0x1""#) && receipt.contains(#""blockNumber":"0x1""#))
        #expect(receipt.contains("\"blockHash\":\"\(zero)\"") && receipt.contains(#""gasUsed":"0x5208""#))
        let transaction = node.ask("eth_getTransactionByHash", "[\"\(hash)\"]")
        #expect(transaction.contains(#""blockNumber":"0x1""#) && transaction.contains(#""transactionIndex":"0x0""#))
        let sender = Hex.encode(RPCTestNode.sender.bytes)
        #expect(node.ask("eth_getTransactionCount", "[\"\(sender)\",\"pending\"]") == "\"result\":\"0x1\"")
        #expect(node.ask("eth_getTransactionCount", "[\"\(sender)\",\"latest\"]") == "\"result\":\"0x0\"")
        let recipient = "0x0000000000000000000000000000000000000b0b"
        #expect(node.ask("eth_getBalance", "[\"\(recipient)\",\"pending\"]") == "\"result\":\"0x7\"")
        #expect(node.ask("eth_getBalance", "[\"\(recipient)\",\"latest\"]") == "\"result\":\"0x0\"")
        let pending = node.ask("eth_getBlockByNumber", "[\"pending\",false]")
        #expect(pending.contains(hash) && pending.contains(#""hash":null"#))
        #expect(node.ask("eth_getBlockReceipts", "[\"pending\"]").contains(hash))
        #expect(node.ask("eth_getBlockTransactionCountByNumber", "[\"pending\"]") == "\"result\":\"0x1\"")
        let call = "[{\"to\":\"\(recipient)\",\"from\":\"\(recipient)\",\"value\":\"0x7\"},\"pending\"]"
        #expect(node.ask("eth_call", call) == "\"result\":\"0x\"")
        #expect(
            node.ask("eth_sendRawTransaction", "[\"\(Hex.encode(RPCTestNode.transfer(0).encoded))\"]")
                .contains("already known"))
        let sealed = try node.chain.seal(block).sealed
        #expect(node.ask("eth_getTransactionReceipt", "[\"\(hash)\"]").contains(Hex.encode(sealed.hash.bytes)))
    }

    @Test("answers who waits for a receipt as soon as a sub-block has the transaction")
    func answersEarly() throws {
        let node = try RPCTestNode()
        let block = try node.chain.open(try attributes(node))
        let observer = node.chain.pool.observePending { [chain = node.chain] _ in _ = try? chain.extend(block) }
        defer { node.chain.pool.removeObserver(observer) }
        let encoded = Hex.encode(RPCTestNode.transfer(0).encoded)
        #expect(node.ask("eth_sendRawTransactionSync", "[\"\(encoded)\",200]").contains(#""status":"0x1""#))
        #expect(node.chain.database.head.number == 0)
    }

    @Test("its stream can be read, and put together to the block")
    func streams() throws {
        let node = try RPCTestNode()
        let messages = Mutex<[ByteBuffer]>([])
        _ = node.chain.observeOpenBlocks { event in
            if let message = FlashblockStream.message(event) { messages.withLock { $0.append(message) } }
        }
        var first = try attributes(node)
        first.transactions = [RPCTestNode.transfer(0)]
        let block = try node.chain.open(first)
        for nonce in 1..<6 as Range<UInt64> { _ = try submit(nonce, to: node) }
        for count in 1...2 { _ = try node.chain.extend(block, SubBlockLimits(count: count)) }
        let sealed = try node.chain.seal(block).sealed
        let payloads = try messages.withLock { $0 }.map { message in
            try message.withUnsafeReadableBytes { bytes in
                var reader = JSONReader(bytes)
                return try FlashblockPayload(reading: &reader)
            }
        }
        #expect(payloads.map { $0.index } == [0, 1, 2, 3])
        #expect(payloads.map { $0.difference.transactions.count } == [1, 1, 2, 0])
        #expect(payloads.allSatisfy { $0.id == block.id && $0.blockNumber == 1 })
        #expect(payloads[0].base?.parentHash == block.parent.hash && payloads[1].base == nil)
        #expect(payloads.map { $0.isLast } == [false, false, false, true])
        #expect(payloads[3].difference.gasUsed == 4 * 21_000)
        var order = FlashblockOrder()
        let base = try #require(payloads[0].base)
        #expect(try order.add(payloads[0]) == .begin(base, transactions: payloads[0].difference.transactions))
        for payload in payloads[1...2] {
            #expect(try order.add(payload) == .extend(transactions: payload.difference.transactions))
        }
        #expect(try order.add(payloads[3]) == .end(hash: sealed.hash, transactions: []))
        // What comes again is passed over.
        #expect(try order.add(payloads[3]) == .pass)
        _ = try order.add(payloads[0])
        #expect(throws: FlashblockError.wrongIndex(expected: 1)) { try order.add(payloads[2]) }
        #expect(try order.add(payloads[3]) == .pass)
        // Who comes late waits for the next block.
        var late = FlashblockOrder()
        #expect(try late.add(payloads[2]) == .pass)
        #expect(try late.add(payloads[3]) == .pass)
        #expect(try late.add(payloads[0]) == .begin(base, transactions: payloads[0].difference.transactions))
        var other = payloads[1]
        other.id &+= 1
        #expect(throws: FlashblockError.noBeginning) { try late.add(other) }
        var wrong = payloads[1]
        wrong.blockNumber = 2
        _ = try late.add(payloads[0])
        #expect(throws: FlashblockError.wrongNumber) { try late.add(wrong) }
        wrong = payloads[0]
        wrong.index = 1
        #expect(throws: FlashblockError.wrongIndex(expected: 0)) { try late.add(wrong) }
    }

    @Test(
        "what is no message is refused",
        arguments: [
            "", "{}", "[]", #"{"payload_id":"0x00","index":0,"diff":{},"metadata":{"block_number":1}}"#,
            #"{"payload_id":"0x0000000000000001","index":-1,"diff":{},"metadata":{"block_number":1}}"#,
            #"{"payload_id":"0x0000000000000001","index":0,"diff":[],"metadata":{"block_number":1}}"#,
            #"{"payload_id":"0x0000000000000001","index":0,"diff":{"transactions":[1]},"metadata":{"block_number":1}}"#,
            #"{"payload_id":"0x0000000000000001","index":0,"base":{},"diff":{},"metadata":{}}"#,
            #"{"payload_id":"0x0000000000000001","index":1,"diff":{},"metadata":{}}"#,
        ])
    func refusesNonsense(_ text: String) {
        #expect(throws: JSONError.self) {
            try ByteBuffer(string: text).withUnsafeReadableBytes { bytes in
                var reader = JSONReader(bytes)
                _ = try FlashblockPayload(reading: &reader)
            }
        }
    }
}
