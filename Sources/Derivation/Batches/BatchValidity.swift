import Primitives

/// What comes of a batch (OP Stack specification, derivation, batch queue; Holocene).
public enum BatchValidity: Equatable, Sendable {
    /// Becomes the next block.
    case accept
    /// Invalid, and with it the rest of its channel.
    case drop
    /// Brings nothing new; the channel goes on.
    case past
    /// Cannot be judged; it is passed over.
    case undecided
}

extension SingularBatch {
    /// Judges the batch as the next after `safeHead`.
    ///
    /// - Parameters:
    ///   - origins: the L1 origin of the safe head, or the one after it, and those that follow up to `inclusion`.
    ///   - inclusion: the number of the L1 block that completed the batch's channel.
    func validity(
        after safeHead: L2BlockReference, origins: [L1Origin], inclusion: UInt64, _ configuration: RollupConfiguration
    ) -> BatchValidity {
        guard let current = origins.first?.reference else { return .undecided }
        let expected = safeHead.timestamp &+ configuration.blockTime
        if timestamp > expected { return .drop }
        if timestamp < expected { return .past }
        guard parentHash == safeHead.hash else { return .drop }
        let (lastInclusion, overflow) = epoch.number.addingReportingOverflow(configuration.sequencingWindow)
        guard overflow || lastInclusion >= inclusion else { return .drop }
        let next = origins.count > 1 ? origins[1].reference : nil
        let origin: L1BlockReference
        if epoch.number == current.number {
            origin = current
        } else if epoch.number == current.number &+ 1 {
            guard let next else { return .undecided }
            origin = next
        } else {
            return .drop
        }
        guard epoch.hash == origin.hash, timestamp >= origin.timestamp else { return .drop }
        if timestamp - origin.timestamp > ProtocolConstant.sequencerDrift {
            // So late a block may only keep the rollup's time from falling behind that of L1.
            guard transactions.isEmpty else { return .drop }
            if origin.number == current.number {
                guard let next else { return .undecided }
                if timestamp >= next.timestamp { return .drop }
            }
        }
        for transaction in transactions {
            guard let first = transaction.first, SpanBatchTransaction.isCarried(firstByte: first) else { return .drop }
        }
        return .accept
    }
}

extension SpanBatch {
    /// What must be known before a span batch can be judged.
    enum Parent: Equatable {
        /// There can be no such block, or the batch is judged without it.
        case judged(BatchValidity)
        case safeHead
        /// A block before the safe head.
        case earlier(number: UInt64)
    }

    /// The block that the first of the batch follows.
    func parent(
        safeHead: L2BlockReference, _ configuration: RollupConfiguration
    ) -> Parent {
        let expected = safeHead.timestamp &+ configuration.blockTime
        let start = timestamp(0, configuration)
        if start > expected { return .judged(.drop) }
        if timestamp(blockCount - 1, configuration) < expected { return .judged(.past) }
        if start == expected { return .safeHead }
        guard start <= safeHead.timestamp, (safeHead.timestamp - start) % configuration.blockTime == 0 else {
            return .judged(.drop)
        }
        let back = (safeHead.timestamp - start) / configuration.blockTime + 1
        guard back <= safeHead.number, safeHead.number - back >= configuration.genesis.l2.number else {
            return .judged(.drop)
        }
        return .earlier(number: safeHead.number - back)
    }

    /// Judges the batch as a whole (Holocene, span batches).
    ///
    /// - Parameters:
    ///   - parent: the block that the first of the batch follows.
    ///   - origins: the L1 origin of the safe head, or the one after it, and those that follow.
    ///   - laterHashes: of the L1 blocks after those, where the rollup ends with the last of them: a batch may go on beyond
    ///     the end, and counts up to it.
    func validity(
        parent: L2BlockReference, origins: [L1Origin], laterHashes: [Hash256], inclusion: UInt64,
        _ configuration: RollupConfiguration
    ) -> BatchValidity {
        guard let current = origins.first?.reference, let latest = origins.last?.reference else { return .undecided }
        guard parentCheck.matches(parent.hash) else { return .drop }
        let start = firstOriginNumber
        let (lastInclusion, overflow) = start.addingReportingOverflow(configuration.sequencingWindow)
        guard overflow || lastInclusion >= inclusion else { return .drop }
        guard start <= parent.l1Origin.number &+ 1 else { return .drop }
        guard lastOriginNumber >= current.number else { return .undecided }
        let lastHash: Hash256
        if lastOriginNumber <= latest.number {
            lastHash = origins[Int(lastOriginNumber - current.number)].reference.hash
        } else {
            guard lastOriginNumber - latest.number <= UInt64(laterHashes.count) else { return .undecided }
            lastHash = laterHashes[Int(lastOriginNumber - latest.number) - 1]
        }
        guard originCheck.matches(lastHash) else { return .drop }
        return start < parent.l1Origin.number ? .drop : .accept
    }
}

/// Takes the blocks of a valid span batch one after another.
struct SpanBatchCursor: Sendable {
    let batch: SpanBatch
    private var index = 0
    private var transactionIndex = 0
    /// Of the block before.
    private var originNumber: UInt64

    /// Begins at the first block later than `time`; nil where it has an L1 origin before the first of `origins`.
    init?(
        _ batch: SpanBatch, after time: UInt64, origins: [L1Origin], _ configuration: RollupConfiguration
    ) {
        self.batch = batch
        originNumber = batch.firstOriginNumber &- (batch.changesOrigin(0) ? 1 : 0)
        while index < batch.blockCount, batch.timestamp(index, configuration) <= time { _ = advance() }
        guard let first = origins.first?.reference.number, index < batch.blockCount else { return nil }
        let number = originNumber &+ (batch.changesOrigin(index) ? 1 : 0)
        guard number >= first else { return nil }
    }

    private mutating func advance() -> Range<Int> {
        if batch.changesOrigin(index) { originNumber &+= 1 }
        let start = transactionIndex
        transactionIndex += Int(batch.transactionCounts[index])
        index += 1
        return start..<transactionIndex
    }

    /// The next block as a batch of its own on `parent`; nil at the end.
    mutating func next(
        parent: L2BlockReference, origins: [L1Origin], _ configuration: RollupConfiguration
    ) -> SingularBatch? {
        guard index < batch.blockCount else { return nil }
        let time = batch.timestamp(index, configuration)
        let range = advance()
        var hash = Hash256()
        // An origin that is no longer held is too old for the batch, whatever its hash.
        if let first = origins.first?.reference.number, originNumber >= first,
            originNumber - first < UInt64(origins.count)
        {
            hash = origins[Int(originNumber - first)].reference.hash
        }
        return SingularBatch(
            parentHash: parent.hash, epoch: BlockID(number: originNumber, hash: hash), timestamp: time,
            transactions: Array(batch.transactions[range]))
    }
}
