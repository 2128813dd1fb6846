import Blockchain
import Foundation
import JSONRPC
import NIOCore
import Primitives
import Sequencing
import StateTransition
import Storage
import Testing

@testable import EthereumRPC

@Suite("Logs, filters and subscriptions") struct EventTests {
    private func node() throws -> NodeUnderTest {
        try NodeUnderTest { context in
            var methods = Methods()
            EthEvents(context).add(to: &methods)
            return methods
        }
    }

    private func topic(_ number: UInt64) -> String {
        "\"\(Hash256(UInt256(number)))\""
    }

    private func topics(_ logs: [[String: Any]]) -> [UInt64] {
        logs.compactMap { ($0["topics"] as? [String])?.first }.compactMap { UInt64($0.suffix(16), radix: 16) }
    }

    @Test("a filter and the blooms agree")
    func blooms() {
        var random = SystemRandomNumberGenerator()
        func word() -> Hash256 { Hash256(UInt256(UInt64.random(in: 1...40, using: &random))) }
        func address() -> Address { Address(truncating: UInt256(UInt64.random(in: 1...40, using: &random))) }
        for _ in 0..<500 {
            let logs = (0..<3).map { _ in
                Log(
                    address: address(), topics: (0..<Int.random(in: 0...4, using: &random)).map { _ in word() },
                    data: [])
            }
            let bloom = LogsBloom(logs)
            let filter = LogFilter(
                addresses: (0..<Int.random(in: 0...12, using: &random)).map { _ in address() },
                topics: (0..<Int.random(in: 0...2, using: &random)).map { _ in
                    (0..<Int.random(in: 0...3, using: &random)).map { _ in word() }
                })
            if logs.contains(where: { filter.matches($0) }) { #expect(filter.mayMatch(bloom)) }
            for log in logs {
                let own = LogFilter(addresses: [log.address], topics: log.topics.map { [$0] })
                #expect(own.matches(log) && own.mayMatch(bloom))
                #expect(!LogFilter(topics: log.topics.map { [$0] } + [[]]).matches(log))
            }
            #expect(!LogFilter(addresses: [Address(truncating: 0xFFFF)]).mayMatch(LogsBloom()))
        }
    }

    @Test("who cannot be told everything is told so")
    func lostEvents() throws {
        let node = try node()
        let feed = EventFeed(node.context, pendingLimit: 0, blockByteLimit: 0)
        let lost = [feed.filters.install(.blocks), feed.filters.install(.pendingTransactions(full: false))]
        _ = try node.chain.pool.submit(node.logging(5, nonce: 0).encoded)
        try node.produce([1], firstNonce: 0)
        feed.settle()
        for id in lost {
            var json = JSONWriter()
            #expect(throws: RPCError.filterNotFound) { try feed.filters.writeChanges(id, to: &json) }
        }
    }

    @Test("eth_getLogs by range, hash, address and topics")
    func getLogs() throws {
        let node = try node()
        try node.produce([1, 2], firstNonce: 0)
        try node.produce([], firstNonce: 2)
        let third = try node.produce([2, 3], firstNonce: 2)
        func get(_ filter: String) throws -> [UInt64] {
            topics(try node.result("eth_getLogs", "[\(filter)]", as: [[String: Any]].self))
        }
        let all = "\"fromBlock\":\"earliest\",\"toBlock\":\"latest\""
        #expect(try get("{\(all)}") == [1, 2, 2, 3])
        #expect(try get("{}") == [2, 3], "the newest block if nothing is said")
        #expect(try get("{\"fromBlock\":\"0x1\",\"toBlock\":\"0x2\"}") == [1, 2])
        #expect(try get("{\"blockHash\":\"\(third.hash)\"}") == [2, 3])
        #expect(try get("{\(all),\"topics\":[\(topic(2))]}") == [2, 2])
        #expect(try get("{\(all),\"topics\":[[\(topic(1)),\(topic(3))]]}") == [1, 3])
        #expect(try get("{\(all),\"topics\":[null]}") == [1, 2, 2, 3])
        #expect(try get("{\(all),\"topics\":[null,\(topic(1))]}") == [])
        #expect(try get("{\(all),\"address\":\"\(NodeUnderTest.contract)\"}") == [1, 2, 2, 3])
        #expect(try get("{\(all),\"address\":[\"\(Address())\",\"\(NodeUnderTest.contract)\"]}") == [1, 2, 2, 3])
        #expect(try get("{\(all),\"address\":\"\(Address())\"}") == [])
        let last = try #require(
            try node.result("eth_getLogs", "[{\"topics\":[\(topic(3))]}]", as: [[String: Any]].self).first)
        #expect(last["logIndex"] as? String == "0x1")
        #expect(last["transactionIndex"] as? String == "0x1")
        #expect(last["removed"] as? Bool == false)
    }

