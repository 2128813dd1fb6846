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

    /// Waits until nobody else has a directory; nil where the process was asked to end before.
    private init?(waitingFor directory: String) async throws {
        let path = directory + "/lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandFailure("cannot write \(path): \(String(cString: strerror(errno)))") }
        var isTold = false
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                throw CommandFailure("cannot lock \(path): \(String(cString: strerror(errno)))")
            }
            if StopSignals.hasCome { return nil }
            if !isTold { StandardStreams.writeError("\(directory) is used by another task: waiting until it lets go") }
            isTold = true
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The locks of all rollups in a directory: two tasks that ran one rollup would each write its blocks.
    ///
    /// - Parameter launches: where each of them may have files to be copied to it before it runs.
    /// - Returns: nil where the process was asked to end before it had them.
    static func takeAll(in directory: String, launches: String?) async throws -> [DirectoryLock]? {
        var locks: [DirectoryLock] = []
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory))?.sorted() ?? [] {
            let (path, launch) = ("\(directory)/\(name)", launches.map { "\($0)/\(name)" } ?? "")
            let isLaunch = FileManager.default.fileExists(atPath: launch)
            guard isLaunch || FileManager.default.fileExists(atPath: path + "/rollup.json") else { continue }
            guard let lock = try await DirectoryLock(waitingFor: path) else { return nil }
            if isLaunch { try LaunchFiles.copy(from: launch, to: path) }
            locks.append(lock)
        }
        return locks
    }

    deinit { close(descriptor) }
}
