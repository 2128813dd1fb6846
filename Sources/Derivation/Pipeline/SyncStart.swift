public import Primitives

/// Finds where derivation begins again after a reorganisation of L1 or a restart (OP Stack specification, derivation,
/// finding the sync starting point), by asking for blocks of the rollup from its safe head back.
///
/// A state machine without I/O: `action` says what it needs or has found, the driver gives it and looks again.
public struct SyncStart: Sendable {
    /// What the search asks for, or has found.
    public enum Action: Equatable, Sendable {
        /// Give the hash of the L1 block with this number.
        case needsL1Hash(number: UInt64)
        /// Give the block of the rollup with this number.
        case needsL2Block(number: UInt64)
        /// Begin with this safe head. The base is the L1 origin of `baseBlock`, in which what holds there can be read.
        case found(safeHead: L2BlockReference, baseBlock: L2BlockReference)
    }

    /// How far the search is.
    private enum Phase: Equatable, Sendable {
        /// For a block whose L1 origin is canonical.
        case canonical
        /// For the parent of a block whose L1 origin is not canonical.
        case orphaned
        /// For the end of the epoch before a sequencing window: what is older cannot have come from blocks that L1 lost.
        case window(highest: UInt64)
        /// For a block whose L1 origin is a channel timeout before the safe head's.
        case base(safeHead: L2BlockReference)
    }

    private let genesis: L2BlockReference
    private let sequencingWindow: UInt64
    private var block: L2BlockReference
    private var phase: Phase

    /// Begins at the latest block that was derived.
    ///
    /// - Parameter isDerivedFromCanonical: whether the L1 block that `safeHead` was derived from (`derivedFrom` of its
    ///   attributes) is known to be canonical: it stays the safe head then. Otherwise the search goes back a sequencing
    ///   window.
    public init(from safeHead: L2BlockReference, isDerivedFromCanonical: Bool, _ configuration: RollupConfiguration) {
        genesis = configuration.genesis.reference
        sequencingWindow = configuration.sequencingWindow
        block = safeHead
        phase = isDerivedFromCanonical ? .base(safeHead: safeHead) : .canonical
    }

    private var isGenesis: Bool { block.number <= genesis.number }

    public var action: Action {
        switch phase {
        case .canonical: return .needsL1Hash(number: block.l1Origin.number)
        case .window, .orphaned: return .needsL2Block(number: block.number - 1)
        case .base(let safeHead):
            let (end, overflow) = block.l1Origin.number.addingReportingOverflow(ProtocolConstant.channelTimeout)
            let isFarEnough = !overflow && end <= safeHead.l1Origin.number
            if isGenesis || block.l1Origin.number <= genesis.l1Origin.number || isFarEnough {
                return .found(safeHead: safeHead, baseBlock: block)
            }
            return .needsL2Block(number: block.number - 1)
        }
    }

    /// Takes the hash that was asked for; nil where L1 has no such block.
    ///
    /// - Throws: `genesisNotOnL1` where not even the genesis is on this L1.
    public mutating func provide(l1Hash hash: Hash256?) throws(DerivationError) {
        guard phase == .canonical else { throw .unexpectedInput }
        if hash == block.l1Origin.hash {
            phase = .window(highest: block.l1Origin.number)
            if isGenesis { phase = .base(safeHead: block) }
        } else if isGenesis {
            throw .genesisNotOnL1(block.l1Origin)
        } else {
            phase = .orphaned
        }
    }

    /// Takes the block that was asked for.
    public mutating func provide(l2Block parent: L2BlockReference) throws(DerivationError) {
        guard case .needsL2Block(let number) = action else { throw .unexpectedInput }
        guard parent.number == number, parent.hash == block.parentHash else {
            throw .wrongL2Block(expectedNumber: number)
        }
        let child = block
        block = parent
        if phase == .orphaned { phase = .canonical }
        guard case .window(let highest) = phase else { return }
        let (end, overflow) = child.l1Origin.number.addingReportingOverflow(sequencingWindow)
        let isOldEpoch = !overflow && end < highest && child.sequenceNumber == 0
        if isOldEpoch || isGenesis { phase = .base(safeHead: block) }
    }
}
