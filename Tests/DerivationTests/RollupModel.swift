import Cryptography
import Derivation
import Primitives
import StateTransition
import Testing

/// Wraps bytes as zlib does, without compressing them.
func storedZlib(_ data: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x78, 0x01]
    var rest = data[...]
    repeat {
        let piece = rest.prefix(65_535)
        rest = rest.dropFirst(65_535)
        let count = UInt16(piece.count)
        bytes += [
            rest.isEmpty ? 1 : 0, UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8),
        ]
        bytes += piece
    } while !rest.isEmpty
    return bytes
}

/// An L1 and a rollup on it, as far as derivation sees them: blocks are as valid as their attributes say.
struct RollupModel {
    static let batcher = testConfiguration.genesis.systemConfig.batcher

    var configuration = testConfiguration
    var l1: [L1Block] = []
    var blobs: [Hash256: [UInt8]] = [:]
    /// The rollup as its sequencer makes it.
    var blocks: [L2BlockReference] = []
    var sequenced: [[[UInt8]]] = []
    var attributes: [PayloadAttributes] = []
    private var config: SystemConfig
    private var nextChannel: UInt64 = 1
    /// How many blocks of the rollup the batches up to each L1 block have.
    private var published: [Int] = [0]
    /// Makes the blocks of one branch of L1 differ from another's.
    private var branch: UInt8 = 0

    init() {
        let genesis = BlockHeader(number: 100, timestamp: 1_000, mixHash: Hash256(UInt256(100)), baseFee: 7)
        l1 = [L1Block(header: genesis, hash: genesis.hash, transactions: [], receipts: [])]
        configuration.genesis.l1.hash = genesis.hash
        config = configuration.genesis.systemConfig
        blocks = [configuration.genesis.reference]
    }

    /// Adds an L1 block twelve seconds after the last one.
    mutating func addL1(_ transactions: [Transaction] = [], logs: [Log] = []) {
        let parent = l1[l1.count - 1]
        let header = BlockHeader(
            parentHash: parent.hash, number: parent.header.number + 1, timestamp: parent.header.timestamp + 12,
            extraData: [branch], mixHash: Hash256(UInt256(parent.header.number + 1)), baseFee: 7,
            parentBeaconBlockRoot: Hash256(UInt256(9)))
        let receipt = Receipt(
            kind: .legacy, outcome: .status(true), cumulativeGasUsed: 0, bloom: LogsBloom(), logs: logs)
        l1.append(L1Block(header: header, hash: header.hash, transactions: transactions, receipts: [receipt]))
    }

    /// Adds L1 blocks, each with a batch of what was sequenced since the last one, and blocks of the rollup.
    mutating func grow(_ count: Int) throws {
        for _ in 0..<count {
            let before = published[published.count - 1]
            let all = attributes.count
            if all > before { try publish([.span(try span(before + 1...all))]) } else { addL1() }
            published.append(all)
            try sequenceAll()
        }
    }

    /// Takes the last blocks off L1, and the rollup's blocks that refer to them.
    mutating func loseL1(_ count: Int) {
        branch += 1
        l1.removeLast(count)
        published.removeLast(count)
        let latest = l1[l1.count - 1].header.number
        while blocks[blocks.count - 1].l1Origin.number > latest {
            blocks.removeLast()
            attributes.removeLast()
            sequenced.removeLast()
        }
    }

    /// Makes the next block of the rollup as its sequencer would.
    ///
    /// - Parameter origin: the number of its L1 origin.
    mutating func sequence(origin: UInt64, _ transactions: [[UInt8]] = []) throws {
        let parent = blocks[blocks.count - 1]
        let l1Origin = try L1Origin(l1[Int(origin - 100)], configuration)
        let made = try PayloadAttributes(
            after: parent, origin: l1Origin, systemConfig: &config, sequenced: transactions, configuration)
        attributes.append(made)
        sequenced.append(transactions)
        blocks.append(Self.block(made, parent: parent, origin: l1Origin.reference.id))
    }

    /// Makes blocks as long as the L1 that there is allows, each with one transaction.
    mutating func sequenceAll() throws {
        var dice = Dice(UInt64(blocks.count))
        while true {
            let parent = blocks[blocks.count - 1]
            let time = parent.timestamp + configuration.blockTime
            let next = Int(parent.l1Origin.number + 1 - 100)
            if next < l1.count, l1[next].header.timestamp <= time {
                try sequence(origin: parent.l1Origin.number + 1, [randomTransaction(&dice).encoded])
            } else if next < l1.count {
                try sequence(origin: parent.l1Origin.number, [randomTransaction(&dice).encoded])
            } else {
                return
            }
        }
    }

    /// Takes the rollup's blocks after one off it.
    mutating func removeBlocks(after number: Int) {
        blocks.removeLast(blocks.count - 1 - number)
        attributes.removeLast(attributes.count - number)
        sequenced.removeLast(sequenced.count - number)
    }

