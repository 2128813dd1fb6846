import Derivation
import Primitives
public import Publishing

/// What the driver of a batcher is told of.
public enum BatcherNotice: Sendable, Equatable {
    case happened(BatcherReport)
    /// Something does not work at the moment, and is tried again.
    case trouble(String)
    /// It works again.
    case recovered(String)
}

extension BatcherReport {
    /// What happened, for people.
    public var message: String {
        switch self {
        case .began(let block, let nonce): "publishing begins after block \(block.number), with nonce \(nonce)"
        case .closedChannel(let first, let last, let transactions, let uncompressed, let compressed, let carrier):
            "blocks \(first) to \(last) with \(transactions) transactions go to \(carrier.rawValue): "
                + "\(uncompressed) bytes, \(compressed) compressed"
        case .closing(let drainEnd):
            "the rollup is closed: what is left of its blocks is published up to L1 block \(drainEnd)"
        case .ended(let drainEnd):
            "the rollup has ended: batches counted up to L1 block \(drainEnd), and nothing is left to publish"
        case .published(let last): "blocks up to \(last) are safe"
        case .raised(let nonce, let fees):
            "transaction \(nonce) is not included: it now offers \(fees.maxFeePerGas.clampedToUInt64) wei a gas"
                + (fees.maxFeePerBlobGas.isZero ? "" : " and \(fees.maxFeePerBlobGas.clampedToUInt64) wei a blob gas")
        case .windowEnds(let block, let left):
            "block \(block) and those after it are dropped unless their data are on L1 within \(left) L1 blocks: does L1 take "
                + "transactions, and are --max-fee and the account's balance high enough?"
        case .cancelling(let nonce): "transaction \(nonce), not known here, is replaced by an empty one"
        case .reset(let reason): reason.message
        case .providerFailed: "the alt-DA server does not take data: they go to L1 for now"
        case .uncheckable(let commitment):
            "the alt-DA server answers with a commitment that nobody can check data against, \(Hex.encode(commitment.encoded)): "
                + "it is not published. Where the server is trusted with the rollup, name its layer with --alt-da-layer"
        case .storedAgain(let first, let last):
            "the rollup's node does not get past blocks \(first) to \(last), which an alt-DA server has: it is given them again"
        case .providerIsBack: "the alt-DA server takes data again"
        case .stopped(let error): "blocks cannot be published: \(error)"
        }
    }

    /// Whether it happens all the time.
    public var isUsual: Bool {
        switch self {
        case .closedChannel, .published: true
        default: false
        }
    }
}

extension ResetReason {
    /// What is the matter, for people.
    public var message: String {
        switch self {
        case .started: "publishing starts"
        case .reorganised: "the rollup's chain has changed: publishing begins again at its safe head"
        case .safeHeadWentBack: "L1 was reorganised below safe blocks: publishing begins again at the safe head"
        case .reorganisedBeyondHistory:
            "L1 was reorganised further than transactions are kept for: what it lost is published again"
        case .nonceTaken(let nonce):
            "another transaction has nonce \(nonce) of the batcher's account: is its key used elsewhere?"
        case .blocked(let nonce):
            "L1's pool has transactions that wait for nonce \(nonce), and takes none of another kind: they are let through"
        case .lost(let first, let last):
            "blocks \(first) to \(last) are on L1 and did not become safe: they are published again. Is the key that of "
                + "the rollup's batcher, and does its node read where the data are?"
        case .channelTimedOut(let first, let last):
            "blocks \(first) to \(last) were not on L1 in time: they are published again"
        }
    }
}
