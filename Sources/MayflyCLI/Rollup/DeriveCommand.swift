import ArgumentParser
import Blockchain
import Derivation
import EthereumRPC
import Foundation
import JSONRPC
import Primitives
import RollupNode
import Storage

struct DeriveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "derive",
        abstract: "Prints the blocks of a rollup as L1 and its data give them.",
        discussion: """
            Derives and executes from the genesis on, in a database that is gone afterwards, up to what the newest block of L1
            gives. One line a block: number, hash, time, L1 origin, transactions, and the L1 block with which it was known.
            """)

    @Option(help: ArgumentHelp("The rollup's configuration.", valueName: "rollup.json"))
    var rollup: String

    @Option(
        help: ArgumentHelp(
            "The genesis of the rollup, as go-ethereum has it. Without it: genesis.json beside the configuration.",
            valueName: "file"))
    var genesis: String?

    @OptionGroup var l1: L1Options
    @OptionGroup var altDA: AltDAOptions

    @Option(help: ArgumentHelp("The last block to print.", valueName: "n"))
    var to: UInt64?

    @Flag(help: "Print one JSON object a line.")
    var json = false

    func validate() throws {
        if l1.endpoints.isEmpty { throw ValidationError("Name L1 with --l1 URL.") }
    }

    func run() async throws {
        let file =
            genesis
            ?? URL(fileURLWithPath: rollup).deletingLastPathComponent().appendingPathComponent("genesis.json").path
        let directory = NSTemporaryDirectory() + "mayfly-derive-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let start = try GenesisFile.read(file)
        let database: ChainDatabase
        let chain: Chain
        do {
            database = try ChainDatabase(
                directory: directory, genesis: start.genesisBlock, options: ChainDatabase.Options(history: 64))
            chain = try Chain(configuration: start.configuration, database: database)
        } catch {
            throw CommandFailure(error)
        }
        let source = try await l1.source()
        let configuration = try await l1.complete(try RollupConfigurationFile.read(rollup), source.client)
        let node: RollupNode
        do {
            node = try RollupNode(
                try RollupChain(chain, configuration), l1: source, directory: directory, altDA: try altDA.reader())
        } catch let error as RollupChain.Mismatch {
            throw CommandFailure("--rollup \(rollup): \(error.message)")
        }
        do throws(DerivationFailure) {
            try await node.derive(upTo: to ?? .max) { block in tell(block) }
        } catch {
            throw CommandFailure(error.message)
        }
        await source.close()
        try? database.close()
    }

    private func tell(_ derived: DerivedBlock) {
        let block = derived.reference
        if json {
            print(
                """
                {"number": \(block.number), "hash": "\(block.hash)", "timestamp": \(block.timestamp), \
                "l1Origin": \(block.l1Origin.number), "sequenceNumber": \(block.sequenceNumber), \
                "transactions": \(derived.transactionCount), "derivedFrom": \(derived.derivedFrom.number)}
                """)
        } else {
            print(
                "\(block.number) \(block.hash) time \(block.timestamp) origin \(block.l1Origin.number)+"
                    + "\(block.sequenceNumber) transactions \(derived.transactionCount) from \(derived.derivedFrom.number)"
            )
        }
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
