import Blockchain
import EVM
import Foundation
import JSONRPC
import NIOCore
import Primitives
import StateTransition
import Storage
import Testing

@testable import EthereumRPC

/// Whatever a consensus client says, it gets an answer, and the node goes on.
@Suite("Hostile consensus clients") struct HostileEngineTests {
    private static let zero = "0x" + String(repeating: "0", count: 64)
    private static let limits: [UInt64] = [0, 1, 5_000, 1 << 32, UInt64(Int64.max), 1 << 63, .max - 1, .max]

    private func rollup() throws -> NodeUnderTest {
        var configuration = ChainConfiguration.always(.prague, chainID: 1337)
        configuration.opStack = OPStackConfiguration(activations: [.init(.isthmus, 0)])
        return try NodeUnderTest(
            configuration, extraData: RollupExtraData(denominator: 250, elasticity: 6).encoded
        ) { EngineMethods.all($0) }
    }

    private func node() throws -> NodeUnderTest { try NodeUnderTest { EngineMethods.all($0) } }

    private func state(_ head: String) -> String {
        "{\"headBlockHash\":\"\(head)\",\"safeBlockHash\":\"\(Self.zero)\",\"finalizedBlockHash\":\"\(Self.zero)\"}"
    }

    private func attributes(timestamp: UInt64, amount: UInt64 = 0, rest: String = "") -> String {
        let withdrawals =
            amount == 0
            ? ""
            : "{\"index\":\"0xffffffffffffffff\",\"validatorIndex\":\"0x0\",\"address\":\"\(NodeUnderTest.contract)\","
                + "\"amount\":\"0x\(String(amount, radix: 16))\"}"
        return "{\"timestamp\":\"0x\(String(timestamp, radix: 16))\",\"prevRandao\":\"\(Self.zero)\","
            + "\"suggestedFeeRecipient\":\"\(NodeUnderTest.contract)\",\"withdrawals\":[\(withdrawals)],"
            + "\"parentBeaconBlockRoot\":\"\(Self.zero)\"\(rest)}"
    }

    /// Builds with these attributes; a block that comes of it is made the head, and then the genesis again.
    private func build(_ node: NodeUnderTest, _ attributes: String, version: Int) throws {
        let genesis = "\(try node.chain.view().genesis.hash)"
        let answer = try node.answer("engine_forkchoiceUpdatedV3", "[\(state(genesis)),\(attributes)]")
        guard let id = (answer["result"] as? [String: Any])?["payloadId"] as? String else {
            let code = (answer["error"] as? [String: Any])?["code"] as? Int
            #expect(code == -38003, "\(attributes): \(answer)")
            return
        }
        let envelope: [String: Any] = try node.result("engine_getPayloadV\(version)", "[\"\(id)\"]")
        let payload = try #require(envelope["executionPayload"] as? [String: Any])
        let status: [String: Any] = try node.result(
            "engine_newPayloadV4", "[\(try text(payload)),[],\"\(Self.zero)\",[]]")
        #expect(status["status"] as? String == "VALID", "\(attributes)")
        for hash in [try #require(payload["blockHash"] as? String), genesis] {
            let chosen: [String: Any] = try node.result("engine_forkchoiceUpdatedV3", "[\(state(hash)),null]")
            #expect((chosen["payloadStatus"] as? [String: Any])?["status"] as? String == "VALID", "\(attributes)")
        }
    }

    @Test("attributes at the limits of their types")
    func attributes() throws {
        let (node, rollup) = (try node(), try rollup())
        for value in Self.limits {
            try build(node, attributes(timestamp: value), version: 5)
            try build(node, attributes(timestamp: 1_012, amount: value), version: 5)
            let limit = "0x" + String(value, radix: 16)
            for parameters in ["0x0000000000000000", "0x0000000100000001", "0xffffffffffffffff", "0x0000000000000001"] {
                let rest = ",\"gasLimit\":\"\(limit)\",\"eip1559Params\":\"\(parameters)\",\"noTxPool\":true"
                try build(rollup, attributes(timestamp: 1_002, rest: rest), version: 4)
            }
            let rest = ",\"gasLimit\":\"0x1000000\",\"eip1559Params\":\"0x\",\"minBaseFee\":\"\(limit)\""
            try build(rollup, attributes(timestamp: 1_002, rest: rest), version: 4)
        }
    }

