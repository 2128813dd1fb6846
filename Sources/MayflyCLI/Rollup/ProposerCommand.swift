import ArgumentParser
import Derivation
import Foundation
import Primitives
import Proposing
import Settlement

struct ProposerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proposer",
        abstract: "Proposes a rollup's outputs on L1, so that withdrawals can be proven and paid.",
        discussion: """
            Each proposal takes a bond, which comes back when the challenge window is over. Outputs that others propose are \
            compared with the node's, and challenged where they differ. It keeps no state: stop it and start it as you like.
            """)

    @OptionGroup var rollup: RollupOptions
    @OptionGroup var key: KeyOptions

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
    var depth = ProposerDriver.Depth.finalized

    @Flag(name: .customLong("no-challenges"), help: "Leave outputs alone that are not the node's.")
    var noChallenges = false

    @Flag(help: "Print a JSON object a line instead of text.")
    var json = false

    func validate() throws {
        if interval == 0 { throw ValidationError("--interval takes a number from 1 on.") }
    }

    func run() async throws {
        let configuration = try rollup.configuration()
        let signer = try key.key(chainID: configuration.l1ChainID, for: .proposer)
        try await rollup.withClients(node: node) { l1, l2 in
            guard let l2 else { return }
            let driver = try await ProposerDriver(
                configuration, node: l2,
                sender: TransactionSender(client: l1, key: signer, chainID: configuration.l1ChainID),
                proposer: Proposer(interval: interval, longestPause: longestPause, challenges: !noChallenges),
                depth: depth)
            if !json { print("proposing outputs of chain \(configuration.l2ChainID) as \(signer.address)") }
            fflush(nil)
            let task = Task { [json, pause = rollup.l1.pollInterval * 4] in
                await driver.run(pause: pause) { Self.tell($0, json: json) }
            }
            let signals = StopSignals()
            await signals.wait()
            task.cancel()
            await task.value
            withExtendedLifetime(signals) {}
        }
    }

    private static func tell(_ report: ProposerDriver.Report, json: Bool) {
        switch report {
        case .failed(let message): StandardStreams.writeError("warning: \(message)")
        case .did(let action, let block):
            let (what, on) = describe(action)
            print(
                json
                    ? "{\"action\": \"\(what)\", \"on\": \"\(on)\", \"l1Block\": \(block)}"
                    : "L1 block \(block): \(what) \(on)")
            fflush(nil)
        }
    }

    private static func describe(_ action: ProposingAction) -> (what: String, on: String) {
        switch action {
        case .challenge(let game): ("challenge", "\(game)")
        case .claim(let game): ("claim", "\(game)")
        case .resolve(let game): ("resolve", "\(game)")
        case .anchor(let game): ("anchor", "\(game)")
        case .propose(let number, _): ("propose", "block \(number)")
        }
    }
}
