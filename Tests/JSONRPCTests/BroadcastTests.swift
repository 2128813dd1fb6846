import JSONRPC
import NIOCore
import Testing

@Suite struct BroadcastTests {
    private func withBroadcast(
        unreadBytes: Int, connections: Int = 8, _ body: (Broadcast, Int) async throws -> Void
    ) async throws {
        let broadcast = Broadcast()
        var endpoint = HTTPEndpoint(methods: Methods())
        endpoint.broadcast = broadcast
        endpoint.policy.servesHTTP = false
        endpoint.limits.unreadBytes = unreadBytes
        endpoint.limits.connections = connections
        endpoint.messageLimits.responseBytes = 1_024
        let server = Server()
        let port = try await server.listen(endpoint).port ?? 0
        try await body(broadcast, port)
        await server.stop(grace: .zero)
    }

    private func wait(_ condition: () -> Bool) async throws {
        for _ in 0..<500 where !condition() { try await Task.sleep(nanoseconds: 10_000_000) }
        #expect(condition())
    }

    @Test func everyoneHearsEverythingInOrder() async throws {
        try await withBroadcast(unreadBytes: 1 << 20) { broadcast, port in
            #expect(!broadcast.hasListeners)
            let clients = try (0..<3).map { _ in try SocketClient(port: port) }
            for client in clients { #expect(try client.upgrade().status == 101) }
            try await wait { broadcast.listenerCount == 3 }
            for number in 0..<50 { broadcast.send(ByteBuffer(string: "message \(number)")) }
            for client in clients {
                for number in 0..<50 { #expect(try client.readText() == "message \(number)") }
            }
        }
    }

    @Test func whoIsTooSlowIsClosed() async throws {
        try await withBroadcast(unreadBytes: 64 << 10) { broadcast, port in
            let client = try SocketClient(port: port)
            _ = try client.upgrade()
            try await wait { broadcast.listenerCount == 1 }
            let message = ByteBuffer(repeating: UInt8(ascii: "x"), count: 32 << 10)
            for _ in 0..<4_000 where broadcast.hasListeners {
                broadcast.send(message)
                try await Task.sleep(nanoseconds: 200_000)
            }
            try await wait { !broadcast.hasListeners }
            #expect(try client.isClosed())
        }
    }

    @Test func takesNoMoreThanItsConnections() async throws {
        try await withBroadcast(unreadBytes: 1 << 20, connections: 1) { broadcast, port in
            let first = try SocketClient(port: port)
            #expect(try first.upgrade().status == 101)
            try await wait { broadcast.listenerCount == 1 }
            let second = try SocketClient(port: port)
            #expect(throws: SocketClient.Failure.self) { try second.upgrade() }
            #expect(broadcast.listenerCount == 1)
        }
    }
}
