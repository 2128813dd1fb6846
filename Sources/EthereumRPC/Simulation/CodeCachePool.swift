import JSONRPC
import StateTransition
import Synchronization

/// Caches of the codes that calls run: one for each call that runs at the same time, used again by later ones.
final class CodeCachePool: Sendable {
    /// A cache on its way from one thread to another: only one has it at a time.
    private struct Idle: @unchecked Sendable {
        let cache: CodeCache
    }

    private let idle = Mutex<[Idle]>([])
    private let limit: Int
    private let byteLimit: Int

    /// - Parameters:
    ///   - limit: how many caches are kept.
    ///   - byteLimit: what one of them may take.
    init(limit: Int = 4, byteLimit: Int = 16 << 20) {
        self.limit = limit
        self.byteLimit = byteLimit
    }

    /// Calls `body` with a cache that nobody else has meanwhile.
    func withCache<Result>(_ body: (CodeCache) throws(RPCError) -> Result) throws(RPCError) -> Result {
        let cache = idle.withLock { $0.popLast() }?.cache ?? CodeCache(byteLimit: byteLimit)
        defer {
            let returned = Idle(cache: cache)
            idle.withLock { if $0.count < limit { $0.append(returned) } }
        }
        return try body(cache)
    }
}
