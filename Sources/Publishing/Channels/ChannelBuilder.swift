import Cryptography
public import Derivation
import Primitives

/// Gathers blocks until they fill a channel, and makes it: one span batch of all its blocks, compressed.
///
/// How large the blocks become is estimated: signatures stay as they are, and the rest shrinks as it last did. Only what
/// should fill a channel is compressed, and compressed again where it does not; so each byte is compressed a few times at
/// most, however many blocks there are.
public struct ChannelBuilder: Sendable {
    public let configuration: RollupConfiguration
    /// Not in a channel yet, in order.
    public private(set) var blocks: [UnsafeBlock] = []
    /// How many of the first blocks are known not to fill a channel.
    private var tried = 0
    private var attempts = 0
    private var total = Weight()
    /// What becomes of a byte that is not of a signature.
    private var ratio = 0.6

    /// A channel that is made, with the blocks that are in it.
    public struct Product: Sendable {
        /// Version byte and compressed stream.
        public var data: [UInt8]
        public var first: L2BlockReference
        public var last: L2BlockReference
        /// Bytes before compression.
        public var uncompressedCount: Int
        public var transactionCount: Int
    }

    /// What blocks weigh before compression.
    private struct Weight {
        /// Bytes that stay: signatures and their parity, a few for each block.
        var fixed = 0
        /// Bytes that are compressed.
        var rest = 0
        var transactions = 0

        init() {}

        init(_ block: UnsafeBlock) {
            transactions = block.transactions.count
            fixed = 2 + transactions * 64 + transactions / 8
            // Lengths, chain id and signature are not in the columns.
            for transaction in block.transactions { rest += max(8, transaction.count - 72) }
        }

        static func += (left: inout Weight, right: Weight) {
            left.fixed += right.fixed
            left.rest += right.rest
            left.transactions += right.transactions
        }

        static func -= (left: inout Weight, right: Weight) {
            left.fixed -= right.fixed
            left.rest -= right.rest
            left.transactions -= right.transactions
        }

        func size(_ ratio: Double) -> Int { 80 + fixed + Int(Double(rest) * ratio) }
    }

    /// Bytes before compression of a channel at most, far within what derivation takes.
    static let largestInput = 16 << 20
    /// Blocks of a channel at most.
    static let largestBlockCount = 100_000
    /// How often blocks are compressed to see whether they fill a channel.
    private static let largestAttemptCount = 3

    public init(_ configuration: RollupConfiguration) { self.configuration = configuration }

    public var isEmpty: Bool { blocks.isEmpty }

    /// Bytes that all blocks held should be compressed to.
    public var estimatedSize: Int { isEmpty ? 0 : total.size(ratio) }

    /// Bytes of memory that the blocks take, about.
    public var heldBytes: Int { total.fixed + total.rest + blocks.count * 200 }

    /// Takes the next block.
    public mutating func append(_ block: UnsafeBlock) {
        total += Weight(block)
        blocks.append(block)
    }

    /// Forgets all blocks.
    public mutating func removeAll() {
        blocks = []
        total = Weight()
        tried = 0
        attempts = 0
    }

    /// Whether the blocks held should fill a channel of `capacity` bytes, and more have come since it was last tried.
    public func seemsFull(_ capacity: Int) -> Bool {
        guard blocks.count > tried else { return false }
        return estimatedSize >= capacity || total.fixed + total.rest > Self.largestInput
            || blocks.count >= Self.largestBlockCount
    }

    /// A channel of as many of the blocks as fit `capacity` bytes, at least one; its blocks are gone from here.
    ///
    /// - Parameters:
    ///   - quality: Brotli's, 5 to 11.
    ///   - mustClose: whether a channel is wanted though it should not be full.
    /// - Returns: nil where there are no blocks, or they do not fill a channel and need not.
    public mutating func close(
        capacity: Int, quality: Int, mustClose: Bool
    ) throws(PublishingError) -> Product? {
        guard !blocks.isEmpty else { return nil }
        var count = prefix(capacity)
        var made = try product(count, quality)
        var isShrunk = count < blocks.count
        if isShrunk, made.data.count < capacity - capacity / 50 {
            // They shrink more than was thought: more of them fit.
            let better = prefix(capacity - capacity / 256)
            if better > count {
                count = better
                made = try product(count, quality)
            }
        }
        while made.data.count > capacity, count > 1 {
            isShrunk = true
            count = min(prefix(capacity - capacity / 256), count - max(1, count / 64))
            made = try product(count, quality)
        }
        let isFull = isShrunk || made.data.count >= capacity - capacity / 50 || count >= Self.largestBlockCount
        attempts += 1
        let isOver = total.fixed + total.rest > Self.largestInput
        guard mustClose || isFull || isOver || attempts >= Self.largestAttemptCount else {
            tried = blocks.count
            return nil
        }
        for block in blocks[..<count] { total -= Weight(block) }
        blocks.removeFirst(count)
        tried = 0
        attempts = 0
        return made
    }

    /// How many of the first blocks should fit.
    private func prefix(_ capacity: Int) -> Int {
        var sum = Weight()
        var count = 0
        for block in blocks.prefix(Self.largestBlockCount) {
            sum += Weight(block)
            if count > 0, sum.size(ratio) > capacity || sum.fixed + sum.rest > Self.largestInput { break }
            count += 1
        }
        return count
    }

    private mutating func product(_ count: Int, _ quality: Int) throws(PublishingError) -> Product {
        let chosen = blocks[..<count]
        guard let first = chosen.first?.reference, let last = chosen.last?.reference else {
            throw .blocks(.noBlocks, first: 0, last: 0)
        }
        let batch: SpanBatch
        do throws(SpanBatch.BlocksError) {
            batch = try SpanBatch(chosen.map { $0.spanBlock }, configuration)
        } catch {
            throw .blocks(error, first: first.number, last: last.number)
        }
        let encoded: [UInt8]
        do throws(BatchError) {
            encoded = try batch.encoded(chainID: configuration.l2ChainID)
        } catch {
            throw .transaction(error, first: first.number, last: last.number)
        }
        let stream = ChannelReader.encode([encoded])
        let prefix = stream.count - encoded.count
        let signatures = batch.signatureRange
        let data = ChannelCompressor.compress(
            stream, storing: prefix + signatures.lowerBound..<prefix + signatures.upperBound, quality: quality)
        var weight = Weight()
        for block in chosen { weight += Weight(block) }
        if weight.rest > 4_096 {
            ratio = min(max(Double(data.count - 80 - weight.fixed) / Double(weight.rest), 0.001), 1.2)
        }
        return Product(
            data: data, first: first, last: last, uncompressedCount: stream.count,
            transactionCount: batch.transactions.count)
    }
}
