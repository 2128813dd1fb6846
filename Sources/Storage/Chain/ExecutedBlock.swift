public import Primitives
public import StateTransition

/// Which block: of all blocks ever seen only one has the number and the hash.
public struct BlockReference: Equatable, Hashable, Sendable {
    public var number: UInt64
    public var hash: Hash256

    public init(number: UInt64, hash: Hash256) {
        self.number = number
        self.hash = hash
    }

    public init(_ header: BlockHeader) { self.init(number: header.number, hash: header.hash) }

    /// The number and hash as a key.
    var key: Key {
        var key = Key()
        key.append(number)
        key.append(hash)
        return key
    }
}

/// A block with what its execution has come to.
public struct ExecutedBlock: Sendable {
    public var block: Block
    public var hash: Hash256
    /// One for each transaction.
    public var transactionHashes: [Hash256]
    /// One for each transaction.
    public var senders: [Address]
    /// One for each transaction.
    public var receipts: [Receipt]
    public var stateDiff: StateDiff

    /// - Parameters:
    ///   - hash: keccak256 of the header; computed where it is not given, as are those of the transactions.
    public init(
        block: Block, hash: Hash256? = nil, transactionHashes: [Hash256]? = nil, senders: [Address],
        receipts: [Receipt], stateDiff: StateDiff
    ) {
        self.block = block
        self.hash = hash ?? block.header.hash
        self.transactionHashes = transactionHashes ?? block.transactions.map { $0.hash }
        self.senders = senders
        self.receipts = receipts
        self.stateDiff = stateDiff
    }

    public var reference: BlockReference { BlockReference(number: block.header.number, hash: hash) }
}

/// The block that a chain begins with, and the state that it begins with.
public struct GenesisBlock: Sendable {
    public var chainID: UInt64
    public var block: Block
    /// The changes that lead from an empty state to that of the genesis block.
    public var state: StateDiff

    public init(chainID: UInt64, block: Block, state: StateDiff) {
        self.chainID = chainID
        self.block = block
        self.state = state
    }
}
