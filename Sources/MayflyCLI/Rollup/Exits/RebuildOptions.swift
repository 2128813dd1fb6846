import ArgumentParser
import Blockchain
import Derivation
import DevL1
import EthereumRPC
import Foundation
import RollupNode
import Storage

/// How a rollup is derived anew, from its genesis, L1 and its data alone.
struct RebuildOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The genesis of the rollup, as go-ethereum has it. Without it: genesis.json beside the configuration.",
            valueName: "file"))
    var genesis: String?

    @OptionGroup var altDA: AltDAOptions
    @OptionGroup var skippedData: SkippedDataOptions

    /// A node that derives the rollup from L1 and its data, and its chain; it is not running.
    ///
    /// - Parameters:
    ///   - rollup: the path of the configuration.
    ///   - directory: where the chain is kept.
    ///   - history: how many blocks' states are kept besides the newest.
    ///   - name: what the rollup is called in errors.
    func node(
        _ rollup: String, l1: L1Options, in directory: String, history: UInt64?, name: String
    ) async throws -> (node: RollupNode, chain: Chain) {
        let beside =
            URL(fileURLWithPath: rollup).deletingLastPathComponent().appendingPathComponent("genesis.json").path
        let start = try GenesisFile.read(genesis ?? beside)
        let chain: Chain
        do {
            let database = try ChainDatabase(
                directory: directory, genesis: start.genesisBlock, options: ChainDatabase.Options(history: history))
            chain = try Chain(configuration: start.configuration, database: database)
        } catch {
            throw CommandFailure(error)
        }
        let file = try RollupConfigurationFile.read(rollup)
        let layers = try RollupLayers.reading(file, l1: l1, altDA: altDA, skipped: skippedData)
        let configuration = try await L1Options.complete(file, layers.client)
        do {
            let node = try RollupNode(
                try RollupChain(chain, configuration), l1: L1Source(layers.settlement), directory: directory,
                data: layers.data, followsLostFinality: configuration.l1ChainID == DevL1Settings().chainID)
            return (node, chain)
        } catch let error as RollupChain.Mismatch {
            throw CommandFailure("\(name): \(error.message)")
        }
    }

    /// Derives and executes in a database that is gone afterwards, up to what the newest block of L1 gives.
    ///
    /// - Parameters:
    ///   - rollup: the path of the configuration.
    ///   - last: the block to end with.
    ///   - each: is given each block.
    ///   - use: is given what was made, before it is gone.
    func rebuild<Result>(
        _ rollup: String, l1: L1Options, upTo last: UInt64 = .max, _ each: @escaping @Sendable (DerivedBlock) -> Void,
        use: (ChainDatabase) throws -> Result
    ) async throws -> Result {
        let temporary = try TemporaryDirectory(
            for: "derive", remedy: "TMPDIR in the environment says where such directories go.")
        defer { temporary.remove() }
        let (node, chain) = try await node(
            rollup, l1: l1, in: temporary.path, history: 64, name: "--rollup \(rollup)")
        do throws(DerivationFailure) {
            try await node.derive(upTo: last, each)
        } catch {
            throw CommandFailure(error.message)
        }
        let result = try use(chain.database)
        await node.close()
        try? chain.database.close()
        return result
    }
}

extension RollupChain.Mismatch {
    /// What is the matter, for people.
    var message: String {
        switch self {
        case .chainID(let chain, let rollup): "it is of chain \(rollup), and the genesis is of chain \(chain)"
        case .genesis(let chain, let rollup): "its genesis is \(rollup), and that of the chain is \(chain)"
        case .noRollup: "the genesis is not that of a rollup: its config has no \"optimism\""
        }
    }
}
