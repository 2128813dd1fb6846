public import EVM
import Primitives
public import StateTransition
public import Storage

/// What a chain begins with: its rules, its first block, and the state that it begins with.
public struct Genesis: Sendable {
    public var configuration: ChainConfiguration
    /// The first block's header. Its state root, and what upgrades that are active from the start add to a header, are
    /// filled in by `block`.
    public var header: BlockHeader
    /// What leads from an empty state to the first.
    public var state: StateDiff

    public init(configuration: ChainConfiguration, header: BlockHeader, state: StateDiff) {
        self.configuration = configuration
        self.header = header
        self.state = state
    }

    /// The rules of the first block.
    public var revision: Revision {
        configuration.revision(number: header.number, timestamp: header.timestamp, parentTotalDifficulty: .zero)
    }

    /// The first block.
    ///
    /// - Complexity: O(*n*) hashes in the state.
    public var block: Block {
        get throws(StateError) {
            let empty = MemoryState()
            let revision = revision
            let upgrade = configuration.opStack?.upgrade(timestamp: header.timestamp)
            var header = header
            header.stateRoot = try empty.root(after: state)
            if revision >= .london { header.baseFee = header.baseFee ?? BaseFeeParameters.initialFee }
            if revision >= .shanghai { header.withdrawalsRoot = EmptyHash.trieRoot }
            if revision >= .cancun {
                header.blobGasUsed = header.blobGasUsed ?? 0
                header.excessBlobGas = header.excessBlobGas ?? 0
                header.parentBeaconBlockRoot = header.parentBeaconBlockRoot ?? Hash256()
            }
            if revision >= .prague { header.requestsHash = EmptyHash.requests }
            if let upgrade, upgrade >= .isthmus {
                header.withdrawalsRoot = try empty.storageRoot(Predeploy.messagePasser, after: state)
            }
            return Block(header: header, withdrawals: revision >= .shanghai ? [] : nil)
        }
    }

    /// What a database begins with.
    public var genesisBlock: GenesisBlock {
        get throws(StateError) { GenesisBlock(chainID: configuration.chainID, block: try block, state: state) }
    }
}