    @Test("payloads at the limits of their types")
    func payloads() throws {
        let node = try node()
        let genesis = try node.chain.view().genesis
        let chosen: [String: Any] = try node.result(
            "engine_forkchoiceUpdatedV3", "[\(state("\(genesis.hash)")),\(attributes(timestamp: 1_012))]")
        let id = try #require(chosen["payloadId"] as? String)
        let envelope: [String: Any] = try node.result("engine_getPayloadV5", "[\"\(id)\"]")
        let good = try ExecutionPayload(try #require(envelope["executionPayload"] as? [String: Any]))
        func give(_ change: (inout ExecutionPayload) -> Void) throws {
            var payload = good
            change(&payload)
            payload.blockHash = try payload.restated()
            if payload.blockHash == good.blockHash { return }
            let status: [String: Any] = try node.result(
                "engine_newPayloadV4", "[\(try text(payload.object())),[],\"\(Self.zero)\",[]]")
            #expect(status["status"] as? String == "INVALID", "\(status)")
            #expect(status["latestValidHash"] as? String == "\(genesis.hash)")
        }
        for value in Self.limits {
            try give { $0.number = value }
            try give { $0.gasLimit = value }
            try give { $0.gasUsed = value }
            // A later time by itself is no fault.
            if value < 1_012 { try give { $0.timestamp = value } }
            try give { $0.baseFee = UInt256(limbs: value, value, value, value) }
            try give { $0.blobGasUsed = value }
            try give { $0.excessBlobGas = value }
        }
    }

    @Test("messages with bytes changed at random")
    func mutations() throws {
        let node = try NodeUnderTest { context in
            var methods = EngineMethods.all(context)
            EthEvents(context).add(to: &methods)
            return methods
        }
        let genesis = "\(try node.chain.view().genesis.hash)"
        let calls = [
            ("engine_forkchoiceUpdatedV3", "[\(state(genesis)),\(attributes(timestamp: 1_012, amount: 1))]"),
            (
                "engine_newPayloadV4",
                "[{\"parentHash\":\"\(genesis)\",\"transactions\":[\"0x02\"]},[],\"\(genesis)\",[\"0x0001\"]]"
            ),
            ("engine_getPayloadBodiesByRangeV1", "[\"0x1\",\"0x20\"]"),
            ("engine_getBlobsV3", "[[\"\(genesis)\"]]"),
            (
                "eth_getLogs",
                "[{\"fromBlock\":\"0x0\",\"address\":[\"\(NodeUnderTest.contract)\"],\"topics\":[null,[\"\(genesis)\"]]}]"
            ),
            ("eth_newFilter", "[{\"fromBlock\":\"0x0\",\"toBlock\":\"latest\"}]"),
            ("eth_getFilterChanges", "[\"0x123456\"]"),
        ]
        var random = SystemRandomNumberGenerator()
        let bytes = Array("\"{}[],:x0f9-null".utf8)
        for round in 0..<3_000 {
            let (method, parameters) = calls[round % calls.count]
            var text = Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":\(parameters)}".utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: text[place] = bytes.randomElement(using: &random) ?? 0
                case 1: text.remove(at: place)
                default: text.insert(bytes.randomElement(using: &random) ?? 0, at: place)
                }
            }
            guard let answer = node.endpoint.answer(ByteBuffer(bytes: text)) else { continue }
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(answer.readableBytesView)) }
        }
        #expect(try node.chain.view().head.number == 0)
    }
}
