import Derivation

/// What a transaction of the batcher's carries.
public enum SubmissionPayload: Equatable, Sendable {
    /// To the rollup's inbox.
    case calldata([UInt8])
    /// To the rollup's inbox: 131,072 bytes each.
    case blobs([[UInt8]])
    /// To the batcher itself, so that a nonce is used up. A pool replaces a blob transaction by another one only: then it
    /// has one empty blob.
    case cancellation(hasBlob: Bool)

    public var hasBlobs: Bool {
        switch self {
        case .calldata: false
        case .blobs: true
        case .cancellation(let hasBlob): hasBlob
        }
    }
}

/// A transaction that is to be signed and sent to L1.
public struct Submission: Equatable, Sendable {
    public var nonce: UInt64
    /// Counts what is sent with this nonce, from zero: a later one replaces the earlier ones. The same one again is the same
    /// transaction again.
    public var attempt: Int
    public var payload: SubmissionPayload
    public var gasLimit: UInt64
    public var fees: SubmissionFees
}

/// Why a node did not take a transaction.
public enum SubmissionRefusal: Equatable, Sendable {
    /// It offers less than what it would replace must, or than the pool asks for.
    case underpriced
    /// The account has transactions of the other kind, with or without blobs, in the pool.
    case kindConflict
    /// The nonce is used.
    case nonceTooLow
    /// Anything else, which may pass: the node cannot be reached, or the account has too little.
    case other
}

/// A transaction that was sent and may still be needed.
struct InFlight: Sendable {
    var submission: Submission
    /// The channel that it carries a part of; nil where that matters no more.
    var channel: UInt64?
    /// The L1 block that it is in.
    var included: BlockID?
    /// How often it was not found though its nonce is used.
    var missing = 0
    /// The L1 head's number when its nonce was first used up.
    var passedAt: UInt64?
    var sentAt: UInt64
    /// Before then it is not sent again.
    var retryAt: UInt64
    var needsSending = true
    var needsRaise = false
    /// Since when the pool does not take it because of transactions of the other kind.
    var conflictSince: UInt64?

    var nonce: UInt64 { submission.nonce }
}

/// A channel that is closed and not safe yet.
struct ClosedChannel: Sendable {
    let serial: UInt64
    let id: ChannelID
    /// Version byte and compressed stream.
    let data: [UInt8]
    let first: L2BlockReference
    let last: L2BlockReference
    var carrier: DataCarrier
    /// In order; empty while an alt-DA server has not answered.
    var payloads: [SubmissionPayload] = []
    /// How many payloads have a nonce.
    var sent = 0
    /// What was asked of an alt-DA server.
    var request: (id: UInt64, deadline: UInt64)?
    /// When all of it was first seen on L1, or its data were last given to the server since.
    var storedAt: UInt64?

    var isSent: Bool { !payloads.isEmpty && sent == payloads.count }

    /// The frames as an alt-DA server takes them.
    func altDAData() throws(PublishingError) -> [UInt8] {
        let frames = Frame.split(data, channel: id, largestFrame: Frame.largestDataCount + Frame.overhead)
        guard let frames else { throw .tooManyFrames }
        return Frame.encodeAll(frames)
    }

    /// Cuts the channel into transactions.
    mutating func cut(_ carrier: DataCarrier, _ settings: BatcherSettings) throws(PublishingError) {
        self.carrier = carrier
        payloads = []
        request = nil
        switch carrier {
        case .altDA: break
        case .calldata:
            guard let frames = Frame.split(data, channel: id, largestFrame: settings.largestCalldata - 1) else {
                throw .tooManyFrames
            }
            payloads = frames.map { .calldata(Frame.encodeAll([$0])) }
        case .blobs:
            guard let frames = Frame.split(data, channel: id, largestFrame: BlobEncoding.capacity - 1) else {
                throw .tooManyFrames
            }
            var blobs: [[UInt8]] = []
            for frame in frames {
                // A frame of this size always fits.
                guard let blob = try? BlobEncoding.encode(Frame.encodeAll([frame])) else { throw .tooManyFrames }
                blobs.append(blob)
            }
            for start in stride(from: 0, to: blobs.count, by: settings.blobsPerTransaction) {
                payloads.append(.blobs(Array(blobs[start..<min(blobs.count, start + settings.blobsPerTransaction)])))
            }
        }
    }
}
