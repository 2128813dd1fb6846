import Primitives
import StateTransition

/// Derives a rollup's blocks from L1 (OP Stack specification, derivation, with the rules of Jovian from genesis).
///
/// A state machine without I/O: `step` says what it needs or gives attributes, the driver gives what was asked for and
/// steps again. The same inputs give the same blocks. After an error of severity `reset` the driver finds a
/// `DerivationStart` that L1 as it now is agrees with, and calls `reset`; after `retry` it gives the same thing again.
///
/// It holds one channel, one span batch, and what the blocks of a sequencing window give.
///
/// Where the configuration names a lifecycle contract, the rollup may end (`RollupClosing`).
public struct DerivationPipeline: Sendable {
    public let configuration: RollupConfiguration
    /// The last block derived.
    public private(set) var safeHead: L2BlockReference
    /// What holds in `safeHead`.
    public private(set) var systemConfig: SystemConfig
    /// The L1 block that is read; nil before the first.
    public private(set) var reading: L1BlockReference?
    /// How the rollup ends, as soon as the L1 block was read that closes it; nil before, and for a rollup without end.
    public private(set) var closing: RollupClosing?
    private var base: BlockID
    /// What holds at the L1 block that is read.
    private var readingConfig: SystemConfig
    private var source: BatchSource
    private var stage: BatchStage
    private var pending: (derived: DerivedAttributes, config: SystemConfig)?
    private var needsL1Block = true

    public init(_ configuration: RollupConfiguration, _ start: DerivationStart) {
        self.configuration = configuration
        safeHead = start.safeHead
        systemConfig = start.safeHeadConfig
        base = start.base
        readingConfig = start.baseConfig
        source = BatchSource(configuration)
        stage = BatchStage(configuration)
    }

    /// Forgets everything, and begins anew.
    public mutating func reset(_ start: DerivationStart) { self = DerivationPipeline(configuration, start) }

    /// Goes on as far as it can without anything new.
    ///
    /// Stepping again without giving anything says the same again.
    public mutating func step() throws(DerivationError) -> DerivationAction {
        if let pending { return .attributes(pending.derived) }
        guard let reading, !needsL1Block else { return nextL1Block }
        if let closing, safeHead.l1Origin.number >= closing.closingBlock { return try end(closing, reading) }
        switch try stage.next(&source, safeHead: safeHead, reading: reading) {
        case .needs(let action): return action
        case .exhausted:
            needsL1Block = true
            return nextL1Block
        case .value(let batch):
            let derived = try attributes(of: batch, reading)
            pending = derived
            return .attributes(derived.derived)
        }
    }

    /// Goes on after the last ordinary block: no sooner than with the last L1 block whose batches count, so that the end is
    /// final when that is, and is the same however often derivation began anew.
    private mutating func end(
        _ closing: RollupClosing, _ reading: L1BlockReference
    ) throws(DerivationError) -> DerivationAction {
        guard reading.number >= closing.drainEnd else {
            needsL1Block = true
            return nextL1Block
        }
        guard case .dissolution(let index) = closing.successor(of: safeHead) else { return .closed(closing) }
        guard let origin = stage.origin(closing.closingBlock) else { throw .originsDoNotFollowSafeHead }
        let attributes = try PayloadAttributes(
            dissolvingAfter: safeHead, closingOrigin: origin, systemConfig: systemConfig, index: index, configuration)
        let derived = DerivedAttributes(
            attributes: attributes, parent: safeHead, l1Origin: origin.reference.id,
            sequenceNumber: safeHead.sequenceNumber &+ 1, derivedFrom: reading, isDepositsOnly: true)
        pending = (derived, systemConfig)
        return .attributes(derived)
    }

    private var nextL1Block: DerivationAction {
        guard let reading else { return .needsL1Block(number: base.number, parent: nil) }
        return .needsL1Block(number: reading.number &+ 1, parent: reading.id)
    }

