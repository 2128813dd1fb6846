import ArgumentParser
import DataAvailability
import Derivation
import EthereumClient
import Foundation
import JSONRPC
import NIOCore
import Primitives
import Publishing
import RollupNode
import Settlement

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
            "Where the data go: calldata, blobs, alt-da, or auto for the cheaper of the first two.",
            valueName: "choice"),
        transform: { text in
            if let choice = DataChoice(rawValue: text) { return choice }
            throw ValidationError("data go to \(DataChoice.allCases.map { $0.rawValue }.joined(separator: ", ")).")
        })
    var da = DataChoice.automatic

    @OptionGroup var altDA: AltDAOptions

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
        let client = try l1.client()
        let configuration = try await l1.complete(try RollupConfigurationFile.read(rollup), client)
        if da == .altDA && !configuration.allowsAltDA {
            throw CommandFailure("--da alt-da: \(BatcherDriver.ChoiceError.notAllowed.message)")
        }
        let signing = try key.key(chainID: configuration.l1ChainID, for: .batcher)
        if signing.address != configuration.genesis.systemConfig.batcher {
            StandardStreams.writeError(
                "warning: the key is of \(signing.address), and the rollup's batcher was "
                    + "\(configuration.genesis.systemConfig.batcher) at its genesis: what others publish is not read")
        }
        let rollupNode: EthereumClient
        do throws(EthereumClientError) { rollupNode = try EthereumClient([try Endpoint(node)]) } catch {
            throw CommandFailure("--node: \(error.message)")
        }
        let driver = BatcherDriver(
            configuration, choice: da, settings: settings,
            account: BatcherAccount(address: signing.address, sign: { signing.sign(&$0) }), l1: client,
            rollup: rollupNode, altDA: try altDA.writer())
        let server = Server()
        try await serve(driver, server)
        let verbose = verbose
        let work = Task { [interval = l1.pollInterval] in
            await driver.run(every: interval) { notice in Self.tell(notice, verbose) }
        }
        let signals = StopSignals()
        let stopping = Task {
            await signals.wait()
            work.cancel()
        }
        await work.value
        stopping.cancel()
        await server.stop(grace: .seconds(1))
        await client.close()
        await rollupNode.close()
        if driver.status.value?.phase == .stopped {
            throw CommandFailure("the rollup's blocks cannot be published: see above")
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
        var endpoint = HTTPEndpoint(methods: methods)
        endpoint.host = http.host
        endpoint.port = http.port
        do {
            let address = try await server.listen(endpoint)
            StandardStreams.writeError("the batcher answers at http://\(http.host):\(address.port ?? http.port)")
        } catch {
            throw ListeningFailure.failure(error, host: http.host, port: http.port, option: "--http")
        }
    }

    private static func tell(_ notice: BatcherNotice, _ verbose: Bool) {
        switch notice {
        case .happened(let report): if verbose || !report.isUsual { StandardStreams.writeError(report.message) }
        case .trouble(let text): StandardStreams.writeError("warning: \(text)")
        case .recovered(let part): StandardStreams.writeError("\(part): all is well again")
        }
    }
}

extension AltDAOptions {
    /// Gives data to the provider; nil where no server is named.
    func writer() throws -> AltDAWriter? {
        if endpoints.isEmpty { return nil }
        var settings = AltDAClient.Settings()
        // Before the batcher gives up waiting.
        settings.requestTimeout = .seconds(8)
        settings.patience = .seconds(9)
        let client: AltDAClient
        do {
            client = try AltDAClient(endpoints.map { try Endpoint($0) }, settings: settings)
        } catch let error as EthereumClientError {
            throw CommandFailure("--alt-da: \(error.message)")
        } catch let error as AltDAError {
            throw CommandFailure("--alt-da: \(error.message)")
        }
        return { data in
            do throws(AltDAError) {
                return try await client.put(data)
            } catch {
                StandardStreams.writeError("warning: --alt-da: \(error.message)")
                return nil
            }
        }
    }
}
