import Dispatch
import Foundation
import Synchronization

/// SIGINT and SIGTERM: the first asks the process to end in order, a second one ends it at once.
final class StopSignals {
    private let sources: [any DispatchSourceSignal]
    private let stream: AsyncStream<Void>

    /// Begins to listen, for as long as the value lives.
    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        self.stream = stream
        let first = FirstSignal()
        sources = [SIGINT, SIGTERM].map { number in
            Foundation.signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                // What was committed is safe: nothing has to be done before.
                if !first.take() { _exit(128 + number) }
                continuation.yield()
            }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }

    /// Waits for the first.
    func wait() async { for await _ in stream { break } }

    private final class FirstSignal: Sendable {
        private let isTaken = Atomic<Bool>(false)

        /// True once.
        func take() -> Bool { !isTaken.exchange(true, ordering: .acquiringAndReleasing) }
    }
}
