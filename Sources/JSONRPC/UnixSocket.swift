import Glibc

/// The file of a Unix socket.
public enum UnixSocket {
    /// Removes the socket that a process left behind; throws where it is no socket or somebody answers.
    static func removeStale(_ path: String) throws(ServerError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK, !answers(path) else { throw .socketPathInUse(path) }
        unlink(path)
    }

    private static func answers(_ path: String) -> Bool {
        guard let descriptor = connect(to: path) else { return false }
        close(descriptor)
        return true
    }

    /// A connection to whoever listens; nil where nobody does, with the reason in `errno`.
    ///
    /// - Returns: what the caller has to close.
    public static func connect(to path: String) -> Int32? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            errno = ENAMETOOLONG
            return nil
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if result == 0 { return descriptor }
        let reason = errno
        close(descriptor)
        errno = reason
        return nil
    }

    /// Makes files that this process creates open to its user only, and returns the mask to restore.
    static func restrictNewFiles() -> mode_t { umask(0o177) }

    static func restoreNewFiles(_ mask: mode_t) { _ = umask(mask) }

    /// Lets only this user open it.
    static func makePrivate(_ path: String) throws(ServerError) {
        guard chmod(path, 0o600) == 0 else { throw .cannotRestrict(path) }
    }
}