    @Test(
        "queries that are none",
        arguments: [
            ("{\"fromBlock\":\"0x1\",\"toBlock\":\"0x0\"}", -32602, "invalid block range params"),
            ("{\"toBlock\":\"0x9\"}", -32602, "block range extends beyond current head block"),
            (
                "{\"blockHash\":\"0x\(String(repeating: "1", count: 64))\",\"toBlock\":\"0x9\"}", -32602,
                "invalid argument 0: cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other"
            ),
            ("{\"blockHash\":\"0x\(String(repeating: "1", count: 64))\"}", -32000, "unknown block"),
            ("{\"fromBlock\":\"pending\"}", -32602, "pending logs are not supported"),
            ("{\"fromBlock\":\"0x4\"}", -32602, "invalid block range params"),
            ("{\"fromBlock\":\"0x9\",\"toBlock\":\"0x8\"}", -32602, "invalid block range params"),
            ("{\"fromBlock\":\"0x9\",\"toBlock\":\"0x9\"}", -32602, "block range extends beyond current head block"),
            ("{\"toBlock\":\"finalized\"}", -32000, "finalized header not found"),
            ("{\"topics\":[null,null,null,null,null]}", -32602, "invalid argument 0: exceed max topics"),
            ("{\"address\":[null]}", -32602, "invalid argument 0: expected a string"),
            ("{\"address\":7}", -32602, "invalid argument 0: expected a string"),
            ("7", -32602, "invalid argument 0: expected an object"),
        ])
    func refusesQueries(query: String, code: Int, message: String) throws {
        let node = try node()
        try node.produce([1], firstNonce: 0)
        let error = try node.error("eth_getLogs", "[\(query)]")
        #expect(error.code == code)
        #expect(error.message == message)
    }

    @Test("a query is bounded in blocks, logs and bytes")
    func boundedQueries() throws {
        func message(_ change: (inout RPCSettings) -> Void) throws -> String {
            var settings = RPCSettings(clientVersion: "test")
            change(&settings)
            let node = try NodeUnderTest(settings: settings) { context in
                var methods = Methods()
                EthEvents(context).add(to: &methods)
                return methods
            }
            for block in 0..<3 { try node.produce([1], firstNonce: UInt64(block)) }
            return try node.error("eth_getLogs", "[{\"fromBlock\":\"0x0\"}]").message
        }
        #expect(try message { $0.logBlockRange = 3 } == "exceed maximum block range: 3")
        #expect(try message { $0.logLimit = 2 } == "query returned more than 2 results")
        #expect(try message { $0.logByteLimit = 600 } == "response too large")
    }

    @Test("filters tell each thing once, and what is no longer so")
    func polledFilters() throws {
        let node = try node()
        let logs: String = try node.result("eth_newFilter", "[{\"topics\":[\(topic(1))]}]")
        let late: String = try node.result("eth_newFilter", "[{\"fromBlock\":\"0x2\",\"toBlock\":\"0x2\"}]")
        let blocks: String = try node.result("eth_newBlockFilter")
        let pending: String = try node.result("eth_newPendingTransactionFilter")
        func changes<Value>(_ id: String, as: Value.Type = Value.self) throws -> Value {
            try node.result("eth_getFilterChanges", "[\"\(id)\"]")
        }
        let pooled = try node.chain.pool.submit(node.logging(9, nonce: 0).encoded)
        #expect(try changes(pending) == ["\(pooled.hash)"])
        let genesis = try node.chain.view().head
        let first = try node.produce([1, 2], firstNonce: 0)
        let second = try node.produce([3], firstNonce: 2)
        #expect(topics(try changes(logs)) == [1])
        #expect(try changes(logs, as: [Any].self).isEmpty)
        #expect(topics(try changes(late)) == [3])
        #expect(try changes(blocks) == ["\(first.hash)", "\(second.hash)"])
        #expect(topics(try node.result("eth_getFilterLogs", "[\"\(late)\"]")) == [3])
        // Another chain takes its place.
        try node.chain.rewind(to: genesis.number)
        let other = try node.produce([1], firstNonce: 0)
        let reorganised: [[String: Any]] = try changes(logs)
        #expect(topics(reorganised) == [1, 1])
        #expect(reorganised.map { $0["removed"] as? Bool } == [true, false])
        #expect(reorganised.map { $0["blockHash"] as? String } == ["\(first.hash)", "\(other.hash)"])
        #expect(try changes(blocks) == ["\(other.hash)"])
        #expect(try node.result("eth_uninstallFilter", "[\"\(logs)\"]") == true)
        #expect(try node.result("eth_uninstallFilter", "[\"\(logs)\"]") == false)
        for id in [logs, "0x1", "none"] {
            #expect(try node.error("eth_getFilterChanges", "[\"\(id)\"]").message == "filter not found")
        }
        #expect(try node.error("eth_getFilterLogs", "[\"\(blocks)\"]").message == "filter not found")
    }

