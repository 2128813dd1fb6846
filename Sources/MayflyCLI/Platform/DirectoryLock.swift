import Foundation

/// Keeps a directory for this process as long as it lives: another one would run its rollups too.
final class DirectoryLock: Sendable {
    private let descriptor: Int32

    /// - Parameter isShared: with others who share it too, as they agree elsewhere on who does what.
    init(_ directory: String, isShared: Bool = false) throws {
        let path = directory + "/lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandFailure("cannot write \(path): \(String(cString: strerror(errno)))") }
        guard flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
            throw CommandFailure(
                "\(directory) is used by a process that runs already: stop that one, or give another --data")
        }
    }

    deinit { close(descriptor) }
}
