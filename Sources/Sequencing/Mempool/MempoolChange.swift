/// What an operation did to the pool, for subscribers and counters.
public struct MempoolChange: Sendable {
    /// Why a transaction left the pool without being included.
    public enum Reason: Sendable, Equatable {
        /// Another with the same nonce and higher prices came.
        case replaced
        /// The pool was full and this the cheapest.
        case underpriced
        /// Its nonce is used.
        case stale
        /// Its account can no longer pay for it.
        case unaffordable
        /// Its account has too many waiting.
        case accountLimit
        /// It waited too long.
        case expired
        /// The rules changed, or whoever executed it said so.
        case invalid
    }

    /// A transaction that left the pool.
    public struct Dropped: Sendable {
        public var transaction: PooledTransaction
        public var reason: Reason
    }

    /// What became executable, in this order: the hashes that subscribers of pending transactions hear of.
    public var pending: [PooledTransaction] = []
    public var dropped: [Dropped] = []

    public init() {}
}
