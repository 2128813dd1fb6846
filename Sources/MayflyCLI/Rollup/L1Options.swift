import ArgumentParser
import Derivation
import DevL1
import EthereumClient
import JSONRPC
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

    /// The client of L1's JSON-RPC.
    func client() throws -> EthereumClient {
        guard !endpoints.isEmpty else { throw ValidationError("Name L1 with --l1 URL.") }
        do throws(EthereumClientError) { return try EthereumClient(try parsed(endpoints)) } catch {
            throw CommandFailure("--l1: \(error.message)")
        }
    }

    /// The preferred endpoint: the embedded L1's usual one where none is given.
    var first: String { endpoints.first ?? "http://127.0.0.1:8545" }

    /// The client of L1's JSON-RPC: the embedded L1 on this machine where no endpoint is given.
    func clientOrLocal() throws -> EthereumClient {
        var options = self
        options.endpoints = endpoints.isEmpty ? [first] : endpoints
        return try options.client()
    }

    func source() async throws -> L1Source {
        let client = try client()
        var beacons = beacons
        if beacons.isEmpty {
            do throws(EthereumClientError) {
                // The embedded L1 serves its beacon API where it serves all.
                if try await client.chainID() == DevL1Settings().chainID { beacons = endpoints }
            } catch {
                throw CommandFailure("--l1: \(error.message)")
            }
        }
        do throws(EthereumClientError) {
            return L1Source(client: client, beacon: beacons.isEmpty ? nil : try BeaconClient(try parsed(beacons)))
        } catch {
            throw CommandFailure("--l1-beacon: \(error.message)")
        }
    }

    private func parsed(_ texts: [String]) throws(EthereumClientError) -> [Endpoint] {
        var endpoints: [Endpoint] = []
        for text in texts { endpoints.append(try Endpoint(text, requestsPerSecond: rate)) }
        return endpoints
    }

    /// Checks that L1 is the one that a rollup settles on, and completes what the rollup's file does not say of it.
    func complete(_ configuration: RollupConfiguration, _ client: EthereumClient) async throws -> RollupConfiguration {
        var configuration = configuration
        do throws(EthereumClientError) {
            let chainID = try await client.chainID()
            guard chainID == configuration.l1ChainID else {
                throw .endpoint(
                    "this is chain \(chainID), and the rollup settles on chain \(configuration.l1ChainID)")
            }
            let mainnet = ChainConfiguration.mainnet
            configuration.l1BlobUpgrades =
                chainID == mainnet.chainID ? mainnet.blobUpgrades : try await client.blobUpgrades()
        } catch {
            throw CommandFailure("--l1: \(error.message)")
        }
        return configuration
    }
}
