import ArgumentParser
import DataAvailability
import Derivation
import EthereumClient
import EthereumRPC
import Foundation
import JSONRPC
import Layers
import Lifecycles
import NIOCore
import Primitives
import Publishing
import RollupNode
import Settlement
import StateTransition

struct BatcherCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batcher",
        abstract: "Publishes a rollup's blocks on L1.",
        discussion: """
            Reads new blocks from the rollup's node and sends them to L1 from the account of the rollup's batcher, which nothing
            else may use meanwhile. It keeps nothing on disk: killed at any moment, it goes on after the safe head. What it
            publishes in can be changed while it runs: mayfly layer, or mayfly_setDataAvailability on --http.
            """)

    @Option(help: ArgumentHelp("The rollup's configuration.", valueName: "rollup.json"))
    var rollup: String

    @OptionGroup var l1: L1Options

    @Option(
        help: ArgumentHelp(
            "A node of the rollup that has its newest blocks: the sequencer's, usually.", valueName: "url"))
    var node: String

    @OptionGroup var key: KeyOptions

    @Option(
        help: ArgumentHelp(
            "Where the data go: calldata, blobs, alt-da, or auto for the cheaper of the first two. Without it: what the rollup was "
                + "launched with, as manifest.json beside the configuration says, else auto.",
            valueName: "choice"),
        transform: { text in
            if let choice = DataChoice(rawValue: text) { return choice }
            throw ValidationError("data go to \(DataChoice.allCases.map { $0.rawValue }.joined(separator: ", ")).")
        })
    var da: DataChoice?

    @OptionGroup var altDA: AltDAOptions

    @OptionGroup var tracing: TraceOptions

    @Option(
        name: .customLong("alt-da-layer"),
        help: ArgumentHelp(
            "The byte of a layer, as 0x00, whose commitments are published though they do not say what data they stand for: "
                + "who runs its servers can hold the rollup up. May be repeated.",
            valueName: "byte"),
        transform: { text in
            if text.hasPrefix("0x"), let byte = UInt8(text.dropFirst(2), radix: 16) { return byte }
            throw ValidationError("--alt-da-layer takes a byte as 0x00.")
        })
    var altDALayers: [UInt8] = []

    @Option(
        name: .customLong("channel-blocks"),
        help: ArgumentHelp(
            "L1 blocks, or as many times 12 s, after which blocks are published though a channel is not full.",
            valueName: "n"))
    var channelBlocks = BatcherSettings().channelDuration

    @Option(
        name: .customLong("max-fee"),
        help: ArgumentHelp("Gwei a gas, and ten times as many a blob gas, that are offered at most.", valueName: "n"))
    var maxFee: UInt64 = 1_000

    @Option(
        name: .customLong("raise-after"),
        help: ArgumentHelp("Seconds after which a transaction that is not included offers more.", valueName: "n"))
    var raiseAfter: UInt64 = 48

    @Option(
        help: ArgumentHelp(
            "Where mayfly_batcherStatus and mayfly_setDataAvailability are served; for the operator alone.",
            valueName: "addr:port"))
    var http: ListenAddress?

    @Flag(
        name: .customLong("any-account"),
        help:
            "Publish though L1 names another account as the rollup's batcher: what is published is not read until it does."
    )
    var anyAccount = false

    @Flag(help: "Print what is published too.")
    var verbose = false

    func validate() throws {
        if l1.endpoints.isEmpty { throw ValidationError("Name L1 with --l1 URL.") }
        if da == .altDA && altDA.endpoints.isEmpty {
            throw ValidationError("--da alt-da needs a server: give --alt-da URL.")
        }
        if !(1...100_000).contains(channelBlocks) {
            throw ValidationError("--channel-blocks takes a number from 1 to 100000.")
        }
        if !(1...1_000_000_000).contains(maxFee) { throw ValidationError("--max-fee takes a number from 1 to 10^9.") }
        if !(1...86_400).contains(raiseAfter) { throw ValidationError("--raise-after takes 1 to 86400 seconds.") }
    }

    private var settings: BatcherSettings {
        var settings = BatcherSettings()
        settings.channelDuration = channelBlocks
        settings.altDALayers = altDALayers
        // As long as so many blocks of Ethereum take.
        settings.channelTime = channelBlocks * 12_000
        settings.raiseAfter = raiseAfter * 1_000
        settings.strangerPatience = raiseAfter * 2_000
        let gwei = UInt256(1_000_000_000)
        settings.feeLimits = FeeLimits(
            maxFeePerGas: UInt256(maxFee) &* gwei, maxPriorityFeePerGas: UInt256(max(1, maxFee / 10)) &* gwei,
            maxFeePerBlobGas: UInt256(maxFee) &* 10 &* gwei)
        return settings
    }

    func run() async throws {
        try tracing.begin("batcher")
        let client = try l1.client()
        let configuration = try RollupConfigurationFile.read(rollup)
        let da = try da ?? Self.launchedWith(beside: rollup, configuration)
        if da == .altDA && altDA.endpoints.isEmpty {
            throw CommandFailure(
                "the rollup's data go to an alt-DA server: name it with --alt-da URL, or give another --da")
        }
        if da == .altDA && !configuration.allowsAltDA {
            throw CommandFailure("--da alt-da: \(BatcherDriver.ChoiceError.notAllowed.message)")
        }
        let signer = try key.signer(chainID: configuration.l1ChainID, for: .batcher)
        let rollupNode = try RollupOptions.client(node, "--node")
        let data = try RollupLayers.publishing(altDA: altDA)
        let driver = BatcherDriver(
            configuration, choice: da, settings: settings,
            account: BatcherAccount(
                address: signer.address,
                sign: { (transaction: inout Transaction) async throws(LayerError) in
                    do throws(SettlementError) { try await signer.sign(&transaction) } catch {
                        throw LayerError(.settlement, error)
                    }
                }),
            l1: EthereumSettlement(client), rollup: rollupNode, data: data, closing: Self.closing(configuration, client)
        )
        let server = Server()
        try await serve(driver, server)
        let verbose = verbose
        let work = Task { [interval = l1.pollInterval] in
            guard try await L1Options.wait(for: client, chainID: configuration.l1ChainID, "L1", option: "--l1"),
                try await L1Options.wait(
                    for: rollupNode, chainID: configuration.l2ChainID, "the rollup's node", option: "--node")
            else { return }
            try await check(signer.address, of: configuration, client, rollupNode)
            try await driver.run(every: interval) { notice in Self.tell(notice, verbose) }
        }
        let signals = StopSignals()
        let stopping = Task {
            await signals.wait()
            work.cancel()
        }
        let result = await work.result
        stopping.cancel()
        await server.stop(grace: .seconds(1))
        await client.close()
        await rollupNode.close()
        await data.close()
        do { try result.get() } catch let error as LayerError { throw CommandFailure(error.message) }
        if driver.status.value?.phase == .stopped {
            throw CommandFailure("the rollup's blocks cannot be published: see above")
        }
    }

    /// What the owner chose for the rollup at its launch, where that is known.
    private static func launchedWith(
        beside file: String, _ configuration: RollupConfiguration
    ) throws -> DataChoice {
        let path = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("manifest.json").path
        guard let data = FileManager.default.contents(atPath: path) else { return .automatic }
        do throws(ManifestError) {
            let manifest = try RollupManifest(
                document: String(decoding: data, as: UTF8.self), l1ChainID: configuration.l1ChainID)
            return DataChoice(rawValue: manifest.dataAvailability.rawValue) ?? .automatic
        } catch {
            throw CommandFailure("\(path): \(error)")
        }
    }

    /// Makes sure, before money is spent, that the blocks are this rollup's and that what the account publishes is read.
    private func check(
        _ account: Address, of rollup: RollupConfiguration, _ client: EthereumClient, _ rollupNode: EthereumClient
    ) async throws {
        let genesis = rollup.genesis.l2
        let found: Hash256
        do throws(EthereumClientError) { found = try await rollupNode.header(.number(genesis.number)).hash } catch {
            throw CommandFailure("--node: \(error.message)")
        }
        guard found == genesis.hash else {
            throw CommandFailure(
                "--node \(node) has another rollup: its block \(genesis.number) is \(found), and that of \(self.rollup) "
                    + "\(genesis.hash)")
        }
        let named: Address
        do throws(SettlementError) {
            let word = try await client.read(SystemConfig.batcherHash(), from: rollup.systemConfigContract)
            named = Address(truncating: UInt256(word))
        } catch {
            guard case .noContract = error else { throw CommandFailure("--l1: \(error.message)") }
            named = rollup.genesis.systemConfig.batcher
        }
        guard named != account, !anyAccount else { return }
        throw CommandFailure(
            "the key is of \(account), and the rollup's batcher on L1 is \(named): what others publish is not read. Give that "
                + "account's key; where the owner is about to name this one, publish with --any-account.")
    }

    /// What L1 says of the rollup's end; nil where it has none.
    private static func closing(
        _ configuration: RollupConfiguration, _ client: EthereumClient
    ) -> BatcherDriver.ClosingSource? {
        guard let contract = configuration.lifecycleContract else { return nil }
        let reader = LifecycleReader(client: client, contract: contract)
        return { () async throws(LayerError) in
            do throws(SettlementError) {
                return try await reader.closing().map {
                    RollupClosing(closingBlock: $0.block, drainEnd: $0.drainEnd, reason: $0.reason.rawValue)
                }
            } catch {
                throw LayerError(.settlement, error)
            }
        }
    }

    /// Lets whoever runs the batcher ask it and direct it: over a socket that is theirs alone, and where --http says.
    private func serve(_ driver: BatcherDriver, _ server: Server) async throws {
        var methods = Methods()
        BatcherMethods(driver).add(to: &methods)
        let socket = BatcherSocket.path(besideRollupFile: rollup)
        do {
            try await server.listen(IPCEndpoint(path: socket, methods: methods))
        } catch ServerError.socketPathInUse {
            throw CommandFailure(
                "another batcher of this rollup runs here, or something else is at \(socket): two would take one another's "
                    + "nonces. Stop that one first.")
        } catch {
            // The directory may be somebody else's, and the name too long for a socket: the batcher works all the same.
            StandardStreams.writeError("warning: mayfly layer cannot direct this batcher: \(socket): \(error)")
        }
        guard let http else { return }
        if !http.isLoopback {
            StandardStreams.writeError(
                "warning: whoever reaches this machine can say where the rollup's data go. --http 127.0.0.1:\(http.port) serves "
                    + "this machine only.")
        }
        var endpoint = HTTPEndpoint(methods: methods)
        (endpoint.host, endpoint.port) = (http.host, http.port)
        endpoint.routes = StatusRoutes.all(version: Version.client, server: server) { driver.statusNotes }
        StandardStreams.writeError("the batcher answers at http://\(try await server.serve(endpoint, for: "--http"))")
    }

    private static func tell(_ notice: BatcherNotice, _ verbose: Bool) {
        switch notice {
        case .happened(let report): if verbose || !report.isUsual { StandardStreams.writeError(report.message) }
        case .trouble(let text): StandardStreams.writeError("warning: \(text)")
        case .recovered(let part): StandardStreams.writeError("\(part): all is well again")
        }
    }
}
