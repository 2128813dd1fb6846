import Blockchain
import Cryptography
import DataAvailability
import Derivation
import DevL1
import EVM
import EthereumClient
import EthereumRPC
import Foundation
import JSONRPC
import Layers
import Primitives
import RollupNode
import Sequencing
import StateTransition
import Storage
import Testing

/// A rollup on the embedded L1: blocks made as a sequencer makes them, batches sent as a batcher sends them, each where the
/// test wants it.
final class RollupOnL1 {
    let served: ServedL1
    let genesis: Genesis
    let configuration: RollupConfiguration
    /// The sequencer's chain.
    let chain: RollupChain
    private let batcher: DevelopmentAccount
    private let user: DevelopmentAccount
    private let directory = NSTemporaryDirectory() + "mayfly-rollup-\(UUID().uuidString)"
    private var config: SystemConfig
    private var origins: [L1Origin] = []
    /// Blocks that no batch has yet.
    private var unpublished: [SealedBlock] = []
    private var channel: UInt64 = 0

    /// The contract on L1 that closes the rollup, where it is an ephemeral one.
    static let lifecycle = address(9)

    /// - Parameter funded: has ether on the rollup from the start.
    init(sequencingWindow: UInt64 = 20, funded: Address? = nil, isEphemeral: Bool = false) async throws {
        served = try await ServedL1()
        batcher = served.l1.accounts[1]
        user = served.l1.accounts[2]
        // Blocks are made when the test says so.
        served.l1.producer.mode = .onCommand
        let view = try served.l1.chain.view()
        let header = try view.headHeader
        var manifest = RollupManifest(
            name: "trial", accounts: .init(owner: user.address, batcher: batcher.address), l1ChainID: 1_337)
        manifest.blockTime = 1
        manifest.sequencingWindow = sequencingWindow
        let place = SettlementPlace(
            l1ChainID: 1_337, l1: BlockID(number: view.head.number, hash: view.head.hash), l1Time: header.timestamp,
            governor: Self.address(1), systemConfig: Self.address(2), portal: Self.address(3),
            messenger: Self.address(4), standardBridge: Self.address(5), erc721Bridge: Self.address(6))
        let begun = try RollupGenesis(manifest, at: place)
        var state = begun.state
        if let funded {
            let ether: UInt256 = 1_000_000_000_000_000_000
            state.accounts.append(.init(address: funded, record: AccountRecord(balance: UInt256(1_000) &* ether)))
        }
        genesis = Genesis(configuration: begun.configuration, header: begun.header, state: state)
        var rollup = begun.rollup
        if funded != nil { rollup.genesis.l2.hash = try genesis.genesisBlock.block.header.hash }
        if isEphemeral { rollup.lifecycleContract = Self.lifecycle }
        rollup.l1BlobUpgrades = served.l1.chain.configuration.blobUpgrades
        configuration = rollup
        config = rollup.genesis.systemConfig
        origins = [
            try L1Origin(L1Block(header: header, hash: view.head.hash, transactions: [], receipts: []), rollup)
        ]
        chain = try Self.chain(genesis, rollup, directory + "/sequencer")
    }

    /// The chain's own base-fee parameters.
    var ownParameters: BaseFeeParameters { genesis.configuration.opStack?.baseFeeParameters ?? .ethereum }

    static func address(_ number: UInt64) -> Address { Address(truncating: UInt256(0xCAFE_0000 + number)) }

    private static func chain(
        _ genesis: Genesis, _ rollup: RollupConfiguration, _ directory: String
    ) throws -> RollupChain {
        let database = try ChainDatabase(directory: directory, genesis: try genesis.genesisBlock, options: .init())
        return try RollupChain(try Chain(configuration: genesis.configuration, database: database), rollup)
    }

    /// A node that follows the rollup, with a chain of its own in a directory with this name.
    func node(
        _ name: String, sequencer: EthereumClient? = nil, flashblocks: WebSocketAddress? = nil,
        sequencing: Sequencer.Settings? = nil, places: [any DataAvailabilityLayer] = []
    ) throws -> RollupNode {
        let endpoint = try Endpoint(served.url)
        let l1 = L1Source(EthereumSettlement(try EthereumClient([endpoint])))
        let place = "\(directory)/\(name)"
        return try RollupNode(
            try Self.chain(genesis, configuration, place), l1: l1, directory: place,
            data: DataLayers([CalldataAvailability(), BlobAvailability(try BeaconClient([endpoint]))] + places),
            sequencer: sequencer, flashblocks: flashblocks, sequencing: sequencing, followsLostFinality: true)
    }

    func stop() async {
        try? chain.chain.database.close()
        await served.stop()
        try? FileManager.default.removeItem(atPath: directory)
    }

    // MARK: L1

    /// Makes the next block of L1, with a batch of what was sequenced since the last one.
    func growL1(publishing: Bool = true) throws {
        if publishing && !unpublished.isEmpty { try publish() }
        let made = try #require(try served.l1.producer.produce())
        origins.append(
            try L1Origin(
                L1Block(
                    header: made.header, hash: made.hash, transactions: made.block.transactions, receipts: made.receipts
                ),
                configuration))
    }

