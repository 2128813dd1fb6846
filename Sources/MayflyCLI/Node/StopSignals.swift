import Dispatch
import Foundation

/// Where the handler of signals writes to, and whether it has: a handler may do little more.
nonisolated(unsafe) private var pipeEnd: Int32 = -1
nonisolated(unsafe) private var isAsked = false

/// SIGINT and SIGTERM: the first asks the process to end in order, a second one ends it at once.
///
/// A handler of our own, as those of Dispatch are there only some time after they are asked for: until then a signal is lost.
final class StopSignals {
    private let source: any DispatchSourceRead
    private let stream: AsyncStream<Void>

    /// Begins to listen, for as long as the process lives; there is one such value at a time.
    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        self.stream = stream
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) == 0 { for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) } }
        pipeEnd = ends[1]
        source = DispatchSource.makeReadSource(fileDescriptor: ends[0])
        source.setEventHandler { continuation.yield() }
        source.resume()
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                // What was committed is safe: nothing has to be done before.
                if isAsked { _exit(128 + number) }
                isAsked = true
                var byte: UInt8 = 0
                _ = write(pipeEnd, &byte, 1)
            }
        }
    }

    deinit { source.cancel() }

    /// Whether one of them has come.
    static var hasCome: Bool { isAsked }

    /// Waits for the first.
    func wait() async { for await _ in stream { break } }
}
