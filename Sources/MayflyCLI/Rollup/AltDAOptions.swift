import ArgumentParser
import DataAvailability
import EthereumClient

/// Where a rollup's data are that L1 has only commitments to.
struct AltDAOptions: ParsableArguments {
    @Option(
        name: .customLong("alt-da"),
        help: ArgumentHelp(
            "A server of the provider that has the data L1 has only commitments to; may be repeated.", valueName: "url")
    )
    var endpoints: [String] = []

    /// The client of the servers that are named.
    func client(_ settings: AltDAClient.Settings) throws -> AltDAClient {
        do {
            return try AltDAClient(endpoints.map { try Endpoint($0) }, settings: settings)
        } catch let error as EthereumClientError {
            throw CommandFailure("--alt-da: \(error.message)")
        } catch let error as AltDAError {
            throw CommandFailure("--alt-da: \(error.message)")
        }
    }
}
