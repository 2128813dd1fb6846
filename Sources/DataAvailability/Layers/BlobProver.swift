import Cryptography
import Dispatch
import Glibc
import Layers
import Primitives
import Synchronization

/// Works out the commitments and proofs of blobs ahead of time, on a few threads that give way to everything else.
///
/// The threads end when nothing waits. Results are kept for as many blobs as can be under way.
final class BlobProver: Sendable {
    /// What belongs to a blob.
    struct Result: Sendable {
        var commitment: [UInt8]
        var proofs: [[UInt8]]
    }

    private enum Entry: Sendable {
        case waiting
        case done(Result)
        case refused(KZGError)
    }

    private struct State {
        var entries: [Hash256: Entry] = [:]
        /// In the order of their coming.
        var order: [Hash256] = []
        var queue: [(key: Hash256, blob: [UInt8])] = []
        var threadCount = 0
        var waiting: [(keys: [Hash256], continuation: CheckedContinuation<Swift.Result<[Result], KZGError>, Never>)] =
            []

        /// What belongs to blobs, or what is the matter with one of them; nil while it is not known.
        func results(_ keys: [Hash256]) -> Swift.Result<[Result], KZGError>? {
            var results: [Result] = []
            for key in keys {
                switch entries[key] {
                case .done(let result): results.append(result)
                case .refused(let error): return .failure(error)
                case .waiting, nil: return nil
                }
            }
            return .success(results)
        }

        /// Forgets what is known of the oldest blobs that nobody waits for.
        mutating func forgetOldest(_ limit: Int) {
            guard order.count > limit else { return }
            let wanted = Set(waiting.flatMap { $0.keys } + queue.map { $0.key })
            let count = order.count - limit
            let oldest = order.prefix(count)
            order.removeFirst(count)
            for key in oldest { if wanted.contains(key) { order.append(key) } else { entries[key] = nil } }
        }

        /// Those who wait for nothing any more.
        mutating func takeReady() -> [() -> Void] {
            var ready: [() -> Void] = []
            let all = waiting
            waiting = []
            for entry in all {
                if let result = results(entry.keys) {
                    ready.append { entry.continuation.resume(returning: result) }
                } else {
                    waiting.append(entry)
                }
            }
            return ready
        }
    }

    private static let prover = CellProver(KZG(.mainnet()))
    /// Blobs that are remembered: more than eight times those of the largest number of transactions under way.
    private static let limit = 4_096
    /// On a busy processor they have about two thirds of what others have: users wait for blocks, and only then for L1.
    private static let niceness: Int32 = 2

    private let state = Mutex(State())
    private let threadLimit: Int

    init() { threadLimit = min(4, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// Begins to work on blobs, but those that it knows.
    func prepare(_ blobs: [[UInt8]]) { _ = begin(blobs) }

    /// The blobs with what belongs to them, as soon as it is known of all.
    func proven(_ blobs: [[UInt8]]) async throws(KZGError) -> ProvenBlobs {
        let keys = begin(blobs)
        let result: Swift.Result<[Result], KZGError> = await withCheckedContinuation { continuation in
            let known = state.withLock { state in
                let known = state.results(keys)
                if known == nil { state.waiting.append((keys, continuation)) }
                return known
            }
            if let known { continuation.resume(returning: known) }
        }
        let results = try result.get()
        return ProvenBlobs(
            blobs: blobs, commitments: results.map { $0.commitment }, cellProofs: results.flatMap { $0.proofs })
    }

    /// - Returns: what the blobs are called.
    private func begin(_ blobs: [[UInt8]]) -> [Hash256] {
        let keys = blobs.map { SHA256.hash($0) }
        let wanted = state.withLock { state in
            for (key, blob) in zip(keys, blobs) where state.entries[key] == nil {
                state.entries[key] = .waiting
                state.order.append(key)
                state.queue.append((key, blob))
            }
            state.forgetOldest(Self.limit)
            let wanted = min(threadLimit, state.threadCount + state.queue.count) - state.threadCount
            state.threadCount += wanted
            return wanted
        }
        for _ in 0..<wanted where !startThread() {
            // Where the system allows no more threads, this one does the work.
            DispatchQueue.global(qos: .utility).async { self.work() }
        }
        return keys
    }

    // MARK: Threads

    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    /// - Returns: false where the system allows no more threads.
    private func startThread() -> Bool {
        let body = Unmanaged.passRetained(Body { [self] in work() })
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, body.toOpaque())
        guard failure == 0 else {
            body.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    private func work() {
        // On Linux this is of the calling thread alone.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
        while true {
            let next: (key: Hash256, blob: [UInt8])? = state.withLock { state in
                if state.queue.isEmpty {
                    state.threadCount -= 1
                    return nil
                }
                return state.queue.removeFirst()
            }
            guard let next else { return }
            let entry: Entry
            do throws(KZGError) {
                let proven = try Self.prover.prove(next.blob)
                entry = .done(Result(commitment: proven.commitment, proofs: proven.proofs))
            } catch {
                entry = .refused(error)
            }
            let ready = state.withLock { state in
                state.entries[next.key] = entry
                return state.takeReady()
            }
            for resume in ready { resume() }
        }
    }
}
