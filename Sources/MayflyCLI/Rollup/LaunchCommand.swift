import ArgumentParser
import Cryptography
import DevL1
import EthereumClient
import EthereumRPC
import Foundation
import Layers
import Platform
import Primitives
import Sequencing
import Settlement
import StateTransition

struct LaunchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "launch",
        abstract: "Launches a rollup: its contracts on L1 in one transaction, and the files that its node starts from.",
        discussion: """
            Writes rollup.json and genesis.json, as OP Stack software reads them, and the plan, the configuration and the \
            addresses on L1 beside them. A launch that was interrupted goes on when the command is repeated; one that is done is \
            left as it is. With --platform, or MAYFLY_PLATFORM in the environment, that platform launches it, runs it and ends it.
            """)

    @Argument(help: "The rollup's name: 1 to 40 of a-z, 0-9 and '-'.")
    var name: String

    @OptionGroup var l1: L1Options

    @OptionGroup var key: KeyOptions

    @Option(help: ArgumentHelp("The directory for the rollup's files. Default: the rollup's name.", valueName: "dir"))
    var out: String?

    @OptionGroup var wanted: OrderOptions

    @Option(
        name: .customLong("sequencing-window"),
        help: ArgumentHelp("L1 blocks within which data must be on L1.", valueName: "n"))
    var sequencingWindow: UInt64?

    @OptionGroup var platform: PlatformOptions

    @Option(
        help: ArgumentHelp(
            "Whose transactions publish the rollup's data. Default on the embedded L1: its second account.",
            valueName: "address"))
    var batcher: String?

    @Option(
        help: ArgumentHelp(
            "Who proposes outputs. Default on the embedded L1: its third account.", valueName: "address"))
    var proposer: String?

    @Option(
        name: .customLong("challenge-window"),
        help: ArgumentHelp(
            "Seconds in which an output can be disputed. Default: 302400, and 60 on the embedded L1.", valueName: "n"))
    var challengeWindow: UInt64?

    @OptionGroup var timelock: TimelockOption

    @Flag(
        name: .customLong("deploy-shared"),
        help: "Deploy the contracts that all rollups share where they are missing; on the embedded L1 always.")
    var deployShared = false

    @Option(
        name: .customLong("l1-origin"),
        help: ArgumentHelp(
            "The L1 block that the rollup begins after. Default: finalized, and latest on the embedded L1.",
            valueName: "finalized|safe|latest"))
    var l1Origin: Launch.Origin?

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    func validate() throws {
        guard platform.named == nil else {
            let own = [
                out, batcher, proposer, timelock.timelock, wanted.life.budget, sequencingWindow.map { "\($0)" },
                challengeWindow.map { "\($0)" }, l1Origin?.rawValue, l1.endpoints.first,
            ]
            if deployShared || own.contains(where: { $0 != nil }) {
                throw ValidationError(
                    "A platform chooses L1, accounts, files and windows itself: --out, --l1, --batcher, --proposer, --timelock, "
                        + "--sequencing-window, --challenge-window, --l1-origin, --deploy-shared and --budget-eth are for a "
                        + "launch without one.")
            }
            return
        }
        if wanted.template != nil { throw ValidationError("--template is for a launch by a --platform.") }
    }

    func run() async throws {
        if platform.named != nil {
            return try await PlatformLaunch(client: try platform.client(), order: try wanted.order(name), isJSON: json)
                .run()
        }
        let start = ContinuousClock.now
        let client = try l1.clientOrLocal()
        do throws(SettlementError) {
            let (launched, steps) = try await launch(client)
            tell(launched, steps, ContinuousClock.now - start)
        } catch {
            await client.close()
            throw CommandFailure("\(name) was not launched: \(error.message)")
        }
        await client.close()
    }

    private func launch(
        _ client: EthereumClient
    ) async throws(SettlementError) -> (launched: Launch.Launched, steps: LaunchSteps) {
        let chainID: UInt64
        do throws(EthereumClientError) { chainID = try await client.chainID() } catch { throw SettlementError(error) }
        let isDevelopment = chainID == DevL1Settings().chainID
        let signer: AccountSigner
        do { signer = try key.signer(chainID: chainID) } catch { throw .rule("\(error)") }
        var terms = isDevelopment ? SecurityTerms.development : .ethereum
        if let challengeWindow { terms.challengeWindow = challengeWindow }
        var options = Launch.Options(
            manifest: try manifest(l1ChainID: chainID, owner: signer.address), terms: terms,
            timelock: try timelock.address(chainID: chainID))
        options.origin = l1Origin ?? (isDevelopment ? .latest : .finalized)
        options.deploysShared = deployShared || isDevelopment
        options.refreshesL1 = isDevelopment
        let steps = LaunchSteps(isQuiet: json)
        defer { steps.end() }
        var sender = TransactionSender(client: client, signer: signer, chainID: chainID)
        sender.waited = { steps.wait($0) }
        let launch = Launch(
            options, sender: sender,
            directory: LaunchDirectory(out ?? name, genesisText: GenesisText.make), report: { steps.add($0, $1) })
        let l1File = try await L1File.make(for: chainID, client, in: out ?? name)
        let launched = try await launch.run()
        try l1File?.write()
        return (launched, steps)
    }

    // MARK: What is asked for

    private func manifest(l1ChainID: UInt64, owner signer: Address) throws(SettlementError) -> RollupManifest {
        let owner = try wanted.owner.map { text throws(SettlementError) in try Self.address(text, "--owner") } ?? signer
        var manifest: RollupManifest
        if let config = wanted.config {
            guard let data = FileManager.default.contents(atPath: config) else {
                throw .rule("cannot read the configuration \(config)")
            }
            do throws(ManifestError) {
                manifest = try RollupManifest(
                    document: String(decoding: data, as: UTF8.self), l1ChainID: l1ChainID, owner: owner)
            } catch {
                throw .rule("\(config): \(error)")
            }
            guard manifest.name == name else {
                throw .rule("\(config) is for the rollup \(manifest.name), not \(name)")
            }
        } else {
            manifest = RollupManifest(
                name: name, accounts: RollupManifest.Accounts(owner: owner), l1ChainID: l1ChainID)
            manifest.accounts.sequencer = signer
            // Who launches with the embedded L1's account runs the rest with its others; elsewhere their keys are everybody's.
            let isDevelopment =
                l1ChainID == DevL1Settings().chainID && signer == KeyOptions.developmentKey()?.address
            if isDevelopment {
                manifest.accounts.batcher = KeyOptions.developmentKey(.batcher)?.address ?? signer
                manifest.accounts.proposer = KeyOptions.developmentKey(.proposer)?.address ?? signer
            } else if batcher == nil || proposer == nil {
                throw .rule(
                    "name the accounts that publish and propose, with --batcher and --proposer or in a --config: each sends "
                        + "transactions by itself, so no two can be one account")
            }
        }
        if let batcher { manifest.accounts.batcher = try Self.address(batcher, "--batcher") }
        if let proposer { manifest.accounts.proposer = try Self.address(proposer, "--proposer") }
        if let da = wanted.da { manifest.dataAvailability = da }
        if let blockTime = wanted.blockTime { manifest.blockTime = blockTime }
        if let gasLimit = wanted.gasLimit { manifest.gasLimit = gasLimit }
        if let chainID = wanted.chainID { manifest.chainID = chainID }
        if let sequencingWindow { manifest.sequencingWindow = sequencingWindow }
        try wanted.life.apply(
            to: &manifest, isNew: wanted.config == nil, onDevelopmentL1: l1ChainID == DevL1Settings().chainID)
        return manifest
    }

    private static func address(_ text: String, _ option: String) throws(SettlementError) -> Address {
        do throws(Address.TypingError) { return try Address(typed: text) } catch {
            throw .rule("\(option) takes \(error.message)")
        }
    }

    // MARK: What is said

    /// The terms of the rollup's end as JSON.
    private static func life(_ plan: LaunchPlan) -> String {
        if plan.isPermanent { return "null" }
        let life = plan.life
        return
            "{\"expiresAt\": \(life.expiresAt), \"drainBlocks\": \(life.drainBlocks), \"idleBlocks\": \(life.idleBlocks), "
            + "\"budget\": \(life.budget.isZero ? "null" : "\"\(life.budget)\"")}"
    }

    /// The same for people.
    private static func ending(_ plan: LaunchPlan) -> String {
        if plan.isPermanent { return "never" }
        let life = plan.life
        var rules = ["at \(LifetimeText.text(life.expiresAt))"]
        if life.idleBlocks > 0 { rules.append("after \(life.idleBlocks) L1 blocks without a batch") }
        if !life.budget.isZero { rules.append("when \(life.budget.checksummed) is spent") }
        return rules.joined(separator: ", or ") + "; then batches count for \(life.drainBlocks) more L1 blocks"
    }

    private func tell(_ launched: Launch.Launched, _ steps: LaunchSteps, _ total: Duration) {
        let (plan, contracts) = (launched.plan, launched.plan.contracts)
        let directory = out ?? name
        let endpoint = l1.firstForPeople
        let milliseconds = { (duration: Duration) in Int(duration / .milliseconds(1)) }
        if json {
            let times = steps.all.map { "{\"step\": \"\($0.0.rawValue)\", \"milliseconds\": \(milliseconds($0.1))}" }
            print(
                """
                {"name": "\(plan.manifest.name)", "chainId": \(plan.manifest.chainID), "id": \(Wei.digits(launched.id)), \
                "l1ChainId": \(plan.l1ChainID), "isNew": \(launched.isNew), "genesisHash": "\(launched.genesis.header.hash)", \
                "launcher": "\(plan.launcher)", "directory": "\(directory)", "rollup": "\(directory)/rollup.json", \
                "genesis": "\(directory)/genesis.json", "addresses": {"portal": "\(contracts.optimismPortal)", \
                "systemConfig": "\(contracts.systemConfig)", \
                "l1CrossDomainMessenger": "\(contracts.l1CrossDomainMessenger)", \
                "l1StandardBridge": "\(contracts.l1StandardBridge)", "l1ERC721Bridge": "\(contracts.l1ERC721Bridge)", \
                "anchorStateRegistry": "\(contracts.anchorStateRegistry)", \
                "disputeGameFactory": "\(contracts.disputeGameFactory)", "lifecycle": "\(contracts.lifecycle)", \
                "claims": "\(contracts.claims)"}, "life": \(Self.life(plan)), \
                "steps": [\(times.joined(separator: ", "))], "milliseconds": \(milliseconds(total)), \
                "waitingForL1": \(milliseconds(steps.waited))}
                """)
        } else {
            print(
                """

                \(plan.manifest.name) \(launched.isNew ? "is launched" : "was launched before"), in \
                \(milliseconds(total)) ms, \(milliseconds(steps.waited)) ms of them waiting for L1's blocks
                chain id              \(plan.manifest.chainID), rollup \(Wei.digits(launched.id)) of its L1 (chain \
                \(plan.l1ChainID))
                genesis               \(launched.genesis.header.hash)
                portal                \(contracts.optimismPortal.checksummed)
                system configuration  \(contracts.systemConfig.checksummed)
                proposals             \(contracts.disputeGameFactory.checksummed)
                ends                  \(Self.ending(plan))
                files                 \(directory)/

                Next:  mayfly node --rollup \(directory)/rollup.json --genesis \(directory)/genesis.json --sequence \
                --l1 \(endpoint) --l1-beacon \(l1.beacons.first.map(L1Options.forPeople) ?? endpoint) --data \(directory)/data --http 127.0.0.1:9545
                       mayfly batcher --rollup \(directory)/rollup.json --l1 \(endpoint) --node http://127.0.0.1:9545 \
                --da \(plan.manifest.dataAvailability.rawValue)
                       mayfly proposer --rollup \(directory)/rollup.json --l1 \(endpoint)
                       mayfly bridge deposit --rollup \(directory)/rollup.json --l1 \(endpoint) --amount 1
                \(plan.isPermanent ? "" : "       mayfly dissolve \(directory) --l1 \(endpoint)")
                """)
        }
        fflush(nil)
    }
}
