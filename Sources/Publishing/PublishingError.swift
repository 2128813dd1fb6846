public import Derivation

/// Why blocks cannot be published at all: a person must look.
public enum PublishingError: Error, Equatable, Sendable {
    /// The blocks make no span batch: one does not follow the other.
    case blocks(SpanBatch.BlocksError, first: UInt64, last: UInt64)
    /// A block has a transaction that batches do not carry.
    case transaction(BatchError, first: UInt64, last: UInt64)
    /// A channel has more frames than there are numbers.
    case tooManyFrames
}
