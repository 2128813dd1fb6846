import CLMDB
import Glibc
import Synchronization

/// Keeps small what a map takes of this process's memory.
///
/// Every page that was looked at counts as resident for as long as the system has no better use for it. Now and then they
/// are taken out of the process; those that are looked at again come back from the system's cache. Nothing is lost: the map
/// is only read through, writing goes to the file.
final class MapResidence: Sendable {
    /// Commits between two looks: a look takes microseconds.
    private static let period = 16
    /// Bytes of mapped files from which pages are taken out. The program itself is about a third of it.
    private static let limit = 64 << 20

    private let commits = Atomic<Int>(0)

    /// Notes a commit.
    func note(_ environment: Environment) {
        guard commits.wrappingAdd(1, ordering: .relaxed).newValue.isMultiple(of: Self.period) else { return }
        guard Self.mappedBytes > Self.limit else { return }
        var information = MDB_envinfo()
        mdb_env_info(environment.handle, &information)
        guard let map = information.me_mapaddr else { return }
        madvise(map, environment.fileSize, MADV_DONTNEED)
    }

    /// Resident bytes of this process that files stand behind; zero where the system does not tell.
    private static var mappedBytes: Int {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 128)
        let count = max(0, read(file, &text, text.count))
        let fields = text.prefix(count).split(separator: UInt8(ascii: " "))
        guard fields.count > 2 else { return 0 }
        return fields[2].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
