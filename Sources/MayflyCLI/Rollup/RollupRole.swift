import ArgumentParser
import Blockchain
import Derivation
import DevL1
import EthereumClient
import Foundation
import JSONRPC
import RollupNode

/// What makes a node a rollup's.
struct RollupRole: ParsableArguments {
    @Option(
        help: ArgumentHelp("The rollup's configuration: the node follows L1 and derives.", valueName: "rollup.json"))
    var rollup: String?

    @Flag(help: "Follow L1 and the rollup's data alone: what --rollup does by default.")
    var verify = false

    @OptionGroup var l1: L1Options
    @OptionGroup var altDA: AltDAOptions

    @Option(
        help: ArgumentHelp(
            "A node of the rollup's sequencer: its newest blocks are taken, and its answers to sent transactions.",
            valueName: "url"))
    var sequencer: String?

    @OptionGroup var sequencing: SequencingOptions

    func validate() throws {
        guard rollup == nil else {
            if l1.endpoints.isEmpty { throw ValidationError("--rollup needs L1: name it with --l1 URL.") }
            if sequencing.sequence && (verify || sequencer != nil) {
                throw ValidationError("--sequence makes the rollup's blocks: it goes without --verify and --sequencer.")
            }
            return
        }
        if verify || sequencer != nil || !l1.endpoints.isEmpty || !l1.beacons.isEmpty || !altDA.endpoints.isEmpty
            || sequencing.sequence
        {
            throw ValidationError(
                "--verify, --sequence, --sequencer, --l1, --l1-beacon and --alt-da are for a rollup: give --rollup too."
            )
        }
    }

    /// The rollup's node on a chain; nil where the chain is no rollup's.
    func node(_ chain: Chain, directory: String) async throws -> RollupNode? {
        guard let rollup else { return nil }
        let source = try await l1.source()
        let configuration = try await l1.complete(try RollupConfigurationFile.read(rollup), source.client)
        let followed: EthereumClient?
        do throws(EthereumClientError) {
            if let sequencer { followed = try EthereumClient([try Endpoint(sequencer)]) } else { followed = nil }
        } catch {
            throw CommandFailure("--sequencer: \(error.message)")
        }
        do {
            return try RollupNode(
                try RollupChain(chain, configuration), l1: source, directory: directory,
                altDA: try altDA.reader(), sequencer: followed, sequencing: sequencing.settings,
                followsLostFinality: configuration.l1ChainID == DevL1Settings().chainID)
        } catch let error as RollupChain.Mismatch {
            throw CommandFailure("--rollup \(rollup): \(error.message)")
        } catch let error as ChainError {
            throw CommandFailure(error.message)
        }
    }

    /// Lets the rollup's node work until the task is cancelled, or asks the process to end where only a person can help.
    ///
    /// - Returns: what is the matter then; nil for nothing.
    func follow(_ node: RollupNode?) async -> String? {
        guard let node else { return nil }
        var failure: String?
        do throws(DerivationFailure) {
            try await node.run(every: l1.pollInterval) { notice in
                switch notice {
                case .trouble(let text): StandardStreams.writeError("warning: \(text)")
                case .recovered(let part): StandardStreams.writeError("\(part): all is well again")
                }
            }
        } catch {
            failure = error.message
            kill(getpid(), SIGTERM)
        }
        await node.l1.close()
        return failure
    }
}
