import ArgumentParser
import Derivation
import DevL1
import EthereumClient
import Foundation
import Layers
import Lifecycles
import Primitives
import Settlement

struct DissolveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dissolve",
        abstract: "Brings a rollup that ends to its end: closes it, and has its last state proven on L1.",
        discussion: """
            Anybody may when it is due (its time is over, its budget spent, or its batcher silent), and its owner at any time. \
            Needs L1 and the rollup's data, and nothing of the rollup but the files of its launch: without --node it derives \
            the last block itself. The account pays for a few transactions, and for the bond of one proposal, which comes back. \
            Stopped anywhere, it goes on when it is run again. With --platform, or MAYFLY_PLATFORM in the environment, that \
            platform does it, and NAME is the rollup's name there.
            """)

    @OptionGroup var rollup: NamedRollupOptions
    @OptionGroup var rebuild: RebuildOptions
    @OptionGroup var key: KeyOptions
    @OptionGroup var platform: PlatformOptions

    @Option(
        help: ArgumentHelp(
            "The JSON-RPC of a node of the rollup that you trust. Without it this process derives.", valueName: "url"))
    var node: String?

    @Option(
        help: ArgumentHelp(
            "Where this process keeps what it derives, so that it goes on there the next time. Default: nowhere.",
            valueName: "dir"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "How final the last block must be to be proposed. Default: finalized, and safe on the embedded L1.",
            valueName: "safe|finalized"))
    var depth: BondedSecurity.Depth?

    @Flag(
        name: .customLong("dry-run"),
        help: "Say what there is to be done and who could leave with what, and do nothing.")
    var dryRun = false

    @Flag(help: "Print one JSON object at the end instead of text.")
    var json = false

    func run() async throws {
        if platform.named != nil, let name = rollup.name {
            let dissolution = PlatformDissolution(client: try platform.client(), name: name, isJSON: json)
            return try await dryRun ? dissolution.preview() : dissolution.run()
        }
        let start = ContinuousClock.now
        let configuration = try RollupConfigurationFile.read(rollup.file)
        let client = try rollup.endpoints.client()
        do {
            let complete = try await L1Options.complete(configuration, client)
            if dryRun {
                try await tellPlan(complete, client)
            } else {
                try await dissolve(complete, client, start)
            }
        } catch {
            await client.close()
            throw (error as? SettlementError).map { CommandFailure("\(rollup.text): \($0.message)") } ?? error
        }
        await client.close()
    }

    private func dissolve(
        _ configuration: RollupConfiguration, _ client: EthereumClient, _ start: ContinuousClock.Instant
    ) async throws {
        let signer = try key.signer(chainID: configuration.l1ChainID)
        let isDevelopment = configuration.l1ChainID == DevL1Settings().chainID
        let progress = DissolutionProgress(isQuiet: json)
        defer { progress.end() }
        let dissolution = try RollupDissolution(
            configuration, sender: TransactionSender(client: client, signer: signer, chainID: configuration.l1ChainID),
            depth: depth ?? (isDevelopment ? .safe : .finalized), report: { progress.note($0) })
        // Derivation takes its time: it begins before anything is waited for, where there is something to do at all.
        try await refuse(configuration, client, signer.address)
        let own =
            node == nil ? try await OwnNode(rollup, rebuild, directory: data) : nil
        let other = try node.map { try RollupOptions.client($0, "--node") }
        guard let node = own?.client ?? other else { return }
        let result: Result<LifecycleFacts, SettlementError>
        do throws(SettlementError) {
            result = .success(
                try await dissolution.run(
                    node: { () throws(SettlementError) in node }, pause: rollup.l1.pollInterval,
                    check: { () throws(SettlementError) in try own?.check() }))
        } catch {
            result = .failure(error)
        }
        await own?.stop()
        await other?.close()
        progress.end()
        tell(try result.get(), progress, ContinuousClock.now - start)
    }

    /// Where there is nothing to do that could be done, nothing is begun.
    private func refuse(
        _ configuration: RollupConfiguration, _ client: EthereumClient, _ account: Address
    ) async throws(SettlementError) {
        guard let contract = configuration.lifecycleContract else { return }
        let reader = LifecycleReader(client: client, contract: contract)
        let isOwner = try await reader.owner() == account
        if case .wait(let early) = DissolutionStep(try await reader.facts(), isOwner: isOwner) {
            throw .early(early.text)
        }
    }

    // MARK: What is said

    private func tell(_ facts: LifecycleFacts, _ progress: DissolutionProgress, _ total: Duration) {
        if json {
            print(progress.json(facts, milliseconds: Int(total / .milliseconds(1))))
        } else {
            let seconds = String(format: "%.1f", total / .seconds(1))
            print("\(rollup.text) is dissolved: what everybody has there can be claimed on L1 (\(seconds) s)")
        }
        fflush(nil)
    }

    private func tellPlan(_ configuration: RollupConfiguration, _ client: EthereumClient) async throws {
        guard let contract = configuration.lifecycleContract else {
            throw CommandFailure("\(rollup.text) is permanent: nobody can ever close it")
        }
        let reader = LifecycleReader(client: client, contract: contract)
        let facts = try await reader.facts()
        let account = try? key.signer(chainID: configuration.l1ChainID).address
        let isOwner = try await reader.owner() == account
        let plan = DissolutionStep(facts, isOwner: isOwner).plan
        let exits = try await rebuild.exits(rollup, node: node)
        if json {
            print(
                "{\"state\": \"\(facts.state.name)\", \"expiresAt\": \(facts.expiresAt), \"isDue\": \(facts.due != nil), "
                    + "\"next\": \"\(plan.word)\", \"exits\": \(exits)}")
        } else {
            print("\(rollup.text) is \(facts.state.name) at L1 block \(facts.l1Block): \(plan.text)\n")
            print(try ExitsText(exits).text)
        }
    }
}

extension DissolutionStep {
    /// What the step is, in a word and for people.
    fileprivate var plan: (word: String, text: String) {
        switch self {
        case .never: ("never", "it is permanent, and nobody can ever close it")
        case .wait(let early): ("wait", early.text)
        case .close(.owner): ("close", "it would be closed now by its owner")
        case .close(let reason): ("close", "it would be closed now, as \(reason.text)")
        case .drain(let until): ("drain", "batches count up to L1 block \(until); then its last state is to be proven")
        case .settle: ("settle", "the output of its last block would be proposed, and proven when it is final")
        case .done: ("done", "nothing is left to do but claims")
        }
    }
}
