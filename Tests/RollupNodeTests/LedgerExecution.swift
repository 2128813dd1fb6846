import Cryptography
import Derivation
import Layers
import Primitives
import StateTransition

/// A chain without an EVM: a block is what derivation says of it, under a hash of its attributes.
actor LedgerExecution: ExecutionLayer {
    private let genesis: RollupConfiguration.Genesis
    private var blocks: [L2BlockReference]
    private var marks: (safe: BlockID?, finalized: BlockID?)

    init(_ configuration: RollupConfiguration) {
        genesis = configuration.genesis
        blocks = [genesis.reference]
    }

    var all: [L2BlockReference] { blocks }

    func heads() throws(LayerError) -> ExecutionHeads {
        ExecutionHeads(head: blocks[blocks.count - 1].id, safe: marks.safe, finalized: marks.finalized)
    }

    func block(_ number: UInt64) throws(LayerError) -> L2BlockReference? {
        guard number >= genesis.l2.number, number - genesis.l2.number < UInt64(blocks.count) else { return nil }
        return blocks[Int(number - genesis.l2.number)]
    }

    func contains(_ block: BlockID) throws(LayerError) -> Bool { try self.block(block.number)?.id == block }

    // Nobody changes it in these tests.
    func systemConfig(of block: BlockID) throws(LayerError) -> SystemConfig { genesis.systemConfig }

    // Nothing is executed, so that nothing comes of it.
    func output(of number: UInt64) throws(LayerError) -> ExecutedOutput? { nil }

    func apply(_ derived: DerivedAttributes) throws(LayerError) -> AppliedAttributes {
        guard try contains(derived.parent.id) else {
            throw LayerError(.execution, .reset, "block \(derived.parent.number) is not on the ledger")
        }
        let hash = Keccak256.hash(derived.parent.hash.bytes + derived.attributes.transactions.joined())
        let made = L2BlockReference(
            number: derived.parent.number + 1, hash: hash, parentHash: derived.parent.hash,
            timestamp: derived.attributes.timestamp, l1Origin: derived.l1Origin, sequenceNumber: derived.sequenceNumber)
        if try block(made.number) == made { return .present(made) }
        try rewind(to: derived.parent.number)
        blocks.append(made)
        return .made(made)
    }

    func insert(_ blocks: [Block], movingHeadFrom head: BlockID) throws(LayerError) {
        throw LayerError(.execution, .fatal, "the ledger takes no blocks of others")
    }

    func mark(safe: BlockID, finalized: BlockID) throws(LayerError) {
        guard try contains(safe), try contains(finalized) else {
            throw LayerError(.execution, .reset, "block \(safe.number) is not on the ledger")
        }
        marks = (safe, finalized)
    }

    /// Loses everything.
    func forget() {
        blocks = [genesis.reference]
        marks = (nil, nil)
    }

    func rewind(to number: UInt64) throws(LayerError) {
        blocks.removeLast(blocks.count - 1 - Int(number - genesis.l2.number))
    }
}
