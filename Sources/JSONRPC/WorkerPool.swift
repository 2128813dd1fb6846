import Dispatch
import NIOCore
import NIOPosix
import Synchronization

/// Threads for work that is too long for a loop, with a bound on what may wait for them.
final class WorkerPool: Sendable {
    private let pool: NIOThreadPool
    private let limit: Int
    /// Jobs waiting or running.
    private let load = Atomic<Int>(0)
    /// Messages that those who share the pool have been given.
    let messageCount = Atomic<UInt64>(0)

    init(threads: Int, queueLimit: Int) {
        pool = NIOThreadPool(numberOfThreads: threads)
        limit = queueLimit + threads
        pool.start()
    }

    /// Shares the threads of `pool`, which has been started and is not to be stopped.
    init(_ pool: NIOThreadPool, queueLimit: Int) {
        self.pool = pool
        limit = queueLimit
    }

    /// Runs `job` on a worker; false where too many are waiting.
    func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        guard load.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            load.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        pool.submit { state in
            if case .active = state { job() }
            self.load.wrappingSubtract(1, ordering: .relaxed)
        }
        return true
    }

    /// Stops: what waits is dropped, and what runs is waited for as long as `grace`.
    ///
    /// - Returns: whether all has ended.
    func stop(grace: TimeAmount) async -> Bool {
        await withCheckedContinuation { continuation in
            let answer = FirstAnswer { continuation.resume(returning: $0) }
            pool.shutdownGracefully(queue: .global()) { _ in answer.give(true) }
            DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(grace.nanoseconds))) {
                answer.give(false)
            }
        }
    }

    /// Takes the first answer of several.
    private final class FirstAnswer: Sendable {
        private let isGiven = Atomic<Bool>(false)
        private let take: @Sendable (Bool) -> Void

        init(_ take: @escaping @Sendable (Bool) -> Void) { self.take = take }

        func give(_ answer: Bool) {
            if !isGiven.exchange(true, ordering: .acquiringAndReleasing) { take(answer) }
        }
    }
}
