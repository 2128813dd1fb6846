import Synchronization

/// The open streams of events: each asks again and again, so there are only so many.
final class StreamCount: Sendable {
    private let limit: Int
    private let open = Mutex(0)

    /// Events that a client has not taken yet; who is slower than that is let go, and comes back where it was.
    private static let behind = 64
    private static let heartbeat = Duration.seconds(15)

    init(limit: Int) { self.limit = limit }

    var count: Int { open.withLock { $0 } }

    /// A stream of what `body` sends, until the client is gone.
    ///
    /// - Throws: where there are too many.
    func stream(
        _ body: @escaping @Sendable (_ send: (ServerSentEvent) throws -> Void) async throws -> Void
    ) throws(PlatformProblem) -> AsyncStream<ServerSentEvent> {
        let isTaken = open.withLock { open in
            guard open < limit else { return false }
            open += 1
            return true
        }
        guard isTaken else {
            throw PlatformProblem(503, "too-many-streams", "the platform has \(limit) streams open: try again later")
        }
        let (events, continuation) = AsyncStream.makeStream(
            of: ServerSentEvent.self, bufferingPolicy: .bufferingOldest(Self.behind))
        let work = Task {
            try? await body { event in
                if case .enqueued = continuation.yield(event) { return }
                throw CancellationError()
            }
            continuation.finish()
        }
        let heart = Task {
            while !Task.isCancelled {
                continuation.yield(.heartbeat)
                try? await Task.sleep(for: Self.heartbeat)
            }
        }
        continuation.onTermination = { [self] _ in
            work.cancel()
            heart.cancel()
            open.withLock { $0 -= 1 }
        }
        return events
    }
}
