import ArgumentParser
import Blockchain
import EthereumRPC
import Foundation
import JSONRPC
import RollupNode
import Sequencing
import StateTransition
import Storage

struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node",
        abstract: "Runs an Ethereum node, which a consensus client drives through the Engine API.",
        discussion: """
            Serves JSON-RPC over HTTP and WebSocket on one port, and the Engine API on another where --engine is given. With
            --check it verifies the database instead, from the state root down, and changes nothing.
            """)

    @Option(help: ArgumentHelp("The genesis of the chain, as go-ethereum has it.", valueName: "file"))
    var genesis: String?

    @Option(
        name: .customLong("import"),
        help: ArgumentHelp("Import the blocks of this file before serving.", valueName: "chain.rlp"))
    var blocks: String?

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var serving: ServingOptions

    @Option(help: ArgumentHelp("Where JSON-RPC is served, over HTTP and WebSocket.", valueName: "addr:port"))
    var http = ListenAddress(host: "127.0.0.1", port: 8_545)

    @Option(help: ArgumentHelp("Serve WebSocket here, and only there.", valueName: "addr:port"))
    var ws: ListenAddress?

    @Option(help: ArgumentHelp("Where the Engine API is served.", valueName: "addr:port"))
    var engine: ListenAddress?

    @Option(
        help: ArgumentHelp(
            "The secret that consensus client and node share; made where there is none. Without it: jwt.hex in --data.",
            valueName: "file"))
    var jwt: String?

    @OptionGroup var role: RollupRole
    @OptionGroup var tracing: TraceOptions

    @Flag(
        name: .customLong("testing-methods"),
        help: "Also serve testing_buildBlockV1, for tests of clients: not where others can ask.")
    var testing = false

    @Flag(help: "Verify the database and exit.")
    var check = false

    @Flag(help: "Print JSON objects instead of text.")
    var json = false

    func validate() throws {
        if check { return }
        if genesis == nil { throw ValidationError("Give the chain's --genesis.") }
        if role.execution != nil {
            if jwt == nil { throw ValidationError("--execution needs the secret of that client: give --jwt FILE.") }
            if engine != nil || ws != nil || blocks != nil || testing || serving.ipc != nil {
                throw ValidationError(
                    "With --execution the other client keeps and serves the chain: --engine, --ws, --ipc, --import and "
                        + "--testing-methods are its affair.")
            }
        } else if jwt != nil && engine == nil {
            throw ValidationError("--jwt is for the Engine API: give --engine too.")
        }
    }

    func run() async throws {
        if check { return try DatabaseCheck.run(database.data, json: json) }
        guard let genesis else { return }
        try tracing.begin("node")
        if let driving = role.driving(jwt: jwt, directory: database.data) {
            return try await driving.run(
                try GenesisFile.read(genesis), http: serving.endpoint(http, Methods()),
                memoryLimit: serving.memoryLimit, json: json)
        }
        let chain = try database.chain(
            genesisFile: genesis, pool: role.sequencing.sequence ? .sequencer : MempoolConfiguration())
        if let version = StateVersion.fromEnvironment() {
            version.begin()
            version.end(at: chain.standing)
            chain.setWitness(version)
        }
        if let blocks {
            let report = try ChainImport(chain: chain, bar: ProgressBar(isQuiet: json)).run(blocks)
            if !json { print(report.summary(head: chain.database.head)) }
        }
        let rollup = try role.node(chain, directory: database.data)
        let service = NodeService(chain: chain, memoryLimit: serving.memoryLimit)
        let addresses = try await serve(service, rollup)
        tell(addresses, chain)
        let following = Task { await role.follow(rollup) }
        try await service.run {
            following.cancel()
            _ = await following.value
        }
        if let failure = await following.value { throw CommandFailure(failure) }
    }

    /// Starts all endpoints.
    ///
    /// - Returns: what is served where.
    private func serve(
        _ service: NodeService, _ rollup: RollupNode?
    ) async throws -> [(what: String, url: String)] {
        let context = NodeContext(chain: service.chain, settings: RPCSettings(clientVersion: Version.client))
        var methods = EthereumMethods.all(context)
        rollup?.addMethods(to: &methods, version: Version.number)
        try role.addExits(of: service.chain, to: &methods)
        EthereumMethods.addModules(to: &methods)
        if testing { methods = EthereumMethods.testing(methods, context) }
        var endpoint = serving.endpoint(
            http, methods,
            routes: StatusRoutes.all(context, server: service.server, notes: { rollup?.statusNotes ?? StatusNotes() }))
        endpoint.policy.servesWebSocket = ws == nil
        var addresses = [(what: "http", url: "http://" + (try await service.listen(endpoint, for: "--http")))]
        if let ws {
            var endpoint = serving.endpoint(ws, methods)
            endpoint.policy.servesHTTP = false
            addresses.append(("ws", "ws://" + (try await service.listen(endpoint, for: "--ws"))))
        }
        if let ipc = serving.ipc {
            try await service.listen(IPCEndpoint(path: ipc, methods: EthereumMethods.administering(methods, context)))
            addresses.append(("ipc", ipc))
        }
        if let address = role.sequencing.streamAddress {
            var endpoint = FlashblockStream.endpoint(of: service.chain)
            (endpoint.host, endpoint.port) = (address.host, address.port)
            endpoint.descriptor = address.descriptor
            endpoint.policy.hosts = serving.policy.hosts
            endpoint.policy.origins = serving.policy.origins
            addresses.append(("flashblocks", "ws://" + (try await service.listen(endpoint, for: "--flashblocks"))))
        }
        if let engine {
            let secret = try EngineSecret.load(orMake: jwt ?? database.data + "/jwt.hex")
            var endpoint = EngineMethods.endpoint(context, with: methods, secret: secret)
            (endpoint.host, endpoint.port) = (engine.host, engine.port)
            // The consensus client has a token, and is not to wait for strangers.
            endpoint.sharesMemory = false
            addresses.append(("engine", "http://" + (try await service.listen(endpoint, for: "--engine"))))
        }
        return addresses
    }

    private func tell(_ addresses: [(what: String, url: String)], _ chain: Chain) {
        let head = chain.database.head
        if json {
            let members = addresses.map { "\"\($0.what)\": \"\($0.url)\"" }.joined(separator: ", ")
            print("{\"chainId\": \(chain.configuration.chainID), \"head\": \(head.number), \(members)}")
        } else {
            print("chain \(chain.configuration.chainID), head: block \(head.number), \(head.hash)")
            for (what, url) in addresses { print("\(what): \(url)") }
        }
        fflush(nil)
    }
}

extension StateVersion: ChangeWitness {
    public func willChange() { begin() }
    public func didChange(to standing: UInt64) { end(at: standing) }
}
