import ArgumentParser
import Derivation
import EthereumClient
import Settlement

/// Which rollup, and where its chains are asked.
struct RollupOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The rollup's rollup.json, as mayfly launch writes it.", valueName: "file"))
    var rollup: String

    @OptionGroup var l1: L1Options

    func configuration() throws -> RollupConfiguration { try RollupConfigurationFile.read(rollup) }

    static func client(_ url: String, _ option: String) throws -> EthereumClient {
        do {
            return try EthereumClient([Endpoint(url)])
        } catch {
            throw CommandFailure("\(option): \(error.message)")
        }
    }

    /// Runs `body` with clients of L1 and, where a URL is given, of the rollup's node, and closes them.
    ///
    /// - Parameter waits: whether `body` waits for them itself; otherwise they have to be there soon.
    func withClients<Result>(
        node: String?, waits: Bool = false, _ body: (EthereumClient, EthereumClient?) async throws -> Result
    ) async throws -> Result {
        let l1 = try l1.clientOrLocal()
        let l2 = try node.map { try Self.client($0, "--node") }
        do {
            if !waits {
                try await L1Options.reach(l1, "L1", "--l1")
                if let l2 { try await L1Options.reach(l2, "the rollup's node", "--node") }
            }
            let result = try await body(l1, l2)
            await l1.close()
            await l2?.close()
            return result
        } catch {
            await l1.close()
            await l2?.close()
            throw (error as? SettlementError).map { CommandFailure($0.message) } ?? error
        }
    }
}
