import Blockchain
import EVM
import EthereumRPC
import Foundation
import JSONRPC
import NIOCore
import Primitives
import StateTransition
import Storage
import Testing

@testable import EthereumRPC

@Suite("Engine API") struct EngineTests {
    private static let zero = "0x" + String(repeating: "0", count: 64)

    private func node() throws -> NodeUnderTest { try NodeUnderTest { EngineMethods.all($0) } }

    private func state(_ head: String, safe: String = zero, finalized: String = zero) -> String {
        "{\"headBlockHash\":\"\(head)\",\"safeBlockHash\":\"\(safe)\",\"finalizedBlockHash\":\"\(finalized)\"}"
    }

    private func attributes(_ timestamp: UInt64, recipient: String = "fe") -> String {
        "{\"timestamp\":\"0x\(String(timestamp, radix: 16))\",\"prevRandao\":\"\(Self.zero)\",\"suggestedFeeRecipient\":"
            + "\"0x\(String(repeating: recipient, count: 20))\",\"withdrawals\":[],\"parentBeaconBlockRoot\":\"\(Self.zero)\"}"
    }

    /// Begins a block on `head` and takes it.
    private func build(
        _ node: NodeUnderTest, on head: String, at timestamp: UInt64, recipient: String = "fe"
    ) throws -> [String: Any] {
        let chosen: [String: Any] = try node.result(
            "engine_forkchoiceUpdatedV3", "[\(state(head)),\(attributes(timestamp, recipient: recipient))]")
        let id = try #require(chosen["payloadId"] as? String)
        let envelope: [String: Any] = try node.result("engine_getPayloadV5", "[\"\(id)\"]")
        return try #require(envelope["executionPayload"] as? [String: Any])
    }

    private func give(_ payload: [String: Any], to node: NodeUnderTest) throws -> [String: Any] {
        try node.result("engine_newPayloadV4", "[\(text(payload)),[],\"\(Self.zero)\",[]]")
    }

    private func choose(_ hash: Any?, _ node: NodeUnderTest) throws -> [String: Any] {
        let answer: [String: Any] = try node.result(
            "engine_forkchoiceUpdatedV3", "[\(state(try #require(hash as? String))),null]")
        return try #require(answer["payloadStatus"] as? [String: Any])
    }

    /// A chain of payloads on the genesis, made by another node.
    private func payloads(_ count: Int) throws -> [[String: Any]] {
        let maker = try node()
        var payloads: [[String: Any]] = []
        var head = "\(try maker.chain.view().head.hash)"
        for index in 0..<count {
            let payload = try build(maker, on: head, at: 1_012 + 12 * UInt64(index))
            #expect(try give(payload, to: maker)["status"] as? String == "VALID")
            head = try #require(payload["blockHash"] as? String)
            payloads.append(payload)
        }
        _ = try choose(head, maker)
        return payloads
    }