    private func attributes(
        of batch: SingularBatch, _ reading: L1BlockReference
    ) throws(DerivationError) -> (derived: DerivedAttributes, config: SystemConfig) {
        guard let origin = stage.origin(batch.epoch.number), batch.parentHash == safeHead.hash else {
            throw .originsDoNotFollowSafeHead
        }
        var config = systemConfig
        let attributes = try PayloadAttributes(
            after: safeHead, origin: origin, systemConfig: &config, sequenced: batch.transactions, configuration)
        let isFirst = safeHead.l1Origin.number != batch.epoch.number
        let derived = DerivedAttributes(
            attributes: attributes, parent: safeHead, l1Origin: batch.epoch,
            sequenceNumber: isFirst ? 0 : safeHead.sequenceNumber &+ 1, derivedFrom: reading,
            isDepositsOnly: batch.transactions.isEmpty)
        return (derived, config)
    }

    // MARK: What the driver gives

    /// Takes the L1 block that was asked for.
    ///
    /// - Throws: `reorganised` where it does not follow the one before.
    public mutating func provide(_ block: L1Block) throws(DerivationError) {
        guard needsL1Block else { throw .unexpectedInput }
        if let reading {
            guard block.header.number == reading.number &+ 1, block.header.parentHash == reading.hash else {
                throw .reorganised(expectedParent: reading.id)
            }
        } else {
            guard block.header.number == base.number, block.hash == base.hash else {
                throw .wrongBase(expected: base)
            }
        }
        if let closing, block.header.number > closing.closingBlock {
            // No block has it as its origin: only its batches count.
            for log in block.configLogs(configuration) { readingConfig.apply(log) }
            stage.append(later: block.hash)
        } else {
            try append(block)
        }
        reading = block.reference
        needsL1Block = false
        source.begin(
            block.reference,
            BatcherData.find(in: block.transactions, batcher: readingConfig.batcher, configuration))
    }

    /// Takes note of a block that blocks of the rollup can have as their origin.
    private mutating func append(_ block: L1Block) throws(DerivationError) {
        let origin: L1Origin
        do throws(DepositLogError) {
            origin = try L1Origin(block, configuration)
        } catch {
            throw .malformedDeposit(block.reference.id, error)
        }
        // The base's own updates are in what holds there.
        if reading != nil { for log in origin.configLogs { readingConfig.apply(log) } }
        if let found = origin.closing { closing = found }
        stage.append(origin, safeHead: safeHead)
    }

    /// Takes the blobs that were asked for, each checked against its versioned hash.
    public mutating func provide(blobs: [[UInt8]]) throws(DerivationError) { try source.provide(blobs: blobs) }

    /// Takes the data that were asked for; nil where they are not to be had any more, and derivation is to go on without.
    public mutating func provide(altDAData data: [UInt8]?) throws(DerivationError) {
        try source.provide(altDAData: data)
    }

    /// Takes the block of the safe chain that was asked for; nil where there is none.
    public mutating func provide(l2Block block: L2BlockReference?) throws(DerivationError) {
        guard let reading else { throw .unexpectedInput }
        try stage.provide(block, &source, safeHead: safeHead, inclusion: reading.number)
    }

    /// Says that the block of the attributes was made, or was there already: it is the new safe head.
    public mutating func accept(_ block: L2BlockReference) throws(DerivationError) {
        guard let pending else { throw .unexpectedInput }
        let expected = pending.derived
        guard block.number == safeHead.number &+ 1, block.parentHash == safeHead.hash,
            block.timestamp == expected.attributes.timestamp, block.l1Origin == expected.l1Origin,
            block.sequenceNumber == expected.sequenceNumber
        else { throw .wrongBlock(expectedNumber: safeHead.number &+ 1) }
        systemConfig = pending.config
        safeHead = block
        self.pending = nil
    }

    /// Says that no valid block has the attributes: the next ones are the same with deposits only (Holocene).
    ///
    /// - Throws: `depositsOnlyInvalid` where they were of deposits only.
    public mutating func reject() throws(DerivationError) {
        guard var replaced = pending else { throw .unexpectedInput }
        guard !replaced.derived.isDepositsOnly else { throw .depositsOnlyInvalid }
        replaced.derived.attributes = replaced.derived.attributes.depositsOnly
        replaced.derived.isDepositsOnly = true
        pending = replaced
        stage.flush()
        source.flushChannel()
    }
}
