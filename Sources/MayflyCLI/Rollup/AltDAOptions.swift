import ArgumentParser
import DataAvailability
import EthereumClient
import RollupNode

/// Where a rollup's data are that L1 has only commitments to.
struct AltDAOptions: ParsableArguments {
    @Option(
        name: .customLong("alt-da"),
        help: ArgumentHelp(
            "A server of the provider that has the data L1 has only commitments to; may be repeated.", valueName: "url")
    )
    var endpoints: [String] = []

    /// Gives the data of commitments; nil where no server is named.
    func reader() throws -> Verifier.AltDAReader? {
        if endpoints.isEmpty { return nil }
        let client: AltDAClient
        do {
            client = try AltDAClient(endpoints.map { try Endpoint($0) })
        } catch let error as EthereumClientError {
            throw CommandFailure("--alt-da: \(error.message)")
        } catch let error as AltDAError {
            throw CommandFailure("--alt-da: \(error.message)")
        }
        return { (commitment) async throws(DerivationFailure) in
            do throws(AltDAError) { return try await client.get(commitment) } catch {
                throw .data("the data of an alt-DA commitment: \(error.message)")
            }
        }
    }
}
