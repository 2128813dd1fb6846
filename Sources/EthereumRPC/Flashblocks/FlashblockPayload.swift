public import Blockchain
public import Primitives
public import StateTransition

/// One message of the Flashblocks stream (OP Stack specification, flashblocks: `FlashblocksPayloadV1`).
public struct FlashblockPayload: Sendable, Equatable {
    /// What is known of a block when it is opened (`ExecutionPayloadBaseV1`).
    public struct Base: Sendable, Equatable {
        public var parentBeaconBlockRoot: Hash256
        public var parentHash: Hash256
        public var feeRecipient: Address
        public var randomness: Hash256
        public var number: UInt64
        public var gasLimit: UInt64
        /// Seconds since the Unix epoch.
        public var timestamp: UInt64
        public var extraData: [UInt8]
        /// Wei a gas.
        public var baseFee: UInt256
    }

    /// What a sub-block adds (`ExecutionPayloadFlashblockDeltaV1`); all but the transactions are of the block so far.
    public struct Difference: Sendable, Equatable {
        /// Zero until the block is sealed, as are the other roots and the hash.
        public var stateRoot = Hash256()
        public var receiptsRoot = Hash256()
        public var logsBloom = LogsBloom()
        public var gasUsed: UInt64 = 0
        public var blockHash = Hash256()
        /// Canonical forms of those that this sub-block adds.
        public var transactions: [[UInt8]] = []
        public var withdrawalsRoot = Hash256()
        /// The data footprint since Jovian.
        public var blobGasUsed: UInt64?
    }

    /// Eight bytes; the same in all messages about a block.
    public var id: UInt64
    public var index: UInt64
    /// In the first message only.
    public var base: Base?
    public var difference: Difference
    public var blockNumber: UInt64

    /// Whether this is the last message about its block, which says what the block has come to.
    public var isLast: Bool { difference.blockHash != Hash256() }
}

extension FlashblockPayload {
    /// The message about a sub-block.
    public init(_ subBlock: SubBlock, of block: OpenBlock) {
        let header = block.header
        var difference = Difference()
        difference.gasUsed = subBlock.gasUsed
        difference.logsBloom = subBlock.logsBloom
        difference.transactions = subBlock.encoded
        difference.blobGasUsed = header.excessBlobGas == nil ? nil : subBlock.dataFootprint &+ subBlock.blobGasUsed
        self.init(
            id: block.id, index: UInt64(subBlock.index), base: subBlock.index == 0 ? Base(header) : nil,
            difference: difference, blockNumber: header.number)
    }

    /// The message that a block was sealed; it adds no transaction.
    ///
    /// - Parameter index: the number of sub-blocks before.
    public init(sealed: SealedBlock, of block: OpenBlock, index: Int) {
        let header = sealed.header
        var difference = Difference()
        difference.stateRoot = header.stateRoot
        difference.receiptsRoot = header.receiptsRoot
        difference.logsBloom = header.logsBloom
        difference.gasUsed = header.gasUsed
        difference.blockHash = sealed.hash
        difference.withdrawalsRoot = header.withdrawalsRoot ?? Hash256()
        difference.blobGasUsed = header.blobGasUsed
        self.init(
            id: block.id, index: UInt64(index), base: nil, difference: difference, blockNumber: header.number)
    }
}

extension FlashblockPayload.Base {
    /// What is known of the header of a block that is opened.
    public init(_ header: BlockHeader) {
        self.init(
            parentBeaconBlockRoot: header.parentBeaconBlockRoot ?? Hash256(), parentHash: header.parentHash,
            feeRecipient: header.coinbase, randomness: header.mixHash, number: header.number,
            gasLimit: header.gasLimit, timestamp: header.timestamp, extraData: header.extraData,
            baseFee: header.baseFee ?? 0)
    }
}
