import ArgumentParser
import Derivation
import EthereumClient
import Foundation
import JSONRPC
import Lifecycles
import Primitives
import Settlement
import StateTransition

struct ExitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exits",
        abstract: "Says who can leave a rollup with what, and whether L1 holds all of it.",
        discussion: """
            For each asset: what L1 holds, what is claimable and by whom, what is paid, under way, or stuck in contracts that have
            named nobody. By a node of the rollup, as if it ended now, or by an archive of its state; without either it derives the
            rollup from L1 and its data first.
            """)

    @OptionGroup var rollup: NamedRollupOptions
    @OptionGroup var rebuild: RebuildOptions

    @Option(help: ArgumentHelp("An archive of the rollup's state (mayfly derive --archive).", valueName: "file"))
    var archive: String?

    @Option(help: ArgumentHelp("JSON-RPC of a node of the rollup: its newest state.", valueName: "url"))
    var node: String?

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func validate() throws {
        if archive != nil && node != nil { throw ValidationError("Give one of --archive and --node.") }
    }

    func run() async throws {
        let report = try await rebuild.exits(rollup, archive: archive, node: node)
        print(json ? report : try ExitsText(report).text)
    }
}

extension RebuildOptions {
    /// The report as JSON: a node's, or one on an archive.
    func exits(_ rollup: NamedRollupOptions, archive: String? = nil, node: String?) async throws -> String {
        if let node { return try await ask(node) }
        let archived = try await archived(archive, rollup)
        return try await rollup.withBridge { bridge in try await ExitReport.of(archived, bridge).json }
    }

    private func ask(_ url: String) async throws -> String {
        let client = try RollupOptions.client(url, "--node")
        do {
            let answer = try await client.call(
                "mayfly_exits", read: { reader in String(decoding: Array(try reader.readRaw()), as: UTF8.self) })
            await client.close()
            return answer
        } catch {
            await client.close()
            throw CommandFailure("--node: \(error.message)")
        }
    }

    /// The archive in a file, or one that is made of L1 and the rollup's data.
    func archived(_ path: String?, _ rollup: NamedRollupOptions) async throws -> ArchivedState {
        if let path { return try ArchiveFile.read(path) }
        return try await rebuild(rollup.file, l1: rollup.endpoints) { _ in
        } use: {
            try ArchiveFile.make($0)
        }
    }
}

extension ExitReport {
    /// The report on an archive.
    static func of(_ archive: ArchivedState, _ bridge: Bridge) async throws -> ExitReport {
        guard archive.chainID == bridge.rollup.l2ChainID else {
            throw CommandFailure(
                "the archive is of chain \(archive.chainID), and the rollup is chain \(bridge.rollup.l2ChainID)")
        }
        let books = try await ExitBooks(
            try ExitCensus.assets(archive), archive.withdrawals, origin: try archive.l1Origin(),
            ledger: try await ExitLedger.read(bridge), bridge)
        return ExitReport(
            chainID: archive.chainID, archive: archive.contentAddress,
            block: (archive.header.number, archive.header.hash, archive.header.stateRoot),
            isLast: try archive.isLastOfRollup(), books: books)
    }
}
