import Glibc
import Synchronization

/// Keeps small what a map takes of this process's memory.
///
/// Every page that was looked at counts as resident for as long as the system has no better use for it. Now and then they
/// are taken out of the process; those that are looked at again come back from the system's cache. Nothing is lost: the map
/// is only read through, writing goes to the file.
final class MapResidence: @unchecked Sendable {
    /// Transactions between two looks: a look takes microseconds.
    private static let period = 64
    /// What a commit counts for: it looks at more pages than a reader.
    static let commitWeight = 4
    /// Bytes of mapped files from which pages are taken out. The program itself is about half of it.
    private static let limit = 64 << 20

    /// The map; nil where the system does not tell. It never changes.
    private let map: UnsafeMutableRawBufferPointer?
    private let transactions = Atomic<Int>(0)

    /// - Parameter file: the descriptor of the mapped file.
    init(file: Int32) {
        map = Self.map(of: file)
    }

    /// Notes a transaction that counts for `weight`, on a file of `byteCount` bytes.
    func note(weight: Int = 1, byteCount: @autoclosure () -> Int) {
        let count = transactions.wrappingAdd(weight, ordering: .relaxed).newValue
        guard count % Self.period < weight, let map, Self.mappedBytes > Self.limit else { return }
        madvise(map.baseAddress, min(byteCount(), map.count), MADV_DONTNEED)
    }

    /// Resident bytes of this process that files stand behind; zero where the system does not tell.
    private static var mappedBytes: Int {
        let fields = read("/proc/self/statm", limit: 128).split(separator: UInt8(ascii: " "))
        guard fields.count > 2 else { return 0 }
        return fields[2].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Where a file is mapped from its first byte on (proc(5), maps: range, permissions, offset, device, inode, path).
    private static func map(of file: Int32) -> UnsafeMutableRawBufferPointer? {
        var status = stat()
        guard fstat(file, &status) == 0 else { return nil }
        let inode = Array(String(status.st_ino).utf8)
        for line in read("/proc/self/maps", limit: 1 << 20).split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
            guard fields.count > 4, fields[4].elementsEqual(inode), fields[1].elementsEqual("r--s".utf8),
                fields[2].allSatisfy({ $0 == UInt8(ascii: "0") })
            else { continue }
            let range = fields[0].split(separator: UInt8(ascii: "-")).map {
                UInt(String(decoding: $0, as: UTF8.self), radix: 16) ?? 0
            }
            // A database reserves at least a gibibyte of addresses: a file that happens to have its number does not.
            guard range.count == 2, range[1] > range[0], range[1] - range[0] >= 1 << 30 else { continue }
            return UnsafeMutableRawBufferPointer(
                start: UnsafeMutableRawPointer(bitPattern: range[0]), count: Int(range[1] - range[0]))
        }
        return nil
    }

    /// The text of a file of the system, up to a limit.
    private static func read(_ path: String, limit: Int) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4_096)
        while text.count < limit {
            let count = Glibc.read(file, &piece, piece.count)
            guard count > 0 else { break }
            text += piece[..<count]
        }
        return text
    }
}
