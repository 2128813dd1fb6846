import Blockchain
import Foundation
import Glibc
import JSONRPC
import NIOCore
import Primitives
import Sequencing
import StateTransition
import Storage
import Testing

@testable import EthereumRPC

@Suite("Subscriptions and status over sockets") struct SubscriptionTests {
    @Test("heads, logs and transactions come in order, and stop when told to")
    func subscribes() async throws {
        var methods = Methods()
        let node = try NodeUnderTest { context in
            EthEvents(context).add(to: &methods)
            return methods
        }
        let path = NSTemporaryDirectory() + "/mayfly-ipc-" + UUID().uuidString.prefix(8)
        let server = Server()
        try await server.listen(IPCEndpoint(path: path, methods: methods))
        let client = try LineClient(.init(unixDomainSocketPath: path))
        func subscribe(_ parameters: String) throws -> String {
            try #require(client.call("eth_subscribe", parameters)["result"] as? String)
        }
        let heads = try subscribe("[\"newHeads\"]")
        let logs = try subscribe("[\"logs\",{\"topics\":[\"\(Hash256(UInt256(1)))\"]}]")
        let hashes = try subscribe("[\"newPendingTransactions\"]")
        let objects = try subscribe("[\"newPendingTransactions\",true]")
        _ = try subscribe("[\"syncing\"]")
        #expect(
            (try client.call("eth_subscribe", "[\"nothing\"]")["error"] as? [String: Any])?["code"] as? Int == -32601)

        let pooled = try node.chain.pool.submit(node.logging(5, nonce: 0).encoded)
        #expect(try client.notification(hashes) as? String == "\(pooled.hash)")
        #expect((try client.notification(objects) as? [String: Any])?["hash"] as? String == "\(pooled.hash)")
        let genesis = try node.chain.view().head
        let first = try node.produce([1, 2], firstNonce: 0)
        let head = try #require(try client.notification(heads) as? [String: Any])
        #expect(head["hash"] as? String == "\(first.hash)")
        #expect(head["parentHash"] as? String == "\(genesis.hash)")
        #expect(head["transactions"] == nil)
        #expect((try client.notification(logs) as? [String: Any])?["removed"] as? Bool == false)
        try node.chain.rewind(to: genesis.number)
        #expect((try client.notification(logs) as? [String: Any])?["removed"] as? Bool == true)
        #expect(try client.call("eth_unsubscribe", "[\"\(heads)\"]")["result"] as? Bool == true)
        #expect(try client.call("eth_unsubscribe", "[\"\(heads)\"]")["error"] != nil)
        try node.produce([1], firstNonce: 0)
        #expect((try client.notification(logs) as? [String: Any])?["removed"] as? Bool == false)
        await server.stop()
    }

    @Test("what an open block gets")
    func tellsOfSubBlocks() async throws {
        var methods = Methods()
        let node = try NodeUnderTest { context in
            EthEvents(context).add(to: &methods)
            return methods
        }
        let path = NSTemporaryDirectory() + "/mayfly-ipc-" + UUID().uuidString.prefix(8)
        let server = Server()
        try await server.listen(IPCEndpoint(path: path, methods: methods))
        let client = try LineClient(.init(unixDomainSocketPath: path))
        let id = try #require(client.call("eth_subscribe", "[\"newFlashblocks\"]")["result"] as? String)
        let header = try node.chain.view().headHeader
        let block = try node.chain.open(
            BlockAttributes(timestamp: header.timestamp + 2, randomness: Hash256(), feeRecipient: Address()))
        let pooled = try node.chain.pool.submit(node.logging(5, nonce: 0).encoded)
        _ = try node.chain.extend(block)
        let sealed = try node.chain.seal(block).sealed
        let first = try #require(try client.notification(id) as? [String: Any])
        #expect(first["index"] as? Int == 0 && first["base"] != nil)
        let second = try #require(try client.notification(id) as? [String: Any])
        let receipts = (second["metadata"] as? [String: Any])?["receipts"] as? [String: Any]
        #expect(receipts?[Hex.encode(pooled.hash.bytes)] != nil && second["base"] == nil)
        let last = try #require(try client.notification(id) as? [String: Any])
        #expect((last["diff"] as? [String: Any])?["block_hash"] as? String == Hex.encode(sealed.hash.bytes))
        await server.stop()
    }

    @Test("health, readiness and metrics")
    func status() async throws {
        let node = try NodeUnderTest { _ in Methods() }
        try node.produce([1], firstNonce: 0)
        let server = Server()
        var endpoint = HTTPEndpoint(methods: Methods())
        endpoint.routes = StatusRoutes.all(
            node.context, server: server,
            notes: { StatusNotes(figures: [.init("mayfly_trial", "A figure.", 7)], notice: "it is late") })
        let address = try await server.listen(endpoint)
        func get(_ path: String) throws -> String {
            let client = try LineClient(address)
            try client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return try client.readAll()
        }
        #expect(try get("/health").contains("\"status\":\"ok\""))
        let ready = try get("/ready")
        #expect(ready.hasPrefix("HTTP/1.1 200") && ready.contains("\"number\":1"))
        let metrics = try get("/metrics")
        #expect(metrics.contains("\nmayfly_head_block 1\n"))
        #expect(metrics.contains("\nmayfly_trial 7\n") && ready.contains("\"notice\":\"it is late\""))
        #expect(metrics.contains("\nmayfly_pool_transactions{state=\"pending\"} 0\n"))
        let memory = try #require(metrics.firstMatch(of: /\nprocess_resident_memory_bytes (\d+)/)?.1)
        #expect(try #require(Int(memory)) > 1 << 20)
        await server.stop()
    }
}

/// A blocking client that speaks a line at a time.
private final class LineClient {
    private let descriptor: Int32
    private var received: [UInt8] = []
    private var answers: [[String: Any]] = []
    private var notifications: [(id: String, result: Any)] = []

    init(_ address: SocketAddress) throws {
        let family = address.protocol == .unix ? AF_UNIX : AF_INET
        descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        try #require(address.withSockAddr { connect(descriptor, $0, socklen_t($1)) } == 0)
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        try #require(Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
    }

    private func fill() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        try #require(count >= 0, "nothing came in time")
        received += buffer[..<count]
        return count > 0
    }

    func readAll() throws -> String {
        while try fill() {}
        return String(decoding: received, as: UTF8.self)
    }

    /// Takes one message, and puts it where it belongs.
    private func readMessage() throws {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Data(received[..<end])
                received.removeFirst(end + 1)
                let message = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
                if let parameters = message["params"] as? [String: Any] {
                    notifications.append(
                        (try #require(parameters["subscription"] as? String), try #require(parameters["result"])))
                } else {
                    answers.append(message)
                }
                return
            }
            try #require(try fill(), "the connection was closed")
        }
    }

    func call(_ method: String, _ parameters: String) throws -> [String: Any] {
        try send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":\(parameters)}\n")
        while answers.isEmpty { try readMessage() }
        return answers.removeFirst()
    }

    /// The next notification of a subscription.
    func notification(_ id: String) throws -> Any {
        while true {
            if let index = notifications.firstIndex(where: { $0.id == id }) {
                return notifications.remove(at: index).result
            }
            try readMessage()
        }
    }
}
