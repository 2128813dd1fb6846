public import Blockchain
public import EthereumRPC
public import JSONRPC
import Primitives
import Sequencing
import StateTransition
import Storage

/// An Ethereum L1 that lives in this process: a chain with funded accounts, and the thread that makes its blocks.
public final class DevL1: Sendable {
    public let chain: Chain
    public let producer: BlockProducer
    public let accounts: [DevelopmentAccount]
    public let settings: DevL1Settings
    private let blobs: BlobArchive

    /// Opens the chain in a directory, or begins one there.
    ///
    /// - Parameter history: for how many blocks back the state can be read; nil for all.
    /// - Throws: `ChainError.storage` where the directory cannot be used, or holds a chain that other settings began.
    public init(directory: String, settings: DevL1Settings, history: UInt64? = nil) throws(ChainError) {
        self.settings = settings
        accounts = DevelopmentAccount.accounts(mnemonic: settings.mnemonic, count: settings.accountCount)
        let begun = try BegunChain(directory)
        let now = BlockClock(genesis: 0, interval: 1).now
        let genesis = DevelopmentGenesis(
            chainID: settings.chainID, gasLimit: settings.gasLimit, timestamp: begun?.header.timestamp ?? now,
            accounts: accounts.map { $0.address }
        ).genesis
        if let difference = begun?.difference(from: settings, accounts: accounts.map { $0.address }) {
            throw .storage(
                StorageError(
                    .otherChain, "the chain was begun with \(difference)", path: directory,
                    remedy: "Nothing was changed. Start with these settings again, or choose another directory."))
        }
        chain = try Self.open(directory, genesis, ChainDatabase.Options(history: history))
        blobs = BlobArchive(
            directory: directory + "/blobs", retention: settings.blobRetention, byteLimit: settings.blobByteLimit)
        producer = BlockProducer(
            chain: chain, mode: settings.blockTime == 0 ? .instant : .interval(seconds: settings.blockTime),
            clock: BlockClock(genesis: genesis.header.timestamp, interval: settings.blockTime),
            gasLimit: settings.gasLimit, blobs: blobs, directory: directory)
    }

    private static func open(
        _ directory: String, _ genesis: Genesis, _ options: ChainDatabase.Options
    ) throws(ChainError) -> Chain {
        let first: GenesisBlock
        do throws(StateError) {
            first = try genesis.genesisBlock
        } catch {
            throw .invalid(.state(error))
        }
        let database: ChainDatabase
        do throws(StorageError) {
            database = try ChainDatabase(directory: directory, genesis: first, options: options)
        } catch {
            throw .storage(error)
        }
        return try Chain(
            configuration: genesis.configuration, database: database, poolConfiguration: .development)
    }

    /// Starts to make blocks.
    public func start() { producer.start() }

    /// Stops, after the block that is being made.
    public func stop() { producer.stop() }

    /// Everything that the L1 answers.
    public func methods(_ context: NodeContext) -> Methods {
        var methods = EthereumMethods.administering(EthereumMethods.all(context), context)
        DevelopmentMethods(context: context, producer: producer, accounts: accounts).add(to: &methods)
        EthereumMethods.addModules(to: &methods)
        // What is taken now would not come into a block: the sender should know at once.
        methods.guardCalls(of: ["eth_sendRawTransaction", "eth_sendRawTransactionSync", "eth_sendTransaction"]) {
            [producer] () throws(RPCError) in
            guard let failure = producer.failureText else { return }
            throw RPCError(code: -32_603, message: "the transaction was not taken, as \(failure)")
        }
        return methods
    }

    /// What it serves besides JSON-RPC: the beacon API, and what it says of itself.
    ///
    /// - Parameter status: what every node says of itself; `/ready` also answers 503 while no block can be made.
    public func routes(_ context: NodeContext, status: [HTTPRoute] = []) -> [HTTPRoute] {
        let beacon = BeaconRoutes(chain: chain, blobs: blobs, clientVersion: context.settings.clientVersion)
        return beacon.all + status.map { $0.path == "/ready" ? readiness($0) : $0 }
    }

    private func readiness(_ route: HTTPRoute) -> HTTPRoute {
        HTTPRoute(route.path, needsAuthorisation: route.needsAuthorisation) { [producer] request in
            guard let failure = producer.failureText else { return route.respond(request) }
            return .json(status: 503) { json in
                json.beginObject()
                json.key("ready")
                json.boolean(false)
                json.key("reason")
                json.string(failure)
                json.endObject()
            }
        }
    }
}
