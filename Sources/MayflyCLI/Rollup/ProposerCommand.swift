import ArgumentParser
import Derivation
import EthereumClient
import EthereumRPC
import JSONRPC
import Foundation
import Layers
import NIOCore
import Primitives
import Proposing
import Settlement

struct ProposerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proposer",
        abstract: "Proposes a rollup's outputs on L1, so that withdrawals can be proven and paid.",
        discussion: """
            Each proposal takes a bond, which comes back when the challenge window is over. Outputs that others propose are \
            compared with the node's, and challenged where they differ, and when the time for it runs out also where the node \
            cannot tell. Have ether for a bond of each false output at least. It keeps no state: stop it and start it as \
            you like.
            """)

    @OptionGroup var rollup: RollupOptions
    @OptionGroup var key: KeyOptions
    @OptionGroup var tracing: TraceOptions

    @Option(help: ArgumentHelp("The JSON-RPC of a node of the rollup that you trust: your own.", valueName: "url"))
    var node = "http://127.0.0.1:9545"

    @Option(help: ArgumentHelp("Blocks of the rollup from one proposal to the next.", valueName: "n"))
    var interval: UInt64 = 1_800

    @Option(
        name: .customLong("longest-pause"),
        help: ArgumentHelp("Seconds after which fewer blocks are proposed too. Default: none.", valueName: "n"))
    var longestPause: UInt64?

    @Option(
        help: ArgumentHelp(
            "How final on the node a block must be to be proposed. Default: finalized.", valueName: "safe|finalized"))
    var depth = BondedSecurity.Depth.finalized

    @Flag(name: .customLong("no-challenges"), help: "Leave outputs alone that are not the node's.")
    var noChallenges = false

    @Option(
        name: .customLong("max-fee"),
        help: ArgumentHelp("Gwei a gas that are offered at most; a challenge may be worth much.", valueName: "n"))
    var maxFee: UInt64 = 5_000

    @Option(
        help: ArgumentHelp(
            "Where /health, /ready and /metrics are served; port 0 for any that is free. Without it: nowhere.",
            valueName: "addr:port"))
    var http: ListenAddress?

    @Flag(help: "Print a JSON object a line instead of text.")
    var json = false

    func validate() throws {
        if interval == 0 { throw ValidationError("--interval takes a number from 1 on.") }
        if !(1...1_000_000_000).contains(maxFee) { throw ValidationError("--max-fee takes a number from 1 to 10^9.") }
    }

    func run() async throws {
        try tracing.begin("proposer")
        let configuration = try rollup.configuration()
        let signer = try key.signer(chainID: configuration.l1ChainID, for: .proposer)
        try await rollup.withClients(node: node, waits: true) { l1, l2 in
            guard let l2 else { return }
            // It does one thing at a time, and after a restart does not know what is on its way: a challenge takes its place.
            var settings = SendingSettings()
            settings.replacesPending = true
            settings.highestFee = UInt256(maxFee) &* 1_000_000_000
            let sender = TransactionSender(
                client: l1, signer: signer, chainID: configuration.l1ChainID, settings: settings)
            let watched = ProposerWatch()
            let server = Server()
            if let http {
                var endpoint = HTTPEndpoint(methods: Methods())
                (endpoint.host, endpoint.port) = (http.host, http.port)
                endpoint.routes = StatusRoutes.all(version: Version.client, server: server) { watched.statusNotes }
                StandardStreams.writeError(
                    "the proposer answers at http://\(try await server.serve(endpoint, for: "--http"))")
            }
            let proposer = Proposer(interval: interval, longestPause: longestPause, challenges: !noChallenges)
            let signals = StopSignals()
            let work = Task { [depth, json, pause = rollup.l1.pollInterval * 4] in
                for (client, chainID, what, option) in [
                    (l1, configuration.l1ChainID, "L1", "--l1"),
                    (l2, configuration.l2ChainID, "the rollup's node", "--node"),
                ] {
                    guard try await L1Options.wait(for: client, chainID: chainID, what, option: option) else { return }
                }
                let security = try await BondedSecurity(
                    configuration, node: l2, sender: sender, proposer: proposer, depth: depth)
                if !json { print("proposing outputs of chain \(configuration.l2ChainID) as \(signer.address)") }
                fflush(nil)
                try await ProposerDriver(security).run(pause: pause) {
                    watched.note($0)
                    Self.tell($0, json: json)
                }
                guard await security.isFinished() else { return }
                print(
                    json
                        ? "{\"finished\": true}"
                        : "the rollup is dissolved, and no proposal is open: nothing is left to do")
                fflush(nil)
            }
            let stopping = Task {
                await signals.wait()
                work.cancel()
            }
            let result = await work.result
            stopping.cancel()
            await server.stop(grace: .zero)
            do { try result.get() } catch let error as LayerError { throw CommandFailure(error.message) }
        }
    }

    private static func tell(_ report: ProposerDriver.Report, json: Bool) {
        switch report {
        case .failed(let message): return StandardStreams.writeError("warning: \(message)")
        case .recovered: return StandardStreams.writeError("all is well again")
        case .alarm(let message): return StandardStreams.writeError("error: \(message)")
        case .did(let step):
            print(
                json
                    ? "{\"action\": \"\(step.action)\", \"on\": \"\(step.subject)\", \"l1Block\": \(step.l1Block)}"
                    : "L1 block \(step.l1Block): \(step.action) \(step.subject)")
        case .final(let output):
            print(
                json
                    ? "{\"final\": \(output.blockNumber), \"outputRoot\": \"\(output.root)\"}"
                    : "final: block \(output.blockNumber), output \(output.root)")
        }
        fflush(nil)
    }
}
