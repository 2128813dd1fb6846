import CLMDB
import Glibc

/// Looks at an LMDB file without opening it as one: a map of a file that is shorter than it says would kill the process.
///
/// The file begins with two copies of a meta page, of which the one with the higher transaction number holds. The page:
/// 16 bytes of page header; magic and version (4 bytes each), address and map size (8 each), twice the 48 bytes of a
/// table's root (whose first 4 bytes are the page size, in the first), the number of the last page, the transaction.
enum DatabaseFile {
    enum Finding: Equatable {
        /// No file, or one without content.
        case absent
        case sound
        /// The file lacks this many bytes of its last pages.
        case short(missing: Int, size: Int)
    }

    private static let magic: UInt32 = 0xBEEF_C0DE
    private static let formatVersion: UInt32 = 1

    /// Looks at the meta pages, the length of the file, the table of tables, and the one that says what they are.
    static func inspect(_ path: String) throws(StorageError) -> Finding {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        if file < 0 {
            if errno == ENOENT { return .absent }
            throw StorageError(lmdb: errno, "cannot read the database", path: path)
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw StorageError(lmdb: MDB_INVALID, "this is no file", path: path)
        }
        if status.st_size == 0 { return .absent }
        var newest = try newestMeta(file, path)
        let (end, overflow) = newest.lastPage.addingReportingOverflow(1)
        let (needed, isTooLarge) = end.multipliedReportingOverflow(by: newest.pageSize)
        if overflow || isTooLarge || end < 2 { throw .damaged("the meta page is damaged", path: path) }
        if status.st_size < needed { return .short(missing: needed - status.st_size, size: needed) }
        while true {
            do throws(StorageError) {
                var walk = newest.walk(file, path)
                try walk.checkTables(newest.tables, and: "meta")
                return .sound
            } catch {
                // Beside a writer the pages may be others by now.
                let later = try newestMeta(file, path)
                guard later.transaction != newest.transaction else { throw error }
                newest = later
            }
        }
    }

    /// Follows all pages of the transaction that a reader sees, which keeps them as they are.
    ///
    /// - Returns: false where a writer has made two transactions since the reader began, so that its roots are gone.
    static func checkPages(_ path: String, of transaction: UInt64) throws(StorageError) -> Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw StorageError(lmdb: errno, "cannot read the database", path: path) }
        defer { close(file) }
        let metas = try metas(file, path)
        guard let meta = metas.first(where: { $0.transaction == transaction }) else { return false }
        var walk = meta.walk(file, path)
        try walk.checkAll(tables: meta.tables, free: meta.free)
        return true
    }

    private static func newestMeta(_ file: Int32, _ path: String) throws(StorageError) -> Meta {
        let metas = try metas(file, path)
        return metas[1].transaction > metas[0].transaction ? metas[1] : metas[0]
    }

    /// The two meta pages.
    private static func metas(_ file: Int32, _ path: String) throws(StorageError) -> [Meta] {
        var head = [UInt8](repeating: 0, count: 152)
        guard pread(file, &head, head.count, 0) == head.count, let first = Meta(head) else {
            throw StorageError(lmdb: MDB_INVALID, "this is not a database of Mayfly", path: path)
        }
        guard pread(file, &head, head.count, first.pageSize) == head.count, let second = Meta(head),
            second.pageSize == first.pageSize
        else { throw .damaged("the second meta page is damaged", path: path) }
        return [first, second]
    }

    private struct Meta {
        let pageSize: Int
        let lastPage: Int
        let transaction: UInt64
        let free: PageWalk.Root
        let tables: PageWalk.Root

        func walk(_ file: Int32, _ path: String) -> PageWalk {
            PageWalk(file: file, path: path, pageSize: pageSize, lastPage: lastPage)
        }

        init?(_ page: [UInt8]) {
            func word<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _: Value.Type) -> Value {
                page.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
            }
            guard word(16, UInt32.self) == magic, word(20, UInt32.self) == formatVersion else { return nil }
            pageSize = Int(word(40, UInt32.self))
            lastPage = Int(truncatingIfNeeded: word(136, UInt64.self))
            transaction = word(144, UInt64.self)
            (free, tables) = page.withUnsafeBytes { bytes in
                let root = { (start: Int) in
                    PageWalk.Root(UnsafeRawBufferPointer(rebasing: bytes[start..<start + PageWalk.Root.byteCount]))
                }
                return (root(40), root(40 + PageWalk.Root.byteCount))
            }
            guard pageSize >= 512, pageSize <= 65_536, lastPage >= 0, pageSize & (pageSize - 1) == 0 else { return nil }
        }
    }

    /// Gives a file the last pages that a writer that was killed had no time for: they were free already.
    static func extend(_ path: String, to size: Int) throws(StorageError) {
        guard truncate(path, size) == 0 else { throw StorageError(lmdb: errno, "cannot extend the file", path: path) }
    }
}