    /// Replaces the last blocks of L1 by as many without anything in them.
    mutating func replaceL1(_ count: Int) {
        branch += 1
        l1.removeLast(count)
        for _ in 0..<count { addL1() }
    }

    /// Makes the blocks that call the applications, after the first with the newest L1 block as its origin.
    mutating func dissolve() throws {
        for index in 0..<4 as Range<UInt64> {
            let parent = blocks[blocks.count - 1]
            let origin = try L1Origin(l1[Int(parent.l1Origin.number - 100)], configuration)
            let made = try PayloadAttributes(
                dissolvingAfter: parent, closingOrigin: origin, systemConfig: config, index: index, configuration)
            attributes.append(made)
            sequenced.append([])
            blocks.append(Self.block(made, parent: parent, origin: origin.reference.id))
        }
    }

    static func block(_ made: PayloadAttributes, parent: L2BlockReference, origin: BlockID) -> L2BlockReference {
        let hash = Keccak256.hash(parent.hash.bytes + made.transactions.flatMap { $0 })
        return L2BlockReference(
            number: parent.number + 1, hash: hash, parentHash: parent.hash, timestamp: made.timestamp,
            l1Origin: origin,
            sequenceNumber: origin.number == parent.l1Origin.number ? parent.sequenceNumber + 1 : 0)
    }

    /// The singular batch of a block; the first after genesis is 1.
    func singular(_ number: Int) -> SingularBatch {
        SingularBatch(
            parentHash: blocks[number].parentHash, epoch: blocks[number].l1Origin, timestamp: blocks[number].timestamp,
            transactions: sequenced[number - 1])
    }

    func span(_ numbers: ClosedRange<Int>) throws -> SpanBatch {
        try SpanBatch(
            numbers.map {
                SpanBatch.Block(
                    timestamp: blocks[$0].timestamp, parentHash: blocks[$0].parentHash, l1Origin: blocks[$0].l1Origin,
                    sequenceNumber: blocks[$0].sequenceNumber, transactions: sequenced[$0 - 1])
            }, configuration)
    }

    /// The frames of a channel with these batches.
    mutating func frames(_ batches: [Batch], largest: Int = 100_000) throws -> [Frame] {
        let encoded = try batches.map { try $0.encoded(chainID: configuration.l2ChainID) }
        nextChannel += 1
        return try #require(
            Frame.split(
                storedZlib(ChannelReader.encode(encoded)), channel: ChannelID(high: 0, low: nextChannel),
                largestFrame: largest))
    }

    /// A transaction of the batcher's: one of a kind that needs no signature.
    func batcherTransaction(_ data: [UInt8], from sender: Address = batcher) -> Transaction {
        Transaction(
            kind: .deposit, to: configuration.batchInbox, input: data,
            deposit: Deposit(sourceHash: Hash256(), from: sender))
    }

    /// Adds an L1 block with a channel of these batches in one transaction.
    mutating func publish(_ batches: [Batch]) throws {
        addL1([batcherTransaction(Frame.encodeAll(try frames(batches)))])
    }
}

/// Drives a pipeline through a model's L1.
struct ModelDriver {
    var pipeline: DerivationPipeline
    var derived: [DerivedAttributes] = []
    /// The rollup as it was derived.
    var blocks: [L2BlockReference]
    var askedForL2: [UInt64] = []
    var altDA: [UInt8]?
    /// How the rollup has ended.
    var closed: RollupClosing?
    /// Numbers of blocks whose attributes are found invalid, unless they are of deposits alone.
    var invalid: [UInt64] = []

    init(_ model: RollupModel) {
        pipeline = DerivationPipeline(model.configuration, DerivationStart(genesis: model.configuration.genesis))
        blocks = [model.configuration.genesis.reference]
    }

    /// Goes on until an L1 block is asked for that is not there, or the rollup has ended.
    mutating func run(_ model: RollupModel) throws {
        while true {
            let action = try pipeline.step()
            let again = try pipeline.step()
            #expect(action == again)
            switch action {
            case .closed(let closing):
                closed = closing
                return
            case .needsL1Block(let number, _):
                guard number - 100 < UInt64(model.l1.count) else { return }
                try pipeline.provide(model.l1[Int(number - 100)])
            case .needsBlobs(let references, _):
                try pipeline.provide(blobs: references.map { try #require(model.blobs[$0.versionedHash]) })
            case .needsAltDAData: try pipeline.provide(altDAData: altDA)
            case .needsL2Block(let number):
                askedForL2.append(number)
                try pipeline.provide(l2Block: blocks[Int(number)])
            case .attributes(let attributes):
                if invalid.contains(attributes.parent.number + 1), !attributes.isDepositsOnly {
                    try pipeline.reject()
                    continue
                }
                derived.append(attributes)
                let block = RollupModel.block(
                    attributes.attributes, parent: attributes.parent, origin: attributes.l1Origin)
                blocks.append(block)
                try pipeline.accept(block)
            }
        }
    }
}
