import ArgumentParser
import EthereumClient
import Foundation
import Platform
import Primitives
import Settlement

struct PlatformCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "platform",
        abstract: "Launches and ends rollups for others: REST, records and jobs.",
        discussion: """
            Keeps its records in --data, and the rollups in its folder `rollups`, which mayfly gateway runs. What was begun goes on \
            when the platform is started again. On the embedded L1 requests of this machine need no key; elsewhere the first key is \
            made with --first-key.

            With --database several platforms share their records, on a directory --data that all of them see: what one leaves, \
            because it ends or dies, the others take up.
            """)

    @Option(help: ArgumentHelp("The directory of its records and rollups.", valueName: "dir"))
    var data: String

    @OptionGroup var database: DatabaseChoice

    @Option(help: ArgumentHelp("Where REST is served.", valueName: "addr:port"))
    var http = ListenAddress(host: "127.0.0.1", port: 8_700)

    @Option(help: ArgumentHelp("The gateway that runs the folder `rollups`.", valueName: "url"))
    var gateway = "http://127.0.0.1:8600"

    @Option(
        name: .customLong("public-url"),
        help: ArgumentHelp("Where others reach the gateway. Default: as --gateway.", valueName: "url"))
    var publicURL: String?

    @Option(help: ArgumentHelp("A name that REST is served as, beside addresses; may be repeated.", valueName: "name"))
    var host: [String] = []

    @OptionGroup var timelock: TimelockOption

    @Flag(
        name: .customLong("first-key"),
        help: "Print the first API key, with all rights, where there is none yet. It is told this once.")
    var firstKey = false

    @Flag(
        name: .customLong("open-to-all"),
        help:
            "Launch for everybody who signs in, at the cost of this platform's account. Without it: for organisations made here."
    )
    var openToAll = false

    @Flag(
        name: .customLong("private-webhooks"),
        help: "Let webhooks lead into this machine's own networks, and to http://. For platforms without strangers.")
    var privateWebhooks = false

    @OptionGroup var retention: RetentionOptions
    @OptionGroup var fleet: FleetOptions
    @OptionGroup var l1: L1Options
    @OptionGroup var key: KeyOptions
    @OptionGroup var tracing: TraceOptions

    func run() async throws {
        try tracing.begin("platform")
        NodeService.raiseFileLimit()
        let signals = StopSignals()
        var l1 = l1
        if l1.endpoints.isEmpty { l1.endpoints = [l1.first] }
        let client = try l1.client()
        try await L1Options.reach(client, "L1", "--l1")
        let chainID: UInt64
        do throws(EthereumClientError) { chainID = try await client.chainID() } catch {
            throw CommandFailure("--l1: \(error.message)")
        }
        let plan = PlatformProcess.Plan(
            directory: data, databaseURL: try database.url(), http: http, gatewayURL: gateway,
            publicURL: publicURL ?? gateway, hosts: host, l1: l1,
            signer: try key.signer(chainID: chainID), timelock: try Self.address(timelock, chainID: chainID),
            allowsPrivateWebhooks: privateWebhooks, isOpenToAll: openToAll,
            retention: try retention.retention(), fleet: fleet)
        let process = try await PlatformProcess(plan, client: client, chainID: chainID) { text in
            print(text)
            fflush(nil)
        }
        print("platform: http://\(http.host):\(http.port)/v1, records in \(data)")
        if firstKey { try await tellFirstKey(process.service) }
        fflush(nil)
        await signals.wait()
        await process.stop()
        withExtendedLifetime(signals) {}
    }

    private func tellFirstKey(_ service: PlatformService) async throws {
        do throws(PlatformProblem) {
            try await service.makeOrganisation("main", name: "Main")
            let secret = try await service.makeFirstKey(of: "main")
            print(
                secret.map { "the first key, told this once: \($0)" } ?? "there is a key already: make others with it")
        } catch { throw CommandFailure(error.detail) }
    }

    static func address(_ timelock: TimelockOption, chainID: UInt64) throws -> Address {
        do throws(SettlementError) { return try timelock.address(chainID: chainID) } catch {
            throw CommandFailure(error.message)
        }
    }
}