    /// Makes the next block of L1, in which the rollup is closed by its owner.
    func closeOnL1(drain: UInt64) async throws {
        // Says `Closed` with this block, so many blocks later, and the reason.
        let code =
            "0x6000354301600052602035602052437f" + RollupClosing.topic.bytes.map(Self.hex).joined() + "60406000a200"
        let client = try EthereumClient([try Endpoint(served.url)])
        try await client.call("anvil_setCode") { json in
            json.data(Self.lifecycle)
            json.string(code)
        } read: { reader in
            try reader.skipValue()
        }
        await client.close()
        try send(UInt256(drain).bytes + UInt256(0).bytes, to: Self.lifecycle, from: user)
        try growL1(publishing: false)
    }

    private static func hex(_ byte: UInt8) -> String { String(Hex.encode([byte]).dropFirst(2)) }

    /// Takes the last blocks off L1, and the blocks of the sequencer that name them; their batches are gone too.
    func loseL1(_ count: UInt64) throws {
        let head = served.l1.chain.database.head.number - count
        try served.l1.chain.rewind(to: head, keepsTransactions: false)
        origins.removeAll { $0.reference.number > head }
        var last = try chain.head()
        while last.l1Origin.number > head { last = try #require(try chain.reference(last.number - 1)) }
        try chain.chain.rewind(to: last.number, keepsTransactions: false)
        config = try chain.systemConfig(in: last.id)
        // Everything that may have been lost goes out again.
        let view = try chain.chain.view()
        unpublished = []
        for number in stride(from: UInt64(1), through: last.number, by: 1) {
            let block = try #require(try view.reference(.number(number)))
            unpublished.append(try #require(try view.sealedBlock(block)))
        }
    }

    private func publish() throws {
        let batches = try unpublished.map { sealed in
            let block = sealed.block
            let reference = try #require(
                configuration.reference(
                    header: block.header, hash: sealed.hash, firstTransaction: block.transactions.first))
            return try Batch.singular(
                SingularBatch(
                    parentHash: block.header.parentHash, epoch: reference.l1Origin, timestamp: block.header.timestamp,
                    transactions: block.transactions.filter { $0.deposit == nil }.map { $0.encoded })
            ).encoded(chainID: configuration.l2ChainID)
        }
        unpublished = []
        channel += 1
        let frames = try #require(
            Frame.split(
                storedZlib(ChannelReader.encode(batches)), channel: ChannelID(high: 0, low: channel),
                largestFrame: 100_000))
        for frame in frames { try send(Frame.encodeAll([frame]), to: configuration.batchInbox, from: batcher) }
    }

    private func send(_ data: [UInt8], to recipient: Address, from account: DevelopmentAccount) throws {
        let nonce = try Self.nonce(of: account.address, served.l1.chain)
        var transaction = Transaction(
            kind: .dynamicFee, chainID: 1_337, nonce: nonce, maxFeePerGas: 100_000_000_000,
            maxPriorityFeePerGas: 1_000_000_000, gasLimit: 8_000_000, to: recipient, input: data)
        let signature = try #require(
            Secp256k1.sign(hash: transaction.signingHash, privateKey: account.privateKey))
        transaction.signature = Signature(v: signature.isOdd ? 1 : 0, r: signature.r, s: signature.s)
        _ = try served.l1.chain.pool.submit(transaction.encoded)
    }

    private static func nonce(of address: Address, _ chain: Chain) throws -> UInt64 {
        let view = try chain.view()
        let account = try view.state(view.head).account(address)
        let waiting = chain.pool.withPool { pool in pool.content.filter { $0.sender == address }.count }
        return (account?.nonce ?? 0) + UInt64(waiting)
    }

    // MARK: The rollup

    /// Makes blocks of the rollup as far as L1's newest block allows.
    func sequence() throws {
        while let made = try sequenceOne() { unpublished.append(made) }
    }

    private func sequenceOne() throws -> SealedBlock? {
        guard let attributes = try nextAttributes() else { return nil }
        return try chain.chain.produce(attributes, from: .pool)?.sealed
    }

    /// The attributes of the sequencer's next block, as far as L1's newest block allows one.
    func nextAttributes() throws -> BlockAttributes? {
        let parent = try chain.head()
        let time = parent.timestamp + configuration.blockTime
        guard let last = origins.last, last.reference.timestamp >= time else { return nil }
        var origin = origins.first { $0.reference.number == parent.l1Origin.number }
        if let next = origins.first(where: { $0.reference.number == parent.l1Origin.number + 1 }),
            next.reference.timestamp <= time
        {
            origin = next
        }
        guard let origin else { return nil }
        return try BlockAttributes(
            try PayloadAttributes(
                after: parent, origin: origin, systemConfig: &config, sequenced: [], configuration))
    }
}

/// Wraps bytes as zlib does, without compressing them.
private func storedZlib(_ data: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x78, 0x01]
    var rest = data[...]
    repeat {
        let piece = rest.prefix(65_535)
        rest = rest.dropFirst(65_535)
        let count = UInt16(piece.count)
        bytes += [rest.isEmpty ? 1 : 0, UInt8(count & 0xFF), UInt8(count >> 8)]
        bytes += [UInt8(~count & 0xFF), UInt8(~count >> 8)]
        bytes += piece
    } while !rest.isEmpty
    return bytes
}
