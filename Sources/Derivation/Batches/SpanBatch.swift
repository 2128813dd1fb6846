public import Primitives

/// The first twenty bytes of a block's hash.
public struct HashPrefix: Equatable, Sendable {
    public let bytes: [UInt8]

    public init(_ hash: Hash256) { bytes = Array(hash.bytes[..<20]) }

    init?(reading cursor: inout ByteCursor) {
        guard let read = cursor.read(20) else { return nil }
        bytes = Array(read)
    }

    public func matches(_ hash: Hash256) -> Bool { HashPrefix(hash) == self }
}

/// The sequenced transactions of consecutive blocks (OP Stack specification, Delta, span batches).
public struct SpanBatch: Equatable, Sendable {
    /// Seconds from the rollup's genesis to the first block.
    public let relativeTimestamp: UInt64
    /// The number of the last block's L1 origin.
    public let lastOriginNumber: UInt64
    /// Of the block before the first.
    public let parentCheck: HashPrefix
    /// Of the last block's L1 origin.
    public let originCheck: HashPrefix
    let originBits: Bitlist
    /// Of each block.
    public let transactionCounts: [UInt32]
    /// Of all blocks one after another, in their canonical form.
    public let transactions: [[UInt8]]

    init(
        relativeTimestamp: UInt64, lastOriginNumber: UInt64, parentCheck: HashPrefix, originCheck: HashPrefix,
        originBits: Bitlist, transactionCounts: [UInt32], transactions: [[UInt8]]
    ) {
        self.relativeTimestamp = relativeTimestamp
        self.lastOriginNumber = lastOriginNumber
        self.parentCheck = parentCheck
        self.originCheck = originCheck
        self.originBits = originBits
        self.transactionCounts = transactionCounts
        self.transactions = transactions
    }

    static var version: UInt8 { 1 }

    /// One at least.
    public var blockCount: Int { transactionCounts.count }

    /// Whether block `index` has another L1 origin than the one before it.
    public func changesOrigin(_ index: Int) -> Bool { originBits[index] }

    /// The number of the first block's L1 origin.
    ///
    /// - Complexity: O(*n*) in the blocks.
    public var firstOriginNumber: UInt64 {
        lastOriginNumber &- UInt64(originBits.setCount) &+ (originBits[0] ? 1 : 0)
    }

    /// When block `index` is, seconds since the Unix epoch.
    public func timestamp(_ index: Int, _ configuration: RollupConfiguration) -> UInt64 {
        configuration.genesis.l2Time &+ relativeTimestamp &+ configuration.blockTime &* UInt64(index)
    }
}

extension SpanBatch {
    /// A block to put into a span batch.
    public struct Block: Equatable, Sendable {
        public var timestamp: UInt64
        public var parentHash: Hash256
        public var l1Origin: BlockID
        /// Its place among the blocks with the same L1 origin.
        public var sequenceNumber: UInt64
        /// The sequenced ones, in their canonical form.
        public var transactions: [[UInt8]]

        public init(
            timestamp: UInt64, parentHash: Hash256, l1Origin: BlockID, sequenceNumber: UInt64, transactions: [[UInt8]]
        ) {
            self.timestamp = timestamp
            self.parentHash = parentHash
            self.l1Origin = l1Origin
            self.sequenceNumber = sequenceNumber
            self.transactions = transactions
        }
    }

    /// Why blocks make no span batch.
    public enum BlocksError: Error, Equatable, Sendable {
        case noBlocks
        case tooManyElements
        /// The block is earlier than the genesis.
        case beforeGenesis
        /// The block is not one block time after the one before.
        case timestamp(index: Int)
        /// The L1 origin is neither that of the block before nor the next one, or its place says otherwise.
        case origin(index: Int)
    }

    /// A span batch of consecutive blocks.
    public init(_ blocks: [Block], _ configuration: RollupConfiguration) throws(BlocksError) {
        guard let first = blocks.first, let last = blocks.last else { throw .noBlocks }
        let total = blocks.reduce(0) { $0 + $1.transactions.count }
        guard max(total, blocks.count) <= Int(ProtocolConstant.largestSpanBatch) else { throw .tooManyElements }
        guard first.timestamp >= configuration.genesis.l2Time else { throw .beforeGenesis }
        var bits = Bitlist(count: blocks.count)
        for (index, block) in blocks.enumerated() {
            bits[index] = block.sequenceNumber == 0
            guard index > 0 else { continue }
            let before = blocks[index - 1]
            guard block.timestamp == before.timestamp &+ configuration.blockTime else { throw .timestamp(index: index) }
            let isNext = block.l1Origin.number == before.l1Origin.number &+ 1
            guard block.sequenceNumber == 0 ? isNext : block.l1Origin == before.l1Origin else {
                throw .origin(index: index)
            }
        }
        self.init(
            relativeTimestamp: first.timestamp - configuration.genesis.l2Time, lastOriginNumber: last.l1Origin.number,
            parentCheck: HashPrefix(first.parentHash), originCheck: HashPrefix(last.l1Origin.hash), originBits: bits,
            transactionCounts: blocks.map { UInt32(truncatingIfNeeded: $0.transactions.count) },
            transactions: blocks.flatMap { $0.transactions })
    }
}