    @Test("a block is built of the pool, given back, and made the head")
    func buildsAndFollows() throws {
        let node = try node()
        let genesis = "\(try node.chain.view().head.hash)"
        _ = try node.chain.pool.submit(node.logging(7, nonce: 0).encoded)
        let parameters = "[\(state(genesis)),\(attributes(1_012))]"
        let first: [String: Any] = try node.result("engine_forkchoiceUpdatedV3", parameters)
        let second: [String: Any] = try node.result("engine_forkchoiceUpdatedV3", parameters)
        let id = try #require(first["payloadId"] as? String)
        #expect(second["payloadId"] as? String == id, "the same attributes are the same process")
        let envelope: [String: Any] = try node.result("engine_getPayloadV5", "[\"\(id)\"]")
        let payload = try #require(envelope["executionPayload"] as? [String: Any])
        #expect((payload["transactions"] as? [String])?.count == 1)
        #expect(envelope["blockValue"] as? String != "0x0")
        #expect(payload["gasLimit"] as? String == "0x1ca35ef", "as far towards the target as one block may go")
        #expect(envelope["shouldOverrideBuilder"] as? Bool == false)
        #expect((envelope["executionRequests"] as? [String]) == [])
        #expect((envelope["blobsBundle"] as? [String: [String]]) == ["commitments": [], "proofs": [], "blobs": []])
        let again: [String: Any] = try node.result("engine_getPayloadV5", "[\"\(id)\"]")
        #expect(try text(again) == text(envelope))
        // A node that has never seen it comes to the same.
        let other = try self.node()
        for node in [node, other] {
            let status = try give(payload, to: node)
            #expect(status["status"] as? String == "VALID")
            #expect(status["latestValidHash"] as? String == payload["blockHash"] as? String)
            #expect(try choose(payload["blockHash"], node)["status"] as? String == "VALID")
            #expect("\(try node.chain.view().head.hash)" == payload["blockHash"] as? String)
        }
        let body: [[String: Any]] = try other.result("engine_getPayloadBodiesByRangeV1", "[\"0x1\",\"0x20\"]")
        #expect(body.count == 1)
        #expect((body.first?["transactions"] as? [String]) == payload["transactions"] as? [String])
        let unknown = "[[\"\(Self.zero)\",\"\(try #require(payload["blockHash"] as? String))\"]]"
        let bodies: [Any] = try other.result("engine_getPayloadBodiesByHashV1", unknown)
        #expect(bodies.count == 2 && bodies[0] is NSNull)
    }

    @Test("what comes before its parent waits, and is verified when the parent has come")
    func waitsForParents() throws {
        let payloads = try payloads(4)
        let node = try node()
        for payload in payloads.dropFirst().reversed() {
            let status = try give(payload, to: node)
            #expect(status["status"] as? String == "SYNCING")
            #expect(status["latestValidHash"] is NSNull)
        }
        #expect(try choose(payloads[3]["blockHash"], node)["status"] as? String == "SYNCING")
        #expect(try give(payloads[0], to: node)["status"] as? String == "VALID")
        #expect(try choose(payloads[3]["blockHash"], node)["status"] as? String == "VALID")
        #expect(try node.chain.view().head.number == 4)
        // Back to an ancestor, and forward again.
        #expect(try choose(payloads[1]["blockHash"], node)["status"] as? String == "VALID")
        #expect(try node.chain.view().head.number == 2)
        #expect(try choose(payloads[3]["blockHash"], node)["status"] as? String == "VALID")
        #expect(try choose(Self.zero.replacing("0x0", with: "0x1"), node)["status"] as? String == "SYNCING")
    }

    @Test("an invalid block is refused again, and what is built on it with it")
    func remembersInvalid() throws {
        let maker = try payloads(1)
        let node = try node()
        let genesis = "\(try node.chain.view().head.hash)"
        var payload = try ExecutionPayload(maker[0])
        payload.stateRoot = Hash256()
        payload.blockHash = try payload.restated()
        var child = payload
        (child.parentHash, child.number, child.timestamp) = (payload.blockHash, 2, payload.timestamp + 12)
        child.blockHash = try child.restated()
        // The child first: it waits, and falls with its parent.
        #expect(try give(child.object(), to: node)["status"] as? String == "SYNCING")
        for _ in 0..<2 {
            let status = try give(payload.object(), to: node)
            #expect(status["status"] as? String == "INVALID")
            #expect(status["latestValidHash"] as? String == genesis)
            #expect((status["validationError"] as? String)?.contains("state root") == true)
            let childStatus = try give(child.object(), to: node)
            #expect(childStatus["status"] as? String == "INVALID")
            #expect(childStatus["latestValidHash"] as? String == genesis)
            #expect(try choose("\(child.blockHash)", node)["status"] as? String == "INVALID")
        }
        payload.gasUsed += 1
        let wrongHash = try give(payload.object(), to: node)
        #expect(wrongHash["status"] as? String == "INVALID")
        #expect(wrongHash["latestValidHash"] is NSNull)
    }

