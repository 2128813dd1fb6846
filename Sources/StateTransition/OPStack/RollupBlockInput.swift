import EVM
import Trie

/// All that making one block of a rollup takes: whoever has it needs no database, and needs to trust only the hash of
/// the parent block and the chain's rules.
public struct RollupBlockInput: Equatable, Sendable {
    public var chainID: UInt64
    public var opStack: OPStackConfiguration
    /// The parent of the block to make, its parent, and so on as far as the block asks for hashes (BLOCKHASH); never
    /// empty.
    public var headers: [BlockHeader]
    public var attributes: RollupAttributes
    /// The trie nodes and codes that the block reads, in any order. They go by their hashes, so that a wrong one is a
    /// missing one.
    public var preimages: [[UInt8]]

    public init(
        chainID: UInt64, opStack: OPStackConfiguration, headers: [BlockHeader], attributes: RollupAttributes,
        preimages: [[UInt8]]
    ) {
        self.chainID = chainID
        self.opStack = opStack
        self.headers = headers
        self.attributes = attributes
        self.preimages = preimages
    }

    /// Makes the block.
    ///
    /// - Throws: `invalid(.state(...))` where the witness lacks what the block reads: the block is then neither right nor
    ///   wrong.
    public func execute() throws(RollupAttributesError) -> BuiltBlock {
        guard let parent = headers.first else { throw .noParent }
        let state = WitnessState(
            witness: WitnessNodeSource(preimages: preimages), headers: headers, seed: attributes.seed(on: parent))
        let builder = RollupBlockBuilder(chain: .rollup(chainID: chainID, opStack: opStack))
        return try builder.build(attributes, on: parent, source: state)
    }
}

extension ChainConfiguration {
    /// A chain of the OP Stack, whose upgrades bring mainnet's rules with them.
    public static func rollup(chainID: UInt64, opStack: OPStackConfiguration) -> ChainConfiguration {
        var upgrades = [Upgrade(.paris, .timestamp(0))]
        for activation in opStack.activations where activation.upgrade.revision > upgrades[upgrades.count - 1].revision
        {
            upgrades.append(Upgrade(activation.upgrade.revision, .timestamp(activation.timestamp)))
        }
        return ChainConfiguration(chainID: chainID, upgrades: upgrades, opStack: opStack)
    }
}
