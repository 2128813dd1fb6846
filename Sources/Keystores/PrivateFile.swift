internal import Foundation

/// Files that are their owner's alone.
public enum PrivateFile {
    /// The bytes of a file that nobody but its owner may read.
    ///
    /// - Parameter limit: bytes that it may have.
    public static func read(_ path: String, limit: Int) throws(KeyFileError) -> SecretBytes {
        // A pipe would be waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: reason()) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, reason: reason()) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path: path, reason: "it is no file") }
        guard status.st_mode & 0o077 == 0 else { throw .exposed(path: path) }
        return try read(descriptor, name: path, limit: limit)
    }

    /// What comes from a descriptor until its end.
    ///
    /// - Parameter name: what errors call it.
    public static func read(_ descriptor: Int32, name: String, limit: Int) throws(KeyFileError) -> SecretBytes {
        var bytes = SecretBytes(zeros: limit + 1)
        var filled = 0
        while filled <= limit {
            let count = bytes.withUnsafeMutableBytes { buffer in
                systemRead(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(path: name, reason: reason()) }
            if count == 0 { break }
            filled += count
        }
        guard filled <= limit else { throw .tooLarge(path: name, limit: limit) }
        return bytes.copy(0..<filled)
    }

    /// Writes a file of mode 0600 whole or not at all: beside its place first, and there when it is on the disk.
    ///
    /// - Parameter replacing: whether there may be one in its place; without it, such a file stays and this fails.
    static func write(_ bytes: [UInt8], to path: String, replacing: Bool) throws(KeyFileError) {
        let place = URL(fileURLWithPath: path)
        let directory = place.deletingLastPathComponent().path
        let draft = "\(directory)/.\(place.lastPathComponent).\(UUID().uuidString)"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unwritable(path: draft, reason: reason()) }
        var isDone = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
        var failure = errno
        close(descriptor)
        if isDone {
            // A link, other than a renamed file, takes nobody's place.
            isDone = replacing ? rename(draft, path) == 0 : link(draft, path) == 0
            failure = errno
        }
        if !isDone || !replacing { unlink(draft) }
        guard isDone else { throw .unwritable(path: path, reason: String(cString: strerror(failure))) }
        let parent = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if parent >= 0 {
            fsync(parent)
            close(parent)
        }
    }

    /// Makes a directory that is its owner's alone, and those above it that are missing.
    ///
    /// - Throws: `.exposedDirectory` where it is there and others may look into it.
    static func makeDirectory(_ path: String) throws(KeyFileError) {
        var missing: [String] = []
        var place = URL(fileURLWithPath: path)
        while access(place.path, F_OK) != 0, errno == ENOENT, place.path != "/" {
            missing.append(place.path)
            place.deleteLastPathComponent()
        }
        for path in missing.reversed() {
            if mkdir(path, 0o700) != 0 {
                if errno == EEXIST { continue }
                throw .unwritable(path: path, reason: reason())
            }
            // What the process's mask has left out, whatever it is at the moment.
            guard chmod(path, 0o700) == 0 else { throw .unwritable(path: path, reason: reason()) }
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw .unreadable(path: path, reason: reason()) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw .unwritable(path: path, reason: String(cString: strerror(ENOTDIR)))
        }
        guard status.st_mode & 0o077 == 0 else { throw .exposedDirectory(path: path) }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress! + written, $0.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }

    static func reason() -> String { String(cString: strerror(errno)) }
}

/// `read` of the system, which a method of that name hides.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}

/// `write` of the system, which a method of that name hides.
private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, buffer, count)
}