    @Test("a fork choice that is none")
    func refusesForkChoices() throws {
        let node = try node()
        let payloads = try payloads(3)
        for payload in payloads { #expect(try give(payload, to: node)["status"] as? String == "VALID") }
        let hashes = payloads.compactMap { $0["blockHash"] as? String }
        func code(_ state: String) throws -> Int {
            try node.error("engine_forkchoiceUpdatedV3", "[\(state),null]").code
        }
        #expect(try code(state(Self.zero)) == -38002)
        #expect(try code(state(hashes[1], safe: hashes[2])) == -38002)
        #expect(try code(state(hashes[1], finalized: hashes[2])) == -38002)
        #expect(try code("{\"headBlockHash\":\"\(hashes[0])\"}") == -32602)
        let chosen: [String: Any] = try node.result(
            "engine_forkchoiceUpdatedV3", "[\(state(hashes[2], safe: hashes[1], finalized: hashes[1])),null]")
        #expect((chosen["payloadStatus"] as? [String: Any])?["status"] as? String == "VALID")
        #expect(try node.chain.view().finalized.map { "\($0.hash)" } == hashes[1])
        // What is final stays: an older head is known to be valid, and no more.
        let old: [String: Any] = try node.result(
            "engine_forkchoiceUpdatedV3", "[\(state(hashes[0])),\(attributes(9_999))]")
        #expect((old["payloadStatus"] as? [String: Any])?["status"] as? String == "VALID")
        #expect(old["payloadId"] is NSNull)
        #expect(try node.chain.view().head.number == 3)
        // Attributes are looked at when the choice has been followed.
        let refused = try node.error(
            "engine_forkchoiceUpdatedV3", "[\(state(hashes[1])),\(attributes(1))]")
        #expect(refused.code == -38003)
        #expect(try node.chain.view().head.number == 2)
    }

    @Test(
        "calls that are not of their version or time",
        arguments: [
            ("engine_getPayloadV5", "[\"0x0000000000000000\"]", -38001),
            ("engine_getPayloadV5", "[\"0x00\"]", -32602),
            ("engine_getPayloadV5", "[]", -32602),
            ("engine_getPayloadBodiesByRangeV1", "[\"0x0\",\"0x1\"]", -32602),
            ("engine_getPayloadBodiesByRangeV1", "[\"0x1\",\"0x0\"]", -32602),
            ("engine_getPayloadBodiesByRangeV1", "[\"0x1\",\"0x401\"]", -38004),
            ("engine_getBlobsV1", "[[]]", -38005),
            ("engine_newPayloadV4", "[{}]", -32602),
            ("engine_forkchoiceUpdatedV3", "[]", -32602),
        ])
    func refusesCalls(method: String, parameters: String, code: Int) throws {
        #expect(try node().error(method, parameters).code == code)
    }

    @Test("payloads and attributes of another version")
    func refusesVersions() throws {
        let payload = try payloads(1)[0]
        let node = try node()
        func code(_ version: Int, _ rest: String = "", without: [String] = [], plus: [String: Any] = [:]) throws -> Int
        {
            let changed = payload.filter { !without.contains($0.key) }.merging(plus) { $1 }
            return try node.error("engine_newPayloadV\(version)", "[\(try text(changed))\(rest)]").code
        }
        let blobFields = ["blobGasUsed", "excessBlobGas"]
        #expect(try code(1) == -32602)
        #expect(try code(1, without: blobFields) == -32602)
        #expect(try code(2, without: blobFields) == -38005)
        #expect(try code(3, ",[],\"\(Self.zero)\"") == -38005)
        #expect(try code(3, ",null,\"\(Self.zero)\"") == -32602)
        #expect(try code(4, ",[],\"\(Self.zero)\"") == -32602)
        #expect(try code(4, ",[],\"\(Self.zero)\",null") == -32602)
        #expect(try code(4, ",[],\"\(Self.zero)\",[\"0x00\"]") == -32602)
        #expect(try code(4, ",[],\"\(Self.zero)\",[\"0x0101\",\"0x0001\"]") == -32602)
        #expect(try code(4, ",[],\"\(Self.zero)\",[]", without: ["withdrawals"]) == -32602)
        #expect(try code(4, ",[],\"\(Self.zero)\",[]", plus: ["gasUsed": NSNull()]) == -32602)
        #expect(try code(4, ",[],\"\(Self.zero)\",[]", plus: ["withdrawalsRoot": Self.zero]) == -32602)
        let mismatch: [String: Any] = try node.result(
            "engine_newPayloadV4", "[\(try text(payload)),[\"\(Self.zero)\"],\"\(Self.zero)\",[]]")
        #expect(mismatch["status"] as? String == "INVALID")

        let genesis = "\(try node.chain.view().head.hash)"
        func code(attributes: String, version: Int) throws -> Int {
            try node.error("engine_forkchoiceUpdatedV\(version)", "[\(state(genesis)),\(attributes)]").code
        }
        let full = attributes(1_012)
        let withoutRoot = full.replacing(",\"parentBeaconBlockRoot\":\"\(Self.zero)\"", with: "")
        #expect(try code(attributes: full, version: 1) == -38003)
        #expect(try code(attributes: full, version: 2) == -38003)
        #expect(try code(attributes: withoutRoot, version: 2) == -38005)
        #expect(try code(attributes: withoutRoot, version: 3) == -38003)
        #expect(try code(attributes: "{\"timestamp\":7}", version: 3) == -38003)
        #expect(try code(attributes: "{}", version: 3) == -38003)
        let chosen: [String: Any] = try node.result("engine_forkchoiceUpdatedV3", "[\(state(genesis)),\(full)]")
        let id = try #require(chosen["payloadId"] as? String)
        for version in 1...4 {
            #expect(try node.error("engine_getPayloadV\(version)", "[\"\(id)\"]").code == -38005)
        }
    }

    @Test("blobs that nobody has")
    func missingBlobs() throws {
        let node = try node()
        #expect(try node.answer("engine_getBlobsV2", "[[\"\(Self.zero)\"]]")["result"] is NSNull)
        let partial: [Any] = try node.result("engine_getBlobsV3", "[[\"\(Self.zero)\"]]")
        #expect(partial.count == 1 && partial[0] is NSNull)
        let many = "[[" + [String](repeating: "\"\(Self.zero)\"", count: 129).joined(separator: ",") + "]]"
        for version in 2...3 { #expect(try node.error("engine_getBlobsV\(version)", many).code == -38004) }
    }

    @Test("the node says what it can do and who it is")
    func identity() throws {
        let node = try node()
        let names: [String] = try node.result("engine_exchangeCapabilities", "[[\"engine_newPayloadV1\"]]")
        #expect(names.contains("engine_newPayloadV4") && names.contains("engine_getBlobsV3"))
        #expect(!names.contains("engine_exchangeCapabilities"))
        let version: [[String: String]] = try node.result(
            "engine_getClientVersionV1",
            "[{\"code\":\"LH\",\"name\":\"x\",\"version\":\"1\",\"commit\":\"0x00000000\"}]")
        #expect(version.count == 1 && version.first?["code"] == "MF")
    }

    @Test("a rollup's block is built of its attributes and taken by another node")
    func rollup() throws {
        var configuration = ChainConfiguration.always(.prague, chainID: 1337)
        configuration.opStack = OPStackConfiguration(activations: [.init(.isthmus, 0)])
        let extraData = RollupExtraData(denominator: 250, elasticity: 6).encoded
        let nodes = try (0..<2).map { _ in
            try NodeUnderTest(configuration, extraData: extraData) { EngineMethods.all($0) }
        }
        let genesis = "\(try nodes[0].chain.view().head.hash)"
        let base = attributes(1_002).dropLast()
        func code(_ rest: String) throws -> Int {
            try nodes[0].error("engine_forkchoiceUpdatedV3", "[\(state(genesis)),\(base)\(rest)}]").code
        }
        let parameters = ",\"eip1559Params\":\"0x0000000000000000\""
        #expect(try code(parameters) == -38003, "without a gas limit")
        #expect(try code(",\"gasLimit\":\"0x1000000\"") == -38003, "without fee parameters")
        #expect(try code(parameters + ",\"gasLimit\":\"0x1000000\",\"transactions\":[\"0x7e\"]") == -38003)
        let rest = parameters + ",\"gasLimit\":\"0x1000000\",\"transactions\":[],\"noTxPool\":true"
        let chosen: [String: Any] = try nodes[0].result(
            "engine_forkchoiceUpdatedV3", "[\(state(genesis)),\(base)\(rest)}]")
        let id = try #require(chosen["payloadId"] as? String)
        let envelope: [String: Any] = try nodes[0].result("engine_getPayloadV4", "[\"\(id)\"]")
        #expect(envelope["parentBeaconBlockRoot"] as? String == Self.zero)
        let payload = try #require(envelope["executionPayload"] as? [String: Any])
        #expect(payload["gasLimit"] as? String == "0x1000000")
        #expect(payload["withdrawalsRoot"] as? String == "\(EmptyHash.trieRoot)")
        for node in nodes {
            #expect(try give(payload, to: node)["status"] as? String == "VALID")
            #expect(try choose(payload["blockHash"], node)["status"] as? String == "VALID")
            let without = try text(payload.filter { $0.key != "withdrawalsRoot" })
            #expect(try node.error("engine_newPayloadV4", "[\(without),[],\"\(Self.zero)\",[]]").code == -32602)
        }
    }

    @Test("a rollup's batcher may hold back who builds blocks, where strangers cannot")
    func dataLimits() throws {
        var configuration = ChainConfiguration.always(.prague, chainID: 1337)
        configuration.opStack = OPStackConfiguration(activations: [.init(.isthmus, 0)])
        let extraData = RollupExtraData(denominator: 250, elasticity: 6).encoded
        func node(_ methods: (NodeContext) -> Methods) throws -> NodeUnderTest {
            try NodeUnderTest(configuration, extraData: extraData, methods)
        }
        let engine = try node { EngineMethods.all($0, with: EthereumMethods.all($0)) }
        let socket = try node { EthereumMethods.administering(EthereumMethods.all($0), $0) }
        for node in [engine, socket] {
            let isSet: Bool = try node.result("miner_setMaxDASize", "[\"0x0\",\"0x1f4\"]")
            #expect(isSet && node.chain.dataLimits == DataLimits(block: 500))
            let isSetAgain: Bool = try node.result("miner_setMaxDASize", "[\"0x64\",\"0x1\(zeros)\"]")
            #expect(isSetAgain && node.chain.dataLimits == DataLimits(transaction: 100, block: .max))
            let isCleared: Bool = try node.result("miner_setMaxDASize", "[\"0x0\",\"0x0\"]")
            #expect(isCleared && node.chain.dataLimits == DataLimits())
            for bad in ["[]", "[\"0x1\"]", "[1,2]", "[\"-0x1\",\"0x0\"]", "[\"0x1\",\"0x1\",\"0x1\"]"] {
                #expect(try node.error("miner_setMaxDASize", bad).code == -32602, "\(bad)")
            }
            #expect(node.chain.dataLimits == DataLimits())
        }
        let open = try node { EthereumMethods.all($0) }
        #expect(try open.error("miner_setMaxDASize", "[\"0x0\",\"0x1\"]").code == -32601)
        let other = try NodeUnderTest { EngineMethods.all($0, with: EthereumMethods.all($0)) }
        #expect(try other.error("miner_setMaxDASize", "[\"0x0\",\"0x1\"]").code == -32601)
    }

    private var zeros: String { String(repeating: "0", count: 17) }

    @Test("the secret is made once, for its owner only")
    func secret() throws {
        let path = NSTemporaryDirectory() + "/mayfly-secret-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        let made = try EngineSecret.load(orMake: path)
        #expect(made.count == 32)
        #expect(try EngineSecret.load(orMake: path) == made)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        try Data("0x1234\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: EngineSecretError.self) { try EngineSecret.load(orMake: path) }
        #expect(throws: EngineSecretError.self) { try EngineSecret.load(orMake: "/nonexistent/secret") }
    }
}
