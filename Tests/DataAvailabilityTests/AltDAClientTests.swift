import Cryptography
import DataAvailability
import Derivation
import EthereumClient
import Foundation
import Primitives
import Testing

/// The client against providers that fail in all ways.
@Suite(.serialized) struct AltDAClientTests {
    /// A port where nobody listens.
    private static let dead = "http://127.0.0.1:9"

    @Test func anotherEndpointStandsIn() async throws {
        try await ServedStore.with { served in
            let broken = try await FixedAnswer("500 Internal Server Error", Array("it broke\n".utf8))
            let busy = try await FixedAnswer("503 Service Unavailable", headers: ["Retry-After: 30"])
            let data = bytes(1_000, seed: 1)
            for first in [Self.dead, broken.url, busy.url] {
                try await withClient([first, served.url]) { client in
                    let commitment = try await client.put(data)
                    #expect(try await client.get(commitment) == data)
                }
            }
            await broken.stop()
            await busy.stop()
        }
    }

    @Test func notFoundOnlyWhereAllSaySo() async throws {
        let commitment = AltDACommitment(content: Keccak256.hash([1]))
        let absent = try await FixedAnswer("404 Not Found")
        let alsoAbsent = try await FixedAnswer("404 Not Found")
        try await withClient([absent.url, alsoAbsent.url]) { client in
            await #expect(throws: AltDAError.notFound(commitment)) { try await client.get(commitment) }
        }
        // The one that does not answer may have them.
        try await withClient([absent.url, Self.dead], patience: .milliseconds(500)) { client in
            do {
                _ = try await client.get(commitment)
                Issue.record("there are no data")
            } catch AltDAError.unreachable(let reasons) {
                #expect(reasons.count == 2)
                #expect(reasons[1].hasPrefix(Self.dead))
            }
        }
        await absent.stop()
        await alsoAbsent.stop()
    }

    @Test(arguments: [
        [], [1], [0, 1], [2] + Hash256().bytes, AltDACommitment(content: Keccak256.hash([1])).encoded,
        [UInt8](repeating: 1, count: 70_000),
    ])
    func wrongAnswers(_ answer: [UInt8]) async throws {
        let data = bytes(100, seed: 7)
        let hash = Keccak256.hash(data)
        let liar = try await FixedAnswer("200 OK", answer)
        try await withClient([liar.url], patience: .seconds(1)) { client in
            do {
                _ = try await client.put(data)
                Issue.record("that is no commitment to the data")
            } catch AltDAError.unreachable {}
        }
        for commitment in [AltDACommitment.keccak256(hash), AltDACommitment(content: hash)] {
            try await withClient([liar.url], patience: .seconds(1)) { client in
                do {
                    _ = try await client.get(commitment)
                    Issue.record("other data were taken")
                } catch AltDAError.unreachable(let reasons) {
                    #expect(reasons.joined().contains("other data than those committed to"))
                }
            }
        }
        await liar.stop()
    }

    /// Commitments of other layers say nothing that could be checked.
    @Test func otherProviders() async throws {
        let provider = try await FixedAnswer("200 OK", [1, 0x0C, 9, 9, 9])
        try await withClient([provider.url]) { client in
            let commitment = try await client.put([1, 2, 3])
            #expect(commitment == .generic([0x0C, 9, 9, 9]))
            #expect(try await client.get(commitment) == [1, 0x0C, 9, 9, 9])
        }
        await provider.stop()
    }

    @Test func refusals() async throws {
        try await ServedStore.with({ $0.dataLimit = 1_000 }) { small in
            try await withClient([small.url]) { client in
                await #expect(throws: AltDAError.refused("at most 1000 bytes are taken at once")) {
                    try await client.put(bytes(1_001, seed: 1))
                }
                await #expect(throws: AltDAError.refused("there are no data")) { try await client.put([]) }
            }
            // One that takes more stands in.
            try await ServedStore.with { large in
                try await withClient([small.url, large.url]) { client in
                    let commitment = try await client.put(bytes(1_001, seed: 1))
                    #expect(try await client.get(commitment).count == 1_001)
                }
            }
        }
        #expect(throws: AltDAError.self) { try AltDAClient([]) }
    }

    @Test func patienceEnds() async throws {
        try await withClient([Self.dead], patience: .milliseconds(300)) { client in
            let clock = ContinuousClock.now
            do {
                _ = try await client.put([1])
                Issue.record("nobody is there")
            } catch AltDAError.unreachable {}
            #expect(ContinuousClock.now - clock < .seconds(4))
        }
    }
}
