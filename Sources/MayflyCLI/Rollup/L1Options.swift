import ArgumentParser
import Derivation
import EthereumClient
import JSONRPC
import Layers
import RollupNode
import StateTransition

/// Where a rollup's L1 is asked.
struct L1Options: ParsableArguments {
    @Option(
        name: .customLong("l1"),
        help: ArgumentHelp(
            "An endpoint of L1's JSON-RPC; may be repeated, the preferred one first.", valueName: "url"))
    var endpoints: [String] = []

    @Option(
        name: .customLong("l1-beacon"),
        help: ArgumentHelp(
            "An endpoint of L1's beacon API, which has the blobs; may be repeated. Not needed for mayfly l1.",
            valueName: "url"))
    var beacons: [String] = []

    @Option(
        name: .customLong("l1-rate"),
        help: ArgumentHelp("Requests a second that one endpoint is asked at most.", valueName: "n"))
    var rate: Double?

    @Option(
        name: .customLong("l1-poll"),
        help: ArgumentHelp(
            "Milliseconds from one question for L1's newest block to the next, 20 to 60000.", valueName: "n"))
    var poll = 500

    func validate() throws {
        if !(20...60_000).contains(poll) { throw ValidationError("--l1-poll takes a number from 20 to 60000.") }
        if let rate, !(rate > 0) { throw ValidationError("--l1-rate takes a number above 0.") }
    }

    var pollInterval: Duration { .milliseconds(poll) }

    /// The same options for another process of this program.
    var arguments: [String] {
        var arguments: [String] = []
        for endpoint in endpoints { arguments += ["--l1", endpoint] }
        for beacon in beacons { arguments += ["--l1-beacon", beacon] }
        if let rate { arguments += ["--l1-rate", "\(rate)"] }
        return arguments + ["--l1-poll", "\(poll)"]
    }

    /// The client of L1's JSON-RPC.
    func client() throws -> EthereumClient {
        guard !endpoints.isEmpty else { throw ValidationError("Name L1 with --l1 URL.") }
        do throws(EthereumClientError) { return try EthereumClient(try parsed(endpoints)) } catch {
            throw CommandFailure("--l1: \(error.message)")
        }
    }

    /// The preferred endpoint: the embedded L1's usual one where none is given.
    var first: String { endpoints.first ?? "http://127.0.0.1:8545" }

    /// The same for commands that are printed: a URL with more than a host and a port may have a secret in it.
    var firstForPeople: String { Self.forPeople(first) }

    static func forPeople(_ url: String) -> String {
        guard let name = try? Endpoint(url).name, url == name || url == name + "/" else { return "URL" }
        return url
    }

    /// The client of L1's JSON-RPC: the embedded L1 on this machine where no endpoint is given.
    func clientOrLocal() throws -> EthereumClient {
        var options = self
        options.endpoints = endpoints.isEmpty ? [first] : endpoints
        return try options.client()
    }

    /// The client of L1's beacon API; nil where none is named.
    ///
    /// - Parameter isEmbedded: whether L1's endpoints serve it themselves where none is named.
    func beacon(orWhereL1Is isEmbedded: Bool) throws -> BeaconClient? {
        let beacons = beacons.isEmpty && isEmbedded ? endpoints : beacons
        do throws(EthereumClientError) {
            return beacons.isEmpty ? nil : try BeaconClient(try parsed(beacons))
        } catch {
            throw CommandFailure("--l1-beacon: \(error.message)")
        }
    }

    private func parsed(_ texts: [String]) throws(EthereumClientError) -> [Endpoint] {
        var endpoints: [Endpoint] = []
        for text in texts { endpoints.append(try Endpoint(text, requestsPerSecond: rate)) }
        return endpoints
    }

    /// Waits until the chain that a program works with is there, which it may not be when the program is started.
    ///
    /// - Parameters:
    ///   - what: the chain, for people: `L1`.
    ///   - option: which names the endpoints.
    /// - Returns: false where the task was cancelled before.
    static func wait(
        for client: EthereumClient, chainID: UInt64, _ what: String, option: String
    ) async throws -> Bool {
        do throws(WrongChain) {
            return try await client.confirm(chainID: chainID, every: .milliseconds(500)) { error in
                StandardStreams.writeError(
                    error.map { "warning: \(what) cannot be reached (\($0.message)): waiting until it is there" }
                        ?? "\(what): all is well again")
            }
        } catch {
            throw CommandFailure(
                "\(option) serves chain \(error.found), and the rollup's file says that \(what) is chain "
                    + "\(error.expected): name an endpoint of that one")
        }
    }

    /// Makes sure that somebody answers, and says soon that nobody does: what starts at the same time is waited for.
    static func reach(_ client: EthereumClient, _ what: String, _ option: String) async throws {
        var isTold = false
        let end = ContinuousClock.now + .seconds(20)
        while true {
            do throws(EthereumClientError) {
                _ = try await client.chainID(patience: .seconds(2))
                return
            } catch {
                guard case .unreachable = error, .now < end else {
                    throw CommandFailure("\(option): \(error.message). Is \(what) running there?")
                }
                if !isTold { StandardStreams.writeError("waiting for \(what): \(error.message)") }
                isTold = true
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    /// Checks that L1 is the one that a rollup settles on, and completes what the rollup's file does not say of it; without
    /// waiting for an L1 that is not there.
    static func complete(
        _ configuration: RollupConfiguration, _ client: EthereumClient
    ) async throws -> RollupConfiguration {
        do throws(LayerError) {
            let chainID: UInt64
            do throws(EthereumClientError) { chainID = try await client.chainID() } catch {
                throw LayerError(.settlement, error)
            }
            guard chainID == configuration.l1ChainID else {
                throw LayerError(
                    .settlement, .fatal,
                    "this is chain \(chainID), and the rollup settles on chain \(configuration.l1ChainID)")
            }
            return try await client.completed(configuration)
        } catch {
            throw CommandFailure("--l1: \(error.message)")
        }
    }
}
