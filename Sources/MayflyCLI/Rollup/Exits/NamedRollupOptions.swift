import ArgumentParser
import Derivation
import EthereumClient
import Settlement

/// Which rollup, by the directory of its launch or by its file, and where L1 is asked.
struct NamedRollupOptions: ParsableArguments {
    @Argument(
        help: "The rollup: the directory that mayfly launch made.",
        completion: RollupNames.orDirectories)
    var name: String?

    @Option(help: ArgumentHelp("The rollup's rollup.json, in place of NAME.", valueName: "file"))
    var rollup: String?

    @OptionGroup var l1: L1Options

    func validate() throws {
        if (name == nil) == (rollup == nil) { throw ValidationError("Give the rollup's NAME, or --rollup FILE.") }
    }

    /// What people call it.
    var text: String { name ?? rollup ?? "" }

    /// The path of its configuration.
    var file: String { rollup ?? (name ?? ".") + "/rollup.json" }

    /// Those of L1, with the embedded L1's usual endpoint where none is given.
    var endpoints: L1Options {
        var options = l1
        options.endpoints = [l1.first] + l1.endpoints.dropFirst()
        return options
    }

    /// Runs `body` with the rollup's contracts on L1.
    func withBridge<Result>(_ body: (Bridge) async throws -> Result) async throws -> Result {
        let configuration = try RollupConfigurationFile.read(file)
        let client = try endpoints.client()
        do {
            let result = try await body(try await Bridge(configuration, l1: client))
            await client.close()
            return result
        } catch {
            await client.close()
            throw (error as? SettlementError).map { CommandFailure($0.message) } ?? error
        }
    }
}
