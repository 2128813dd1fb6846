import Dispatch
import Foundation

/// Ends this process with the one that started it: `MAYFLY_LEASH` names a descriptor whose other end that one holds.
enum Leash {
    nonisolated(unsafe) private static var source: (any DispatchSourceRead)?

    /// Seconds for an end in order.
    private static let patience = 10.0

    /// Begins to watch, where there is something to watch. Once, before anything else runs.
    static func hold() {
        guard let text = getenv("MAYFLY_LEASH"), let descriptor = Int32(String(cString: text)), descriptor > 2,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { return }
        unsetenv("MAYFLY_LEASH")
        let queue = DispatchQueue(label: "mayfly.leash")
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler {
            var byte: UInt8 = 0
            guard read(descriptor, &byte, 1) == 0 else { return }
            Self.source?.cancel()
            kill(getpid(), SIGTERM)
            queue.asyncAfter(deadline: .now() + patience) { _exit(1) }
        }
        source.resume()
        self.source = source
    }
}
