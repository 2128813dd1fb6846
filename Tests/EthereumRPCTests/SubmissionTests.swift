import Blockchain
import Foundation
import Primitives
import StateTransition
import Testing

@Suite struct SubmissionTests {
    private func raw(_ transaction: Transaction) -> String { Hex.encode(transaction.encoded) }

    @Test func answersWithTheHashAndCountsWhatIsPending() throws {
        let node = try RPCTestNode()
        let transaction = RPCTestNode.transfer(0)
        let hash = Hex.encode(transaction.hash.bytes)
        #expect(node.ask("eth_sendRawTransaction", "[\"\(raw(transaction))\"]") == "\"result\":\"\(hash)\"")
        #expect(
            node.ask("eth_sendRawTransaction", "[\"\(raw(transaction))\"]")
                == #""error":{"code":-32000,"message":"already known"}"#)
        let sender = Hex.encode(RPCTestNode.sender.bytes)
        #expect(node.ask("eth_getTransactionCount", "[\"\(sender)\",\"pending\"]") == #""result":"0x1""#)
        #expect(node.ask("eth_getTransactionCount", "[\"\(sender)\",\"latest\"]") == #""result":"0x0""#)
        #expect(node.ask("txpool_status") == #""result":{"pending":"0x1","queued":"0x0"}"#)
        #expect(node.ask("eth_getTransactionByHash", "[\"\(hash)\"]").contains(#""blockHash":null"#))
        try node.produce()
        #expect(node.ask("eth_getTransactionCount", "[\"\(sender)\"]") == #""result":"0x1""#)
        #expect(node.ask("eth_getTransactionByHash", "[\"\(hash)\"]").contains(#""blockNumber":"0x1""#))
        #expect(node.ask("eth_getTransactionReceipt", "[\"\(hash)\"]").contains(#""status":"0x1""#))
    }

    @Test func admitsABatchInItsOrder() throws {
        let node = try RPCTestNode()
        let parameters = [
            "[\"\(raw(RPCTestNode.transfer(0)))\"]", "[\"0x01\"]", "[]", "[\"\(raw(RPCTestNode.transfer(1)))\"]",
        ]
        let calls = parameters.enumerated().map { index, parameters in
            #"{"jsonrpc":"2.0","id":\#(index),"method":"eth_sendRawTransaction","params":\#(parameters)}"#
        }
        let answer = node.send("[" + calls.joined(separator: ",") + "]")
        let answers = answer.components(separatedBy: #"{"jsonrpc":"2.0","id":"#).dropFirst()
        try #require(answers.count == 4)
        #expect(answers[1].contains(Hex.encode(RPCTestNode.transfer(0).hash.bytes)))
        #expect(answers[2].contains("-32000"))
        #expect(answers[3].contains("-32602"))
        #expect(answers[4].contains(Hex.encode(RPCTestNode.transfer(1).hash.bytes)))
    }

    @Test func waitsForTheReceipt() throws {
        let node = try RPCTestNode()
        let observer = node.chain.pool.observePending { [chain = node.chain] _ in
            Thread.detachNewThread {
                guard let header = try? chain.view().headHeader else { return }
                _ = try? chain.produce(
                    BlockAttributes(
                        timestamp: header.timestamp + 1, randomness: Hash256(), feeRecipient: Address()))
            }
        }
        defer { node.chain.pool.removeObserver(observer) }
        let transaction = RPCTestNode.transfer(0)
        let answer = node.ask("eth_sendRawTransactionSync", "[\"\(raw(transaction))\",200]")
        #expect(answer.contains(#""status":"0x1""#))
        #expect(answer.contains(Hex.encode(transaction.hash.bytes)))
    }

    @Test("a transaction that no block takes, and one that none can take", arguments: [(0 as UInt64, 4), (3, 5)])
    func saysWhyThereIsNoReceipt(_ nonce: UInt64, _ code: Int) throws {
        let node = try RPCTestNode()
        let transaction = RPCTestNode.transfer(nonce)
        let answer = node.ask("eth_sendRawTransactionSync", "[\"\(raw(transaction))\",\"0xa\"]")
        #expect(answer.hasPrefix("\"error\":{\"code\":\(code),"))
        #expect(answer.hasSuffix("\"data\":\"\(Hex.encode(transaction.hash.bytes))\"}"))
    }
}
