public import Derivation
import Primitives

/// L1 as a node of it shows it.
public struct L1View: Equatable, Sendable {
    public var head: BlockID
    /// The batcher's next nonce by the blocks up to the head.
    public var includedNonce: UInt64
    /// The batcher's next nonce by the node's pool.
    public var pendingNonce: UInt64
    public var prices: L1Prices

    public init(head: BlockID, includedNonce: UInt64, pendingNonce: UInt64, prices: L1Prices) {
        self.head = head
        self.includedNonce = includedNonce
        self.pendingNonce = max(pendingNonce, includedNonce)
        self.prices = prices
    }
}

/// The rollup as a node of it shows it.
public struct RollupView: Equatable, Sendable {
    /// The number of the last L1 block all of whose data the safe head takes account of.
    public var derived: UInt64
    public var safeHead: BlockID
    public var unsafeHead: BlockID

    public init(derived: UInt64, safeHead: BlockID, unsafeHead: BlockID) {
        self.derived = derived
        self.safeHead = safeHead
        self.unsafeHead = unsafeHead
    }
}

/// What a batcher is told.
public enum BatcherEvent: Sendable {
    case l1(L1View)
    case rollup(RollupView)
    /// Blocks that follow each other: those asked for, or new ones; none where they could not be had.
    case blocks([UnsafeBlock])
    /// The block of the canonical chain that has a transaction with this nonce which was sent from here; nil where none of
    /// them is in any.
    case located(nonce: UInt64, in: BlockID?)
    case refused(nonce: UInt64, attempt: Int, SubmissionRefusal)
    /// An alt-DA server has the data.
    case stored(request: UInt64, AltDACommitment)
    case storeFailed(request: UInt64)
    /// The owner wants the data of further channels elsewhere.
    case choose(DataChoice)
    /// L1 has closed the rollup; nil where it takes that back.
    case closing(RollupClosing?)
    /// Nothing but that time has passed.
    case time
}

/// What a batcher asks of its driver.
public enum BatcherAction: Equatable, Sendable {
    /// Give these blocks of the unsafe chain, in order.
    case loadBlocks(from: UInt64, count: Int)
    /// Sign and send; say so where it is refused.
    case send(Submission)
    /// Work out what belongs to these blobs, which go into transactions soon, as far as there is time.
    case prepare(blobs: [[UInt8]])
    /// Say where the transactions with these nonces are.
    case locate(nonces: [UInt64])
    /// Give the data to the alt-DA server.
    case store(request: UInt64, data: [UInt8])
    /// Tell the sequencer how many bytes of data, compressed, a block may have; nil for as many as it likes.
    case limitBlockData(bytes: Int?)
    case report(BatcherReport)
}

/// What a person may want to know.
public enum BatcherReport: Equatable, Sendable {
    /// Publishing begins, or begins again, after this safe block.
    case began(after: BlockID, nonce: UInt64)
    case closedChannel(
        first: UInt64, last: UInt64, transactions: Int, uncompressed: Int, compressed: Int, DataCarrier)
    /// L1 has closed the rollup: what is left is published at once, up to this L1 block.
    case closing(drainEnd: UInt64)
    /// No batch counts any more.
    case ended(drainEnd: UInt64)
    /// A channel's blocks are safe.
    case published(last: UInt64)
    case raised(nonce: UInt64, SubmissionFees)
    /// Little is left of the time in which the data of this block have to be on L1: so many L1 blocks.
    case windowEnds(block: UInt64, left: UInt64)
    case cancelling(nonce: UInt64)
    case reset(ResetReason)
    case providerFailed(nextAttempt: UInt64)
    case providerIsBack
    /// An alt-DA server answered with a commitment that does not say what data it stands for.
    case uncheckable(AltDACommitment)
    /// A channel's data went to the alt-DA server once more, as the rollup's node does not get past them.
    case storedAgain(first: UInt64, last: UInt64)
    case stopped(PublishingError)
}

/// Why a batcher waits until its transactions are settled and begins again at the safe head.
public enum ResetReason: Equatable, Sendable {
    case started
    /// Blocks that were in channels are not on the rollup's chain any more.
    case reorganised
    /// L1 has lost blocks from which safe blocks came.
    case safeHeadWentBack
    /// L1 has lost more blocks than transactions are kept for.
    case reorganisedBeyondHistory
    /// Another's transaction has the nonce of one from here.
    case nonceTaken(UInt64)
    /// The pool has transactions of the other kind, with or without blobs, that wait for one with this nonce.
    case blocked(UInt64)
    /// A channel is all on L1, and its blocks did not become safe.
    case lost(first: UInt64, last: UInt64)
    case channelTimedOut(first: UInt64, last: UInt64)
}
