import Testing

@testable import EthereumClient

@Suite struct EndpointSelectionTests {
    private let second: UInt64 = 1_000_000_000

    private func endpoints(_ count: Int, rate: Double? = nil) throws -> [Endpoint] {
        try (0..<count).map { try Endpoint("http://node-\($0):8545", requestsPerSecond: rate) }
    }

    @Test func prefersTheFirstThatIsWell() throws {
        var selection = EndpointSelection(try endpoints(3))
        #expect(selection.choose(at: 0) == (0, 0))
        selection.failed(0, at: 0)
        #expect(selection.choose(at: 1) == (1, 1))
        selection.failed(1, at: 1, pause: 10 * second)
        #expect(selection.choose(at: 2) == (2, 2))
        // The first is asked again when its pause is over.
        #expect(selection.choose(at: EndpointSelection.firstPause) == (0, EndpointSelection.firstPause))
    }

    @Test func waitsForTheOneThatMayBeAskedSoonest() throws {
        var selection = EndpointSelection(try endpoints(2))
        selection.failed(0, at: 0, pause: 5 * second)
        selection.failed(1, at: 0, pause: 3 * second)
        #expect(selection.choose(at: second) == (1, 3 * second))
    }

    @Test func pausesLongerAtEachFailureUpToABound() throws {
        var selection = EndpointSelection(try endpoints(1))
        var pauses: [UInt64] = []
        var now: UInt64 = 0
        for _ in 0..<12 {
            selection.failed(0, at: now)
            let time = selection.choose(at: now).time
            pauses.append(time - now)
            now = time
        }
        #expect(pauses.prefix(4) == [250_000_000, 500_000_000, 1_000_000_000, 2_000_000_000])
        #expect(pauses.last == EndpointSelection.longestPause)
        selection.succeeded(0)
        selection.failed(0, at: now)
        #expect(selection.choose(at: now).time == now + EndpointSelection.firstPause)
    }

    @Test func keepsToARate() throws {
        var selection = EndpointSelection(try endpoints(1, rate: 4))
        // Four at once, then one each quarter of a second.
        let times = (0..<8).map { _ in selection.choose(at: 0).time }
        #expect(times == [0, 0, 0, 0, second / 4, second / 2, second * 3 / 4, second])
        // Who has waited may send four at once again.
        let later = (0..<5).map { _ in selection.choose(at: 10 * second).time }
        #expect(later == [10 * second, 10 * second, 10 * second, 10 * second, 10 * second + second / 4])
    }

    @Test(arguments: [
        "", "localhost:8545", "ftp://x", "http://", "http:///path", "http://:80", "http://a b", "https://u@",
    ])
    func refusesWhatIsNoAddress(_ text: String) {
        #expect(throws: EthereumClientError.self) { try Endpoint(text) }
    }

    @Test func showsNoSecret() throws {
        let endpoint = try Endpoint("https://user:password@node.example:8545/v3/key?token=secret")
        #expect("\(endpoint)" == "https://node.example:8545")
        #expect(throws: EthereumClientError.self) { try Endpoint("http://a", requestsPerSecond: 0) }
        #expect(throws: EthereumClientError.self) { try Endpoint("http://a", requestsPerSecond: -.nan) }
    }
}
