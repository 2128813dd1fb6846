import Glibc
package import Primitives
import Synchronization

/// Keeps data on the disk, each in a file that is named by the keccak256 of its bytes.
///
/// A file is whole from its first moment on: it is written elsewhere, brought to the disk and then renamed, and the
/// directory with its new name is brought to the disk before anybody hears of it. What was acknowledged therefore survives a
/// crash of the process, of the system, and a loss of power. Nothing is ever removed.
///
/// Layout: `objects/ab/ab…` with 64 digits, `incoming/` for what is being written, `lock` for the one process.
public final class DataStore: Sendable {
    /// What the store holds.
    public struct Usage: Sendable, Equatable {
        public internal(set) var objects = 0
        public internal(set) var bytes: UInt64 = 0
        /// Bytes that are being written.
        public internal(set) var reserved: UInt64 = 0

        public init() {}
    }

    public let directory: String
    /// Bytes of data that may be kept; nil for what the disk has room for.
    public let capacity: UInt64?
    private let lock: Int32
    private let state = Mutex(Usage())
    private let nextUpload = Atomic<UInt64>(0)

    /// Opens the store in a directory, which is made where it does not exist; its parent does.
    ///
    /// - Throws: `directory` where it cannot be used or another process uses it.
    public init(directory: String, capacity: UInt64? = nil) throws(DataStoreError) {
        self.directory = directory
        self.capacity = capacity
        for path in [directory, directory + "/objects", directory + "/incoming"] { try Self.makeDirectory(path) }
        lock = try Self.lock(directory)
        do throws(DataStoreError) {
            for prefix in 0..<256 { try Self.makeDirectory(directory + "/objects/" + Self.digits(prefix)) }
            for path in [directory + "/objects", directory, directory + "/.."] { try Self.synchronise(path) }
            // What a crash has left unfinished was never acknowledged.
            for name in try Self.names(in: directory + "/incoming") { unlink(directory + "/incoming/" + name) }
            try count()
        } catch {
            Glibc.close(lock)
            throw error
        }
    }

    deinit { Glibc.close(lock) }

    public var usage: Usage { state.withLock { $0 } }

    /// Bytes that may still be kept: what the disk has free, and no more than the capacity leaves; nil where it is not known.
    public var room: UInt64? {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return nil }
        let free = UInt64(status.f_bavail) &* UInt64(status.f_frsize)
        guard let capacity else { return free }
        let used = usage
        return min(free, capacity - min(capacity, used.bytes + used.reserved))
    }

    // MARK: Writing

    /// Begins to write data.
    ///
    /// - Parameter count: how many bytes are announced; 0 where that is not known.
    package func beginUpload(announced count: Int) throws(DataStoreError) -> DataUpload {
        try reserve(UInt64(count))
        let number = nextUpload.wrappingAdd(1, ordering: .relaxed).oldValue
        let path = directory + "/incoming/\(number)"
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            let error = DataStoreError.system(errno, "write", path)
            release(UInt64(count))
            throw error
        }
        return DataUpload(self, file: file, path: path, reserved: UInt64(count))
    }

    /// Sets room aside, where there is a bound.
    func reserve(_ bytes: UInt64) throws(DataStoreError) {
        let isHeld = state.withLock { usage in
            if let capacity, usage.bytes + usage.reserved + bytes > capacity { return false }
            usage.reserved += bytes
            return true
        }
        guard !isHeld, let capacity else { return }
        throw .full("the store may hold \(capacity) bytes, and they are used up. Give it more, or another directory.")
    }

    func release(_ bytes: UInt64) { state.withLock { $0.reserved -= bytes } }

    /// Gives a file that has been brought to the disk the name of its data.
    ///
    /// - Returns: the directory of the name, which has to be brought to the disk as well.
    func adopt(_ path: String, _ hash: Hash256, size: UInt64, reserved: UInt64) throws(DataStoreError) -> String {
        let place = place(of: hash)
        // In place of a file of that name, so that damaged ones heal.
        let failure: Int32 = state.withLock { usage in
            var status = stat()
            let isNew = stat(place.file, &status) != 0
            guard rename(path, place.file) == 0 else { return errno }
            usage.reserved -= reserved
            usage.bytes += size
            if isNew { usage.objects += 1 } else { usage.bytes -= min(usage.bytes, UInt64(max(0, status.st_size))) }
            return 0
        }
        if failure != 0 { throw .system(failure, "name", place.file) }
        return place.folder
    }

    // MARK: Reading

    /// The data with that keccak256, which have been read and found whole; nil where there are none.
    ///
    /// - Throws: `damaged` where the file holds other bytes than those it is named by.
    /// - Complexity: reads all of the file.
    package func find(_ hash: Hash256) throws(DataStoreError) -> StoredData? {
        let path = place(of: hash).file
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw .system(errno, "read", path)
        }
        let data = try StoredData(file: file, path: path)
        guard try data.hash() == hash else {
            throw .damaged("\(path) does not hold the data that it is named by. Put them again, or restore the file.")
        }
        return data
    }

    private func place(of hash: Hash256) -> (folder: String, file: String) {
        let name = String(decoding: Hex.ascii(hash.bytes), as: UTF8.self)
        let folder = directory + "/objects/" + name.prefix(2)
        return (folder, folder + "/" + name)
    }

    // MARK: Directories

    private func count() throws(DataStoreError) {
        var found = Usage()
        for prefix in 0..<256 {
            let folder = directory + "/objects/" + Self.digits(prefix)
            for name in try Self.names(in: folder) where name.utf8.count == 64 {
                var status = stat()
                guard stat(folder + "/" + name, &status) == 0 else { continue }
                found.objects += 1
                found.bytes += UInt64(max(0, status.st_size))
            }
        }
        state.withLock { $0 = found }
    }

    private static func digits(_ byte: Int) -> String { String(decoding: Hex.ascii([UInt8(byte)]), as: UTF8.self) }

    private static func makeDirectory(_ path: String) throws(DataStoreError) {
        guard mkdir(path, 0o755) != 0 else { return }
        let number = errno
        var status = stat()
        if number == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
        throw .directory("cannot make the directory \(path): \(String(cString: strerror(number)))")
    }

    private static func lock(_ directory: String) throws(DataStoreError) -> Int32 {
        let path = directory + "/lock"
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .directory("cannot open \(path): \(String(cString: strerror(errno)))") }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(file)
            throw .directory("another process uses \(directory). Stop it, or choose another directory.")
        }
        return file
    }

    /// Brings what a directory names to the disk.
    static func synchronise(_ path: String) throws(DataStoreError) {
        let file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw .system(errno, "open", path) }
        defer { Glibc.close(file) }
        guard fsync(file) == 0 else { throw .system(errno, "bring to the disk", path) }
    }

    private static func names(in path: String) throws(DataStoreError) -> [String] {
        guard let folder = opendir(path) else { throw .system(errno, "read", path) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
