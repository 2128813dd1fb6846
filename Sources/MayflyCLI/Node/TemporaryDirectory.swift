import Foundation

/// A directory for a chain that is gone at the end.
///
/// A process that was killed leaves its directory behind, and the next one removes it: whoever lives holds a lock on a file
/// in the directory.
struct TemporaryDirectory {
    private static let lockName = "/in-use"

    /// Where the chain goes.
    var path: String { directory + "/chain" }

    private let directory: String
    private let lock: Int32

    /// Makes one, and removes those of processes that have died.
    ///
    /// - Parameters:
    ///   - name: what it is for.
    ///   - remedy: what to do where none can be made.
    init(for name: String, remedy: String) throws {
        let prefix = "mayfly-\(name)-"
        Self.removeAbandoned(prefix)
        // Another process that is cleaning up may be faster than the lock.
        for _ in 0..<16 {
            let directory = NSTemporaryDirectory() + prefix + UUID().uuidString
            guard mkdir(directory, 0o700) == 0 else {
                throw CommandFailure(
                    "cannot make \(directory): \(String(cString: strerror(errno))). \(remedy)")
            }
            let lock = open(directory + Self.lockName, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            if lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0, access(directory + Self.lockName, F_OK) == 0 {
                (self.directory, self.lock) = (directory, lock)
                return
            }
            if lock >= 0 { close(lock) }
        }
        throw CommandFailure("cannot keep a directory in \(NSTemporaryDirectory()). \(remedy)")
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: directory)
        close(lock)
    }

    private static func removeAbandoned(_ prefix: String) {
        let base = NSTemporaryDirectory()
        for name in (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? [] where name.hasPrefix(prefix) {
            let directory = base + name
            var status = stat()
            guard lstat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid() else {
                continue
            }
            // What has no lock is not known to be abandoned.
            let lock = open(directory + lockName, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            guard lock >= 0 else { continue }
            if flock(lock, LOCK_EX | LOCK_NB) == 0 { try? FileManager.default.removeItem(atPath: directory) }
            close(lock)
        }
    }
}
