import ArgumentParser
import Blockchain
import Derivation
import DevL1
import EthereumClient
import Foundation
import JSONRPC
import Layers
import RollupNode
import Settlement

/// What makes a node a rollup's.
struct RollupRole: ParsableArguments {
    @Option(
        help: ArgumentHelp("The rollup's configuration: the node follows L1 and derives.", valueName: "rollup.json"))
    var rollup: String?

    @Flag(help: "Follow L1 and the rollup's data alone: what --rollup does by default.")
    var verify = false

    @OptionGroup var l1: L1Options
    @OptionGroup var altDA: AltDAOptions
    @OptionGroup var skippedData: SkippedDataOptions

    @Option(
        help: ArgumentHelp(
            "A node of the rollup's sequencer: its newest blocks are taken, and its answers to sent transactions.",
            valueName: "url"))
    var sequencer: String?

    @Option(
        help: ArgumentHelp(
            "The Engine API of an execution client that began with --genesis: it executes, keeps and serves the blocks in "
                + "place of this process. --jwt names the secret that both know.", valueName: "url"))
    var execution: String?

    @OptionGroup var sequencing: SequencingOptions

    func validate() throws {
        guard rollup == nil else {
            if l1.endpoints.isEmpty { throw ValidationError("--rollup needs L1: name it with --l1 URL.") }
            if execution != nil && (sequencing.sequence || sequencing.flashblocks != nil) {
                throw ValidationError(
                    "--sequence and --flashblocks are of blocks that this process executes: they go without --execution."
                )
            }
            if sequencing.sequence && (verify || sequencer != nil) {
                throw ValidationError("--sequence makes the rollup's blocks: it goes without --verify and --sequencer.")
            }
            if sequencing.followedStream != nil && sequencer == nil {
                throw ValidationError(
                    "--flashblocks ws://... needs the sequencer's blocks too: name it with --sequencer URL.")
            }
            return
        }
        if verify || sequencer != nil || !l1.endpoints.isEmpty || !l1.beacons.isEmpty || !altDA.endpoints.isEmpty
            || sequencing.sequence || sequencing.flashblocks != nil || execution != nil
            || !skippedData.texts.isEmpty
        {
            throw ValidationError(
                "--verify, --sequence, --sequencer, --flashblocks, --execution, --l1, --l1-beacon, --alt-da and --skip-data are "
                    + "for a rollup: give --rollup too."
            )
        }
    }

    /// The rollup's node on a chain; nil where the chain is no rollup's.
    func node(_ chain: Chain, directory: String) throws -> RollupNode? {
        guard let rollup else { return nil }
        let configuration = try RollupConfigurationFile.read(rollup)
        let layers = try RollupLayers.reading(configuration, l1: l1, altDA: altDA, skipped: skippedData)
        let followed = try sequencer.map { try RollupOptions.client($0, "--sequencer") }
        do {
            return try RollupNode(
                try RollupChain(chain, configuration), l1: L1Source(layers.settlement), directory: directory,
                data: layers.data, sequencer: followed, flashblocks: sequencing.followedStream,
                sequencing: sequencing.settings,
                followsLostFinality: configuration.l1ChainID == DevL1Settings().chainID,
                blobs: BlobScheduleWatch(layers.client, chainID: configuration.l1ChainID),
                lifecycle: LifecycleReader.source(configuration, layers.client)
            ) { [client = layers.client, interval = l1.pollInterval] report async throws(LayerError) in
                try await client.introduce(configuration, every: interval, report: report)
            }
        } catch let error as RollupChain.Mismatch {
            throw CommandFailure("--rollup \(rollup): \(error.message)")
        } catch let error as ChainError {
            throw CommandFailure(error.message)
        }
    }

    /// Adds what a rollup's node says of those who would leave.
    func addExits(of chain: Chain, to methods: inout Methods) throws {
        guard let rollup else { return }
        ExitMethods(chain, try RollupConfigurationFile.read(rollup), l1: try l1.client()).add(to: &methods)
    }

    /// The rollup's node whose blocks another client executes; nil where this process does.
    func driving(jwt: String?, directory: String) -> EngineDriving? {
        guard let execution, let rollup, let jwt else { return nil }
        return EngineDriving(url: execution, rollup: rollup, jwt: jwt, role: self, directory: directory)
    }

    /// Lets the rollup's node work until the task is cancelled, or asks the process to end where only a person can help.
    ///
    /// - Returns: what is the matter then; nil for nothing.
    func follow(_ node: RollupNode?) async -> String? {
        guard let node else { return nil }
        var failure: String?
        do throws(DerivationFailure) {
            try await node.run(every: l1.pollInterval) { notice in Self.tell(notice) }
        } catch {
            failure = error.message
            kill(getpid(), SIGTERM)
        }
        await node.close()
        return failure
    }

    static func tell(_ notice: RollupNode.Notice) {
        switch notice {
        case .trouble(let text): StandardStreams.writeError("warning: \(text)")
        case .recovered(let part): StandardStreams.writeError("\(part): all is well again")
        case .happened(let text): StandardStreams.writeError("warning: \(text)")
        }
    }
}
