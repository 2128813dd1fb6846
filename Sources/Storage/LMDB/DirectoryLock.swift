import Glibc

/// Keeps two processes from writing to one database, and remembers how the last one ended.
final class DirectoryLock: @unchecked Sendable {
    // The descriptor never changes.
    private let file: Int32

    /// How the last process that wrote to the database ended.
    enum LastEnd: Equatable {
        case closed
        /// It was killed; what it had committed is all there.
        case killed
        /// The machine went down under it: what was not synchronised may be damaged.
        case machineWentDown
    }

    let lastEnd: LastEnd

    /// Takes the lock, a file beside the database.
    init(at path: String, database: String) throws(StorageError) {
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw StorageError(lmdb: errno, "cannot write to the directory", path: database) }
        guard Self.take(file) else {
            close(file)
            throw StorageError(
                .inUse, "another process has the database open", path: database,
                remedy: "Stop the other node, or give this one a directory of its own.")
        }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = max(0, pread(file, &bytes, bytes.count, 0))
        let text = Array(bytes.prefix(count))
        lastEnd = text.isEmpty ? .closed : text == Self.thisBoot ? .killed : .machineWentDown
    }

    deinit { close(file) }

    /// Tries for a moment: a child that this process is starting holds a lock that was just given up, until it runs its
    /// own program.
    private static func take(_ file: Int32) -> Bool {
        for _ in 0..<20 {
            if flock(file, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(10_000)
        }
        return false
    }

    /// Whether a process has the lock.
    static func isHeld(at path: String) -> Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        return flock(file, LOCK_SH | LOCK_NB) != 0
    }

    /// Writes down that the database is being written to.
    func begin() {
        let boot = Self.thisBoot
        _ = ftruncate(file, 0)
        _ = boot.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
        fsync(file)
    }

    /// Writes down that everything is on the disk and nothing more will come.
    func end() {
        _ = ftruncate(file, 0)
        fsync(file)
    }

    /// What tells one run of the machine from the next.
    private static var thisBoot: [UInt8] {
        let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        defer { if file >= 0 { close(file) } }
        var bytes = [UInt8](repeating: 0, count: 36)
        let count = file < 0 ? 0 : max(0, read(file, &bytes, bytes.count))
        return count == 0 ? Array("unknown".utf8) : Array(bytes.prefix(count))
    }
}
