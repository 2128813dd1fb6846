import Primitives

/// A limited kind of room in the pool.
struct Room {
    /// What the room is for. Blobs have a room of their own, so that nobody pushes them out with plain transactions or the
    /// other way round.
    enum Kind: Int {
        case pending
        case queued
        case blobs

        init(_ transaction: PooledTransaction, isPending: Bool) {
            self = transaction.isBlob ? .blobs : isPending ? .pending : .queued
        }
    }

    let limit: Int
    /// Places, or blobs.
    var used: Int
    /// Accounts whose last transaction in the room may be dropped, the one that pays least first.
    var tails: FeeOrder
}
