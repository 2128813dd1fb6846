import Blockchain
import Derivation
import EthereumClient
import EthereumRPC
import Foundation
import JSONRPC
import Layers
import NIOCore
import Primitives
import StateTransition
import Storage

/// A rollup's chain in this process, asked over HTTP, whose blocks are made as derivation and a sequencer make them: L1
/// attributes and deposits of L1, then what is in its pool.
final class ServedRollup {
    private let directory = NSTemporaryDirectory() + "/mayfly-rollup-" + UUID().uuidString
    private let server = Server()
    private let chain: Chain
    private let configuration: RollupConfiguration
    private let l1: EthereumClient
    private var parent: L2BlockReference
    private var system: SystemConfig
    private var origin: L1Origin
    let client: EthereumClient

    init(_ genesis: RollupGenesis, l1: EthereumClient) async throws {
        self.l1 = l1
        configuration = genesis.rollup
        system = genesis.rollup.genesis.systemConfig
        parent = genesis.rollup.genesis.reference
        let first = Genesis(configuration: genesis.configuration, header: genesis.header, state: genesis.state)
        chain = try Chain(
            configuration: genesis.configuration,
            database: ChainDatabase(
                directory: directory, genesis: try first.genesisBlock, options: ChainDatabase.Options(history: nil)))
        let context = NodeContext(chain: chain, settings: RPCSettings(clientVersion: "test"))
        let address = try await server.listen(HTTPEndpoint(methods: EthereumMethods.all(context)))
        client = try EthereumClient([Endpoint("http://127.0.0.1:\(address.port ?? 0)")])
        origin = try await Self.origin(genesis.rollup.genesis.l1.number, l1, configuration)
    }

    func stop() async {
        await client.close()
        await server.stop(grace: .zero)
        try? chain.database.close()
        try? FileManager.default.removeItem(atPath: directory)
    }

    private static func origin(
        _ number: UInt64, _ l1: EthereumClient, _ configuration: RollupConfiguration
    ) async throws -> L1Origin {
        let block = try await l1.block(.number(number))
        let receipts = try await l1.receipts(of: HashedHeader(block.header))
        return try L1Origin(
            L1Block(header: block.header, hash: block.hash, transactions: block.transactions, receipts: receipts),
            configuration)
    }

    /// Makes blocks until the rollup has all that L1 has, and one more; all are safe and final then.
    func follow() async throws {
        let target = try await l1.header(.latest).header.number
        while true {
            let next = parent.l1Origin.number + 1
            guard next <= target else { break }
            let candidate = try await Self.origin(next, l1, configuration)
            while parent.timestamp + configuration.blockTime < candidate.reference.timestamp { try make(origin) }
            origin = candidate
            try make(origin)
        }
        try make(origin)
        // L1's clock is as far as the rollup's: no proposal may be of a time to come.
        if try await l1.header(.latest).header.timestamp < parent.timestamp {
            let timestamp = parent.timestamp
            try await l1.call(
                "evm_mine", { $0.quantity(timestamp) }, read: { reader in try reader.skipValue() })
        }
        let head = chain.database.head
        try chain.mark(safe: head, finalized: head)
    }

    private func make(_ origin: L1Origin) throws {
        let derived = try PayloadAttributes(
            after: parent, origin: origin, systemConfig: &system, sequenced: [], noTxPool: false, configuration)
        var attributes = BlockAttributes(
            timestamp: derived.timestamp, randomness: derived.prevRandao, feeRecipient: derived.suggestedFeeRecipient,
            withdrawals: [], parentBeaconBlockRoot: derived.parentBeaconBlockRoot, gasLimit: derived.gasLimit)
        attributes.transactions = try derived.transactions.map { try Transaction(decoding: $0) }
        attributes.baseFeeParameters = derived.eip1559Parameters
        attributes.minimumBaseFee = derived.minimumBaseFee
        guard let built = try chain.produce(attributes, from: .pool) else { return }
        let block = built.sealed.block
        guard
            let reference = L2BlockReference(
                header: block.header, hash: block.header.hash, firstTransaction: block.transactions[0])
        else { return }
        parent = reference
    }
}
