import Blockchain
import DevL1
import EthereumClient
import JSONRPC
import NIOCore
import Primitives
import Storage
import Trie
import Synchronization
import Testing

/// Nodes that lie, fail or are slow, with a good one beside them.
@Suite struct UntrustedEndpointTests {
    private var hasty: EthereumClient.Settings {
        var settings = EthereumClient.Settings()
        settings.patience = .milliseconds(900)
        settings.requestTimeout = .milliseconds(300)
        return settings
    }

    /// Asks `body` of a client of a node with `methods`, with the good node behind it where there is one.
    private func ask<Value>(
        _ methods: Methods, behind good: ServedL1? = nil, _ settings: EthereumClient.Settings,
        _ body: (EthereumClient) async throws -> Value
    ) async throws -> Value {
        let bad = try await ServedAnswers(methods)
        let client = try EthereumClient(
            [Endpoint(bad.url)] + (good.map { [try Endpoint($0.url)] } ?? []), settings: settings)
        let result = await Result { () async throws in try await body(client) }
        await client.close()
        await bad.stop()
        return try result.get()
    }

    /// A node that answers every method that matters with the same text.
    private func node(answering text: String) -> Methods {
        var methods = Methods()
        for name in [
            "eth_chainId", "eth_getBlockByNumber", "eth_getBlockByHash", "eth_getBlockReceipts", "eth_getProof",
        ] {
            methods.add(name) { _, json throws(RPCError) in json.raw(ByteBuffer(string: text)) }
        }
        return methods
    }

    @Test(arguments: [
        #"{"number":"0x0","hash":"0x1111111111111111111111111111111111111111111111111111111111111111"}"#,
        "[]", #""0x""#, "7", "{}", #"{"number":7}"#, #"{"hash":null}"#,
    ])
    func believesNoLie(_ text: String) async throws {
        let served = try await ServedL1()
        let methods = node(answering: text)
        let genesis = try await ask(methods, behind: served, EthereumClient.Settings()) { client in
            try await client.block(.number(0))
        }
        #expect(genesis.hash == served.l1.chain.database.head.hash)
        // Alone it is no help, and the error says why.
        do {
            _ = try await ask(methods, hasty) { client in try await client.block(.number(0)) }
            Issue.record("a lie was believed")
        } catch let error as EthereumClientError {
            guard case .unreachable(let reasons) = error else { throw error }
            #expect(reasons.count == 1 && reasons[0].contains("answer"))
        }
        await served.stop()
    }

    @Test func believesNoReceiptsOfAnotherBlock() async throws {
        let served = try await ServedL1()
        let client = try EthereumClient([Endpoint(served.url)])
        let genesis = try await client.header(.number(0))
        await client.close()
        let receipt = #"[{"type":"0x0","status":"0x1","cumulativeGasUsed":"0x5208","logs":[]}]"#
        await #expect(throws: EthereumClientError.self) {
            try await ask(node(answering: receipt), hasty) { client in try await client.receipts(of: genesis) }
        }
        let receipts = try await ask(node(answering: receipt), behind: served, EthereumClient.Settings()) { client in
            try await client.receipts(of: genesis)
        }
        #expect(receipts.isEmpty)
        await served.stop()
    }

    @Test func believesNoProofThatDoesNotHold() async throws {
        let served = try await ServedL1()
        let account = served.l1.accounts[0].address
        let client = try EthereumClient([Endpoint(served.url)])
        let genesis = try await client.header(.number(0))
        let proof = try await client.proof(of: account, slots: [], at: genesis)
        await client.close()
        let nodes = proof.nodes.map { "\"\(Hex.encode($0))\"" }.joined(separator: ",")
        let forged = """
            {"accountProof":[\(nodes)],"balance":"0xffffffffffffffffffff","nonce":"0x0","storageProof":[],
            "codeHash":"\(proof.account.codeHash)","storageHash":"\(proof.account.storageRoot)"}
            """
        await #expect(throws: EthereumClientError.self) {
            try await ask(node(answering: forged), hasty) { client in
                try await client.proof(of: account, slots: [], at: genesis)
            }
        }
        await served.stop()
    }

    @Test func goesOnToTheNextWhereOneIsSlowOrLimited() async throws {
        let served = try await ServedL1()
        var slow = Methods()
        let waiting = Mutex<[Responder]>([])
        slow.addDeferred("eth_chainId") { _, responder throws(RPCError) in waiting.withLock { $0.append(responder) } }
        var settings = hasty
        settings.patience = .seconds(60)
        #expect(try await ask(slow, behind: served, settings) { client in try await client.chainID() } == 1337)
        let asked = Mutex(0)
        var limited = Methods()
        limited.add("eth_chainId") { _, _ throws(RPCError) in
            asked.withLock { $0 += 1 }
            throw RPCError(code: -32_005, message: "too many requests")
        }
        let ids = try await ask(limited, behind: served, EthereumClient.Settings()) { client in
            var ids: [UInt64] = []
            for _ in 0..<20 { ids.append(try await client.chainID()) }
            return ids
        }
        #expect(ids.allSatisfy { $0 == 1337 } && asked.withLock { $0 } < 4)
        // A port where nobody listens.
        let client = try EthereumClient([Endpoint("http://127.0.0.1:1"), Endpoint(served.url)])
        #expect(try await client.chainID() == 1337)
        await client.close()
        await served.stop()
    }

    /// An endpoint's own trouble is no reason not to ask the next, and what a contract said is.
    @Test func goesOnToTheNextWhereOneHasTroubleOfItsOwn() async throws {
        let served = try await ServedL1()
        for (code, message) in [
            (-32_603, "internal error"), (-32_000, "header not found"), (-32_601, "no such method"),
        ] {
            var troubled = Methods()
            troubled.add("eth_chainId") { _, _ throws(RPCError) in throw RPCError(code: code, message: message) }
            let chainID = try await ask(troubled, behind: served, EthereumClient.Settings()) { client in
                try await client.chainID()
            }
            #expect(chainID == 1337)
            await #expect(throws: EthereumClientError.refused(code: code, message: message, data: nil)) {
                try await ask(troubled, hasty) { client in try await client.chainID() }
            }
        }
        var reverting = Methods()
        reverting.add("eth_chainId") { _, _ throws(RPCError) in throw RPCError(code: 3, message: "execution reverted") }
        await #expect(throws: EthereumClientError.self) {
            try await ask(reverting, behind: served, EthereumClient.Settings()) { client in try await client.chainID() }
        }
        await served.stop()
    }

    @Test func asksTheOthersForWhatOneDoesNotHave() async throws {
        let served = try await ServedL1()
        let block = try await ask(node(answering: "null"), behind: served, EthereumClient.Settings()) { client in
            try await client.block(.number(0))
        }
        #expect(block.hash == served.l1.chain.database.head.hash)
        await #expect(throws: EthereumClientError.notFound("block 5")) {
            try await ask(node(answering: "null"), behind: served, EthereumClient.Settings()) { client in
                try await client.block(.number(5))
            }
        }
        await served.stop()
    }

    @Test func readsNoEndlessAnswer() async throws {
        var settings = hasty
        settings.answerLimit = 100_000
        let endless = node(answering: "\"" + String(repeating: "a", count: 1_000_000) + "\"")
        do {
            _ = try await ask(endless, settings) { client in try await client.chainID() }
            Issue.record("an endless answer was read")
        } catch let error as EthereumClientError {
            #expect(error.message.contains("more than 100000 bytes"))
        }
    }
}
