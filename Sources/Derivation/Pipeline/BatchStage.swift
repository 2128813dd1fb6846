import Primitives

/// Judges batches and turns them into the next block's, or makes an empty one where none came in time (OP Stack
/// specification, Holocene, batch queue).
struct BatchStage: Sendable {
    let configuration: RollupConfiguration
    /// The L1 origin of the safe head, or the one after it, and those that follow up to the block that is read.
    private(set) var origins: [L1Origin] = []
    /// How the rollup ends: set when the last of `origins` is the L1 block that closes it.
    private var closing: RollupClosing?
    /// The hashes of the L1 blocks after that one, which no block has as its origin.
    private var laterHashes: [Hash256] = []
    private var span: SpanBatchCursor?
    /// A span batch that cannot be judged without an earlier block.
    private var waiting: (batch: SpanBatch, parentNumber: UInt64)?

    init(_ configuration: RollupConfiguration) { self.configuration = configuration }

    /// Takes note of the L1 block that is read now.
    mutating func append(_ origin: L1Origin, safeHead: L2BlockReference) {
        if origin.reference.number < safeHead.l1Origin.number {
            origins = []
        } else {
            origins.append(origin)
        }
        if let found = origin.closing { closing = found }
    }

    /// Takes note of an L1 block after the one that closes the rollup.
    mutating func append(later hash: Hash256) { laterHashes.append(hash) }

    mutating func flush() {
        span = nil
        waiting = nil
    }

    /// The origin with a number, where it is held.
    func origin(_ number: UInt64) -> L1Origin? {
        guard let first = origins.first?.reference.number, number >= first, number - first < UInt64(origins.count)
        else { return nil }
        return origins[Int(number - first)]
    }

    /// The batch of the block after `safeHead`.
    ///
    /// - Parameter reading: the L1 block that `source` reads.
    mutating func next(
        _ source: inout BatchSource, safeHead: L2BlockReference, reading: L1BlockReference
    ) throws(DerivationError) -> Pulled<SingularBatch> {
        prune(to: safeHead.l1Origin.number)
        if reading.number <= safeHead.l1Origin.number { return drain(&source) }
        while true {
            guard let current = origins.first?.reference,
                origins.count >= 2 || current.number == closing?.closingBlock,
                current.id == safeHead.l1Origin || current.number == safeHead.l1Origin.number &+ 1
            else { throw .originsDoNotFollowSafeHead }
            switch candidate(&source, safeHead: safeHead, inclusion: reading.number) {
            case .needs(let action): return .needs(action)
            case .exhausted:
                switch emptyBatch(after: safeHead, reading: reading.number) {
                case .batch(let batch): return .value(batch)
                case .nextEpoch: continue
                case .none: return .exhausted
                }
            case .value(let batch):
                guard let batch else { continue }
                var validity = batch.validity(
                    after: safeHead, origins: origins, inclusion: reading.number, configuration)
                if validity == .undecided, let closing, batch.epoch.number > closing.closingBlock { validity = .drop }
                if validity == .accept { return .value(batch) }
                if validity == .drop {
                    flush()
                    source.flushChannel()
                }
            }
        }
    }

    private mutating func prune(to number: UInt64) {
        guard let first = origins.first?.reference.number, number > first else { return }
        guard number - first < UInt64(origins.count) else { return }
        origins.removeFirst(Int(number - first))
    }

    /// Passes over the batches of L1 blocks that cannot have one for the next block.
    private func drain(_ source: inout BatchSource) -> Pulled<SingularBatch> {
        while true {
            switch source.next() {
            case .value: continue
            case .exhausted: return .exhausted
            case .needs(let action): return .needs(action)
            }
        }
    }

    /// The next batch to judge; nil where a span batch gave none.
    private mutating func candidate(
        _ source: inout BatchSource, safeHead: L2BlockReference, inclusion: UInt64
    ) -> Pulled<SingularBatch?> {
        if let waiting { return .needs(.needsL2Block(number: waiting.parentNumber)) }
        if let batch = span?.next(parent: safeHead, origins: origins, configuration) { return .value(batch) }
        span = nil
        switch source.next() {
        case .exhausted: return .exhausted
        case .needs(let action): return .needs(action)
        case .value(.singular(let batch)): return .value(batch)
        case .value(.span(let batch)):
            switch batch.parent(safeHead: safeHead, configuration) {
            case .judged(let validity): if validity == .drop { source.flushChannel() }
            case .safeHead: judge(batch, parent: safeHead, safeHead: safeHead, inclusion: inclusion, &source)
            case .earlier(let number): waiting = (batch, number)
            }
            return .value(nil)
        }
    }

    private mutating func judge(
        _ batch: SpanBatch, parent: L2BlockReference, safeHead: L2BlockReference, inclusion: UInt64,
        _ source: inout BatchSource
    ) {
        let validity = batch.validity(
            parent: parent, origins: origins, laterHashes: laterHashes, inclusion: inclusion, configuration)
        switch validity {
        case .accept:
            span = SpanBatchCursor(batch, after: safeHead.timestamp, origins: origins, configuration)
            if span == nil { source.flushChannel() }
        case .drop: source.flushChannel()
        case .past, .undecided: break
        }
    }

    /// Takes the earlier block that was asked for; nil where the safe chain has none.
    mutating func provide(
        _ block: L2BlockReference?, _ source: inout BatchSource, safeHead: L2BlockReference, inclusion: UInt64
    ) throws(DerivationError) {
        guard let waiting else { throw .unexpectedInput }
        if let block, block.number != waiting.parentNumber {
            throw .wrongL2Block(expectedNumber: waiting.parentNumber)
        }
        self.waiting = nil
        if let block {
            judge(waiting.batch, parent: block, safeHead: safeHead, inclusion: inclusion, &source)
        } else {
            source.flushChannel()
        }
    }

    private enum Empty {
        case batch(SingularBatch)
        /// The epoch has all its blocks: the next one is looked at.
        case nextEpoch
        case none
    }

    /// A batch without transactions, where the sequencing window of the epoch is over, or no batch counts any more as the
    /// rollup ends.
    private mutating func emptyBatch(after safeHead: L2BlockReference, reading: UInt64) -> Empty {
        guard let epoch = origins.first?.reference else { return .none }
        // The last one has a first block and no others.
        let isLast = epoch.number == closing?.closingBlock
        guard isLast || origins.count >= 2 else { return .none }
        let (expiry, overflow) = epoch.number.addingReportingOverflow(configuration.sequencingWindow)
        let isDrained = closing.map { $0.drainEnd <= reading } ?? false
        guard isDrained || (!overflow && expiry <= reading) else { return .none }
        let time = safeHead.timestamp &+ configuration.blockTime
        let isFirst = epoch.number == safeHead.l1Origin.number &+ 1
        if isFirst || (!isLast && time < origins[1].reference.timestamp) {
            return .batch(
                SingularBatch(parentHash: safeHead.hash, epoch: epoch.id, timestamp: time, transactions: []))
        }
        guard !isLast else { return .none }
        origins.removeFirst()
        return .nextEpoch
    }
}
