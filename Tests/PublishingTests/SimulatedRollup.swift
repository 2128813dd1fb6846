import Cryptography
import Derivation
import Primitives
import Publishing
import StateTransition

/// A rollup's sequencer and a node that derives its safe chain from a simulated L1.
struct SimulatedRollup {
    let configuration: RollupConfiguration
    /// How many L1 blocks an origin lies behind L1's head at least.
    var confirmations = 12
    /// The sequencer's chain, genesis first.
    var blocks: [L2BlockReference]
    var sequenced: [[[UInt8]]] = [[]]
    private var configs: [SystemConfig]
    /// The node's safe chain.
    var derived: [L2BlockReference]
    /// Numbers of blocks that were derived otherwise than they were sequenced.
    var deviations: [UInt64] = []
    private var pipeline: DerivationPipeline
    private var dice: Dice
    /// Data of the alt-DA server.
    var stored: [Hash256: [UInt8]] = [:]
    /// Whether the node waits for data that the server does not have, as it does, or passes over them.
    var waits = false
    private var isWaiting = false

    init(_ l1: SimulatedL1, seed: UInt64) {
        configuration = l1.configuration
        blocks = [configuration.genesis.reference]
        configs = [configuration.genesis.systemConfig]
        derived = blocks
        pipeline = DerivationPipeline(configuration, DerivationStart(genesis: configuration.genesis))
        dice = Dice(seed)
    }

    var safeHead: BlockID { derived[derived.count - 1].id }
    var unsafeHead: BlockID { blocks[blocks.count - 1].id }
    var reading: UInt64 { pipeline.reading?.number ?? 0 }
    /// The last L1 block that was read to its end.
    var read: UInt64 { isWaiting ? reading - 1 : reading }

    func load(from number: UInt64, count: Int) -> [UnsafeBlock] {
        let end = min(UInt64(blocks.count), number + UInt64(count))
        return (number..<max(number, end)).map {
            UnsafeBlock(reference: blocks[Int($0)], transactions: sequenced[Int($0)])
        }
    }

    /// Makes blocks up to the time of L1's head.
    mutating func sequence(_ l1: SimulatedL1, transactions: Int, input: Int) throws {
        // What refers to L1 blocks that are gone is gone.
        while blocks.count > 1,
            l1.block(blocks[blocks.count - 1].l1Origin.number)?.hash
                != blocks[blocks.count - 1].l1Origin.hash
        {
            blocks.removeLast()
            sequenced.removeLast()
            configs.removeLast()
        }
        let head = l1.blocks[l1.blocks.count - 1].header
        while true {
            let parent = blocks[blocks.count - 1]
            let time = parent.timestamp + configuration.blockTime
            guard time <= head.timestamp else { return }
            var number = parent.l1Origin.number
            if let next = l1.block(number + 1), next.header.timestamp <= time,
                number + 1 + UInt64(confirmations) <= head.number
            {
                number += 1
            }
            guard let block = l1.block(number) else { return }
            let origin = try L1Origin(block, configuration)
            var config = configs[configs.count - 1]
            let list = (0..<dice.number(below: transactions + 1)).map { _ in dice.transfer(input: input) }
            let made = try PayloadAttributes(
                after: parent, origin: origin, systemConfig: &config, sequenced: list, configuration)
            blocks.append(Self.block(made, parent: parent, origin: origin.reference.id))
            sequenced.append(list)
            configs.append(config)
        }
    }

    private static func block(
        _ made: PayloadAttributes, parent: L2BlockReference, origin: BlockID
    ) -> L2BlockReference {
        let hash = Keccak256.hash(parent.hash.bytes + made.transactions.flatMap { $0 })
        return L2BlockReference(
            number: parent.number + 1, hash: hash, parentHash: parent.hash, timestamp: made.timestamp,
            l1Origin: origin,
            sequenceNumber: origin.number == parent.l1Origin.number ? parent.sequenceNumber + 1 : 0)
    }

    /// Derives as far as L1 goes.
    mutating func derive(_ l1: SimulatedL1) throws {
        if let reading = pipeline.reading, l1.block(reading.number)?.hash != reading.hash {
            pipeline.reset(DerivationStart(genesis: configuration.genesis))
            derived = [configuration.genesis.reference]
        }
        while true {
            switch try pipeline.step() {
            case .closed: return
            case .needsL1Block(let number, _):
                guard let block = l1.block(number) else { return }
                try pipeline.provide(block)
            case .needsBlobs(let references, _):
                try pipeline.provide(blobs: references.map { l1.blobs[$0.versionedHash] ?? [] })
            case .needsAltDAData(let commitment, _):
                let data = commitment.contentHash.flatMap { stored[$0] }
                isWaiting = data == nil && waits
                if isWaiting { return }
                try pipeline.provide(altDAData: data)
            case .needsL2Block(let number): try pipeline.provide(l2Block: derived[Int(number)])
            case .attributes(let attributes):
                let block = Self.block(attributes.attributes, parent: attributes.parent, origin: attributes.l1Origin)
                if Int(block.number) >= blocks.count || blocks[Int(block.number)] != block {
                    deviations.append(block.number)
                }
                derived.append(block)
                try pipeline.accept(block)
            }
        }
    }
}
