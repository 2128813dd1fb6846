import Foundation

/// Whom a rollup's files belong to, and as whom its task runs.
struct TaskOwner: Equatable, Sendable {
    var user: uid_t
    var group: gid_t

    /// No account of a machine has this number; the image names it.
    private static let unprivileged: uid_t = 65_532

    /// This process's user; where that is root another one, as nothing of a rollup is to run as root.
    static var own: TaskOwner {
        geteuid() == 0
            ? TaskOwner(user: unprivileged, group: unprivileged) : TaskOwner(user: geteuid(), group: getegid())
    }

    var text: String { "\(user):\(group)" }

    /// Gives it a directory with all in it. Links are not followed: what runs there may have made them.
    func take(_ directory: String) throws(FleetError) {
        guard geteuid() == 0 else { return }
        let inside = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
        for path in [directory] + inside.map({ "\(directory)/\($0)" }) where lchown(path, user, group) != 0 {
            // What is written beside may go away meanwhile.
            if errno == ENOENT { continue }
            throw FleetError("cannot give \(path) to user \(text): \(String(cString: strerror(errno)))")
        }
    }
}

/// Whether a task has a rollup's directory, as it locks the file `lock` in it for as long as it lives.
enum TaskLock {
    static func isHeld(in directory: String) -> Bool {
        let descriptor = open(directory + "/lock", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }
}
