import ArgumentParser
import Derivation
import EthereumClient
import Foundation
import Layers
import Lifecycles
import Settlement

struct ExtendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extend",
        abstract: "Puts the end of a rollup off: for its owner, while it is neither closed nor expired.")

    @OptionGroup var rollup: NamedRollupOptions
    @OptionGroup var key: KeyOptions

    @Option(help: ArgumentHelp("By how much, as 30m, 2h or 7d.", valueName: "duration"))
    var by: String?

    @Option(
        help: ArgumentHelp("Until when: a time as 2027-01-31T12:00:00Z, or seconds since 1970.", valueName: "time"))
    var until: String?

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func validate() throws {
        if (by == nil) == (until == nil) { throw ValidationError("Give --by or --until.") }
        if let by, LifetimeText.duration(by) == nil {
            throw ValidationError("--by takes a duration such as 30m, 2h or 7d.")
        }
        if let until, LifetimeText.time(until) == nil {
            throw ValidationError("--until takes a time such as 2027-01-31T12:00:00Z, or seconds since 1970.")
        }
    }

    func run() async throws {
        let configuration = try RollupConfigurationFile.read(rollup.file)
        guard let contract = configuration.lifecycleContract else {
            throw CommandFailure("\(rollup.text): the rollup is permanent: there is no end to put off")
        }
        let client = try rollup.endpoints.client()
        do {
            let signer = try key.signer(chainID: configuration.l1ChainID)
            _ = try await L1Options.complete(configuration, client)
            let reader = LifecycleReader(client: client, contract: contract)
            let sender = TransactionSender(client: client, signer: signer, chainID: configuration.l1ChainID)
            let facts = try await reader.extend(by: sender) { present in
                if let until { return LifetimeText.time(until) ?? 0 }
                let (later, overflow) = present.addingReportingOverflow(by.flatMap { LifetimeText.duration($0) } ?? 0)
                return overflow ? .max : later
            }
            print(
                json
                    ? "{\"expiresAt\": \(facts.expiresAt)}"
                    : "\(rollup.text) ends at \(LifetimeText.text(facts.expiresAt))")
        } catch {
            await client.close()
            throw (error as? SettlementError).map { CommandFailure("\(rollup.text): \($0.message)") } ?? error
        }
        await client.close()
    }
}
