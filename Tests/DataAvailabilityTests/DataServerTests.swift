import Cryptography
import DataAvailability
import Derivation
import Foundation
import NIOCore
import Primitives
import Testing

/// The server and the client together, and the server against clients that are none.
@Suite(.serialized) struct DataServerTests {
    @Test(arguments: [1, 31, 255, 65_536, 130_672, 262_144, 262_145, 5_000_000])
    func roundTrip(_ count: Int) async throws {
        try await ServedStore.with { served in
            try await withClient([served.url]) { client in
                let data = bytes(count, seed: UInt64(count))
                let commitment = try await client.put(data)
                #expect(commitment == AltDACommitment(content: Keccak256.hash(data)))
                #expect(commitment.encoded.prefix(2) == [1, 0x6D])
                #expect(try await client.get(commitment) == data)
                // The same data under the other kind of commitment.
                #expect(try await client.get(.keccak256(Keccak256.hash(data))) == data)
                let onDisk = try Data(contentsOf: URL(fileURLWithPath: served.path(of: commitment)))
                #expect(Array(onDisk) == data)
                #expect(served.store.usage.objects == 1)
                #expect(served.store.usage.bytes == UInt64(count))
                #expect(served.incoming.isEmpty)
            }
        }
    }

    @Test func keccakCommitments() async throws {
        try await ServedStore.with { served in
            try await withClient([served.url]) { client in
                let data = bytes(100_000, seed: 5)
                let commitment = try await client.put(data, as: .keccak256)
                #expect(commitment == .keccak256(Keccak256.hash(data)))
                let found = try await client.get(commitment)
                #expect(found == data)
                await #expect(throws: AltDAError.self) {
                    try await client.put(bytes(AltDACommitment.largestKeccakInput + 1, seed: 1), as: .keccak256)
                }
            }
        }
    }

    @Test func absentData() async throws {
        try await ServedStore.with { served in
            try await withClient([served.url]) { client in
                for commitment in [
                    AltDACommitment.keccak256(Hash256()), AltDACommitment(content: Hash256()),
                    .generic([0xC, 1, 2, 3]),
                ] {
                    await #expect(throws: AltDAError.notFound(commitment)) { try await client.get(commitment) }
                }
            }
        }
    }

    @Test func damagedFiles() async throws {
        try await ServedStore.with { served in
            try await withClient([served.url]) { client in
                let data = bytes(300_000, seed: 9)
                let commitment = try await client.put(data)
                var damaged = Data(data)
                damaged[250_000] ^= 1
                for content in [damaged, Data(data.dropLast()), Data()] {
                    try content.write(to: URL(fileURLWithPath: served.path(of: commitment)))
                    do {
                        _ = try await withClient([served.url], patience: .milliseconds(1_200)) {
                            try await $0.get(commitment)
                        }
                        Issue.record("damaged data were served")
                    } catch AltDAError.unreachable(let reasons) {
                        #expect(reasons.joined().contains("does not hold the data that it is named by"))
                    }
                    // Putting them again mends it.
                    #expect(try await client.put(data) == commitment)
                    #expect(try await client.get(commitment) == data)
                }
            }
        }
    }

    @Test func concurrentTransfers() async throws {
        try await ServedStore.with({ $0.uploads = 4 }) { served in
            try await withClient([served.url], patience: .seconds(60)) { client in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for index in 0..<24 {
                        group.addTask {
                            // Every third is the same as another.
                            let data = bytes(400_000, seed: UInt64(index % 16) + 1)
                            let commitment = try await client.put(data)
                            #expect(try await client.get(commitment) == data)
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(served.store.usage.objects == 16)
                #expect(served.store.usage.bytes == 16 * 400_000)
                #expect(served.store.usage.reserved == 0)
            }
        }
    }

    @Test func restart() async throws {
        let first = try await ServedStore()
        defer { first.remove() }
        let data = bytes(77_777, seed: 3)
        let commitment = try await withClient([first.url]) { try await $0.put(data) }
        #expect(throws: DataStoreError.self) { try DataStore(directory: first.directory) }
        await first.stop()
        // What a crash leaves of an upload.
        try Data(bytes(10, seed: 1)).write(to: URL(fileURLWithPath: first.directory + "/incoming/99"))
        try await Self.reopened(first.directory, commitment, data)
    }

    /// A copy, as the first store keeps its lock for as long as it is there.
    private static func reopened(_ directory: String, _ commitment: AltDACommitment, _ data: [UInt8]) async throws {
        let copy = directory + "-copy"
        defer { try? FileManager.default.removeItem(atPath: copy) }
        try FileManager.default.copyItem(atPath: directory, toPath: copy)
        let second = try await ServedStore(directory: copy)
        #expect(second.incoming.isEmpty)
        #expect(second.store.usage.objects == 1)
        #expect(second.store.usage.bytes == 77_777)
        let found = try await withClient([second.url]) { try await $0.get(commitment) }
        #expect(found == data)
        await second.stop()
    }

    @Test func fullStore() async throws {
        try await ServedStore.with(capacity: 100_000, { $0.dataLimit = 80_000 }) { served in
            try await withClient([served.url]) { client in
                let kept = try await client.put(bytes(60_000, seed: 1))
                do {
                    _ = try await withClient([served.url], patience: .seconds(2)) {
                        try await $0.put(bytes(60_000, seed: 2))
                    }
                    Issue.record("more was kept than there is room for")
                } catch AltDAError.unreachable(let reasons) {
                    #expect(reasons.joined().contains("507"))
                    #expect(reasons.joined().contains("used up"))
                }
                try await served.letGo()
                #expect(served.incoming.isEmpty)
                #expect(served.store.usage.bytes == 60_000)
                #expect(served.store.usage.reserved == 0)
                #expect(try await client.get(kept).count == 60_000)
            }
            let ready = try await RawConnection(served.port)
                .exchange([Array("GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8)])
            #expect(ready.hasPrefix("HTTP/1.1 503"))
            #expect(ready.contains("bytes are left for data"))
        }
    }

    // MARK: Requests

    static func request(_ line: String, _ headers: [String] = [], _ body: [UInt8] = []) -> [UInt8] {
        let head = ["\(line) HTTP/1.1", "Host: localhost"] + headers + ["", ""]
        return Array(head.joined(separator: "\r\n").utf8) + body
    }

    @Test(arguments: [
        ("POST /put", ["Content-Length: 0"], "400", "no data"),
        ("POST /put/0x00", ["Content-Length: 1"], "400", "keeps data under"),
        ("POST /put/0x01ff00", ["Content-Length: 1"], "400", "keeps data under"),
        ("POST /put", ["Content-Length: 1001"], "413", "at most 1000 bytes"),
        ("POST /put", ["Content-Length: 99999999999999999999"], "400", "Bad Request"),
        ("POST /put", ["Content-Length: 1", "Origin: http://a.example"], "403", "web pages"),
        ("POST /put", ["Content-Length: 1", "Content-Encoding: gzip"], "415", "content encoding"),
        ("POST /other", ["Content-Length: 1"], "404", "not found"),
        ("DELETE /get/0x00", [], "405", "not allowed"),
        ("GET /get/", [], "400", "a commitment is"),
        ("GET /get/0x0", [], "400", "a commitment is"),
        ("GET /get/zz", [], "400", "a commitment is"),
        ("GET /get/0x0500", [], "400", "a commitment is"),
        ("GET /get/0x00\(String(repeating: "00", count: 31))", [], "400", "a commitment is"),
        ("GET /get/0x00\(String(repeating: "00", count: 32))", [], "404", "no data of that"),
        ("GET /get/0x010a", [], "404", "not one of this server"),
        ("GET /elsewhere", [], "404", "not found"),
        ("GET /health", [], "200", "\"ok\""),
        ("GET /ready", [], "200", "true"),
        ("GET /metrics", [], "200", "mayfly_da_puts_total{result=\"kept\"} 0"),
    ])
    func answers(_ line: String, _ headers: [String], _ status: String, _ text: String) async throws {
        try await ServedStore.with({ $0.dataLimit = 1_000 }) { served in
            let answer = try await RawConnection(served.port).exchange([
                Self.request(line, headers + ["Connection: close"])
            ])
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
            #expect(answer.contains(text), "\(answer)")
            try await served.letGo()
            #expect(served.store.usage == DataStore.Usage())
        }
    }

    @Test func requestsOnOneConnection() async throws {
        try await ServedStore.with { served in
            let hash = Keccak256.hash([1, 2, 3])
            let answer = try await RawConnection(served.port).exchange([
                Self.request("PUT /put/0x00\("\(hash)".dropFirst(2))", ["Content-Length: 3"], [1, 2, 3]),
                Self.request("GET /get/0x00\(String(repeating: "11", count: 32))"),
                Self.request("POST /put", ["Transfer-Encoding: chunked"], Array("2\r\nab\r\n1\r\nc\r\n0\r\n\r\n".utf8)),
                Self.request("POST /put", ["Content-Length: 3", "Expect: 100-continue"], [1, 2, 3]),
                Self.request("HEAD /get/0x016d\("\(hash)".dropFirst(2))"),
                Self.request("GET /get/0x016d\("\(hash)".dropFirst(2))", ["Connection: close"]),
            ])
            let statuses = answer.split(separator: "HTTP/1.1 ").map { String($0.prefix(3)) }
            #expect(statuses == ["200", "404", "200", "100", "200", "200", "200"], "\(answer)")
            #expect(answer.hasSuffix("\u{1}\u{2}\u{3}"))
            #expect(served.store.usage.objects == 2)
        }
    }

    @Test func wrongDataForACommitment() async throws {
        try await ServedStore.with { served in
            let hash = Keccak256.hash([1, 2, 3])
            let answer = try await RawConnection(served.port).exchange([
                Self.request(
                    "POST /put/0x00\("\(hash)".dropFirst(2))", ["Content-Length: 3", "Connection: close"], [1, 2, 4])
            ])
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            try await served.letGo()
            #expect(served.store.usage == DataStore.Usage())
            #expect(served.incoming.isEmpty)
        }
    }

    /// A client that announces little and sends without end, one that goes away, and one that says nothing.
    @Test func hostileBodies() async throws {
        try await ServedStore.with({
            $0.dataLimit = 1_000_000
            $0.idleTimeout = .milliseconds(300)
            $0.transferTimeout = .milliseconds(300)
            $0.slowestRate = 100 << 20
        }) { served in
            let endless = try await RawConnection(served.port).exchange(
                [Self.request("POST /put", ["Transfer-Encoding: chunked"])]
                    + (0..<64).map { _ in Array("4000\r\n".utf8) + bytes(0x4000, seed: 1) + Array("\r\n".utf8) })
            #expect(endless.hasPrefix("HTTP/1.1 413 ") || endless.isEmpty)
            let clock = ContinuousClock.now
            let slow = try await RawConnection(served.port).exchange(
                [Self.request("POST /put", ["Content-Length: 1000"], [1]), [2]], pause: .milliseconds(50))
            #expect(slow.isEmpty)
            let silent = try await RawConnection(served.port).exchange([])
            #expect(silent.isEmpty)
            let halfHead = try await RawConnection(served.port).exchange([Array("GET /he".utf8)])
            #expect(halfHead.isEmpty)
            #expect(ContinuousClock.now - clock < .seconds(10))
            let malformed = try await RawConnection(served.port).exchange([Array("NONSENSE\r\n\r\n".utf8)])
            #expect(malformed.hasPrefix("HTTP/1.1 400 "))
            try await served.letGo()
            #expect(served.incoming.isEmpty)
            #expect(served.store.usage == DataStore.Usage())
        }
    }

    @Test func tooManyConnections() async throws {
        try await ServedStore.with({
            $0.connections = 2
            $0.idleTimeout = .seconds(2)
        }) { served in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<2 { group.addTask { _ = try? await RawConnection(served.port).exchange([]) } }
                try? await Task.sleep(for: .milliseconds(400))
                let refused = try? await RawConnection(served.port)
                    .exchange([Self.request("GET /health", ["Connection: close"])])
                #expect(refused?.isEmpty ?? true)
                await group.waitForAll()
            }
            let served = try await RawConnection(served.port)
                .exchange([Self.request("GET /health", ["Connection: close"])])
            #expect(served.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func tooManyPuts() async throws {
        try await ServedStore.with({ $0.uploads = 1 }) { served in
            async let first = RawConnection(served.port).exchange(
                [Self.request("POST /put", ["Content-Length: 2", "Connection: close"], [1]), [2]],
                pause: .milliseconds(500))
            try await Task.sleep(for: .milliseconds(200))
            let second = try await RawConnection(served.port)
                .exchange([Self.request("POST /put", ["Content-Length: 1"], [1])])
            #expect(second.hasPrefix("HTTP/1.1 503 "))
            #expect(second.contains("Retry-After: 1"))
            let kept = try await first
            #expect(kept.hasPrefix("HTTP/1.1 200 "))
        }
    }
}