    @Test("filters are bounded in number and time")
    func boundedFilters() throws {
        let clock = TestClock()
        let filters = PolledFilters(limit: 2) { clock.now }
        let first = filters.install(.blocks)
        clock.now = clock.now + .minutes(4)
        _ = filters.install(.pendingTransactions(full: false))
        // Makes room for itself: the first was asked for longest ago.
        let third = filters.install(.blocks)
        #expect(filters.count == 2)
        clock.now = clock.now + .minutes(2)
        var json = JSONWriter()
        #expect(throws: RPCError.filterNotFound) { try filters.writeChanges(first, to: &json) }
        for number in 0..<3 { filters.add(block: Hash256(UInt256(UInt64(number)))) }
        json = JSONWriter()
        try filters.writeChanges(third, to: &json)
        #expect(json.buffer.readableBytes == 3 * 68 + 4)
        #expect(filters.wantsPending && filters.wantsBlocks)
        clock.now = clock.now + .minutes(6)
        #expect(!filters.uninstall(third))
        #expect(!filters.wantsPending && !filters.wantsBlocks)
    }

    @Test(
        "filters for ranges that do not come",
        arguments: [
            "{\"fromBlock\":\"safe\"}", "{\"toBlock\":\"0x5\"}", "{\"fromBlock\":\"0x5\",\"toBlock\":\"0x4\"}",
            "{\"fromBlock\":\"0x5\",\"toBlock\":\"finalized\"}", "{\"fromBlock\":\"latest\",\"toBlock\":\"pending\"}",
        ])
    func refusesFilters(query: String) throws {
        #expect(try node().error("eth_newFilter", "[\(query)]").code == -32_602)
    }

    @Test("filters count themselves among the bytes that they take")
    func filtersOfSize() throws {
        let node = try RPCTestNode(filterLimit: 1_000)
        let addresses = "[" + [String](repeating: "\"\(Address())\"", count: 1_000).joined(separator: ",") + "]"
        let topics = "[" + [String](repeating: "\"\(Hash256())\"", count: 1_000).joined(separator: ",") + "]"
        let query = "[{\"address\":\(addresses),\"topics\":[\(topics),\(topics),\(topics),\(topics)]}]"
        let first = node.ask("eth_newFilter", query).dropFirst("\"result\":".count)
        #expect(node.ask("eth_getFilterChanges", "[\(first)]") == #""result":[]"#)
        for _ in 0..<170 { _ = node.ask("eth_newFilter", query) }
        #expect(node.ask("eth_getFilterChanges", "[\(first)]").contains("filter not found"))
    }

    @Test("whole pending transactions where they are asked for")
    func wholePendingTransactions() throws {
        let node = try RPCTestNode()
        let filter = node.ask("eth_newPendingTransactionFilter", "[true]").dropFirst("\"result\":".count)
        let transaction = RPCTestNode.transfer(0)
        _ = node.ask("eth_sendRawTransaction", "[\"\(Hex.encode(transaction.encoded))\"]")
        let changes = node.ask("eth_getFilterChanges", "[\(filter)]")
        #expect(changes.contains("\"hash\":\"\(transaction.hash)\""))
        #expect(changes.contains("\"blockHash\":null"))
    }

    private final class TestClock: @unchecked Sendable {
        var now = NIODeadline.now()
    }
}
