import CLMDB
import Glibc

/// Follows every page of an LMDB file from its roots, before LMDB does: a page number that leads out of the file, or a
/// length that leads out of a page, would kill the process.
///
/// The layout is that of format version 1: a page has a header of 16 bytes (its number, 8; padding, 2; flags, 2; ends of the
/// list of nodes and of free room, 2 each, or the number of pages, 4), the offsets of its nodes, 2 bytes each, and the nodes:
/// 8 bytes of header and a key, then in a leaf the value, or the number of the page where a large one begins.
struct PageWalk: ~Copyable {
    /// The root of a table, 48 bytes in a meta page or as a value of the table of tables.
    struct Root: Equatable {
        var flags: UInt16
        var depth: UInt16
        var branchPages: UInt64
        var leafPages: UInt64
        var overflowPages: UInt64
        var entries: UInt64
        var page: UInt64

        static let byteCount = 48

        init(_ bytes: UnsafeRawBufferPointer) {
            flags = bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)
            depth = bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self)
            branchPages = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            leafPages = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
            overflowPages = bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
            entries = bytes.loadUnaligned(fromByteOffset: 32, as: UInt64.self)
            page = bytes.loadUnaligned(fromByteOffset: 40, as: UInt64.self)
        }
    }

    private enum Kind {
        case free, tables, table
    }

    private enum PageFlag {
        static let branch: UInt16 = 0x01
        static let leaf: UInt16 = 0x02
        static let overflow: UInt16 = 0x04
    }

    private enum NodeFlag {
        static let large: UInt16 = 0x01
        static let table: UInt16 = 0x02
    }

    /// As deep as LMDB goes.
    private static let deepest: UInt16 = 32
    private static let header = 16
    private static let nodeHeader = 8

    private let file: Int32
    private let path: String
    private let pageSize: Int
    private let lastPage: UInt64
    /// One bit for each page: whether it was met.
    private var met: [UInt64]
    private var found: [(name: [UInt8], root: Root)] = []

    /// - Parameter file: a descriptor of the file.
    init(file: Int32, path: String, pageSize: Int, lastPage: Int) {
        self.file = file
        self.path = path
        self.pageSize = pageSize
        self.lastPage = UInt64(lastPage)
        met = [UInt64](repeating: 0, count: lastPage / 64 + 1)
    }

    /// Checks the table of tables and one of them: what opening the file looks at.
    mutating func checkTables(_ tables: Root, and name: String) throws(StorageError) {
        // Those that are not like Mayfly's are another program's, which their content will tell.
        guard tables.flags == 0 else { return }
        try check(tables, .tables)
        for (found, root) in found where found.elementsEqual(name.utf8) && root.flags == 0 { try check(root, .table) }
    }

    /// Checks every page that is in use, and that no free page is.
    ///
    /// - Throws: `StorageError.damaged`, naming the first page that is wrong.
    /// - Complexity: O(*n*) in the pages, each read once.
    mutating func checkAll(tables: Root, free: Root) throws(StorageError) {
        try check(tables, .tables)
        for (_, root) in found {
            // Tables with several values to a key are not Mayfly's.
            guard root.flags == 0 else { throw damaged("a table is of an unknown kind") }
            try check(root, .table)
        }
        try check(free, .free)
    }

    // MARK: Trees

    private mutating func check(_ root: Root, _ kind: Kind) throws(StorageError) {
        guard root.page != .max else {
            guard root.depth == 0, root.entries == 0 else { throw damaged("a table without pages has entries") }
            return
        }
        guard (1...Self.deepest).contains(root.depth) else { throw damaged("a table is \(root.depth) pages deep") }
        var counted = root
        (counted.branchPages, counted.leafPages, counted.overflowPages, counted.entries) = (0, 0, 0, 0)
        var waiting: [(page: UInt64, level: UInt16)] = [(root.page, 1)]
        while let (number, level) = waiting.popLast() {
            let isLeaf = level == root.depth
            let page = try page(number, flags: isLeaf ? PageFlag.leaf : PageFlag.branch)
            let offsets = try nodes(of: page, number)
            if isLeaf {
                counted.leafPages += 1
                counted.entries += UInt64(offsets.count)
                for offset in offsets { try checkLeaf(page, offset, number, kind, &counted) }
            } else {
                counted.branchPages += 1
                guard offsets.count >= (kind == .free ? 1 : 2) else {
                    throw damaged("page \(number) has too few branches")
                }
                for offset in offsets {
                    _ = try key(page, offset, number)
                    let child =
                        UInt64(half(page, offset)) | UInt64(half(page, offset + 2)) << 16
                        | UInt64(half(page, offset + 4)) << 32
                    waiting.append((child, level + 1))
                }
            }
        }
        guard counted == root else { throw damaged("a table has other pages or entries than its root says") }
    }

    private mutating func checkLeaf(
        _ page: [UInt8], _ offset: Int, _ number: UInt64, _ kind: Kind, _ counted: inout Root
    ) throws(StorageError) {
        let flags = half(page, offset + 4)
        let count = Int(half(page, offset)) | Int(half(page, offset + 2)) << 16
        let start = try key(page, offset, number)
        var value: [UInt8] = []
        switch flags {
        case 0, NodeFlag.table:
            guard start + count <= pageSize else { throw damaged("a value leads out of page \(number)") }
            guard kind == .free || flags == NodeFlag.table else { return }
            value = Array(page[start..<start + count])
        case NodeFlag.large:
            guard start + 8 <= pageSize else { throw damaged("a value leads out of page \(number)") }
            let first = page.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: UInt64.self) }
            let pages = try largeValue(at: first, count, from: number)
            counted.overflowPages += pages
            guard kind == .free else { return }
            value = try bytes(first, count: Self.header + count, Self.header)
        default: throw damaged("page \(number) has an entry of an unknown kind")
        }
        switch kind {
        case .free: try checkFree(value, number)
        case .tables:
            guard value.count == Root.byteCount else { throw damaged("page \(number) has a table without a root") }
            let name = Array(page[offset + Self.nodeHeader..<start])
            found.append((name, value.withUnsafeBytes { Root($0) }))
        case .table: throw damaged("page \(number) has a table within a table")
        }
    }

    /// The pages of a value that is too large for a leaf.
    private mutating func largeValue(at first: UInt64, _ count: Int, from number: UInt64) throws(StorageError) -> UInt64
    {
        let pages = UInt64((Self.header - 1 + count) / pageSize + 1)
        let head = try page(first, flags: PageFlag.overflow)
        let stated = head.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 12, as: UInt32.self) }
        guard UInt64(stated) == pages, pages - 1 <= lastPage - first else {
            throw damaged("a value of page \(number) has other pages than its length says")
        }
        for next in first + 1..<first + pages { try meet(next) }
        return pages
    }

    /// The numbers of pages that a transaction has freed.
    private mutating func checkFree(_ value: [UInt8], _ number: UInt64) throws(StorageError) {
        guard value.count >= 8, value.count % 8 == 0 else {
            throw damaged("page \(number) has a torn list of free pages")
        }
        let words = value.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 8).map { bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self) }
        }
        guard words[0] == UInt64(words.count - 1) else { throw damaged("page \(number) has a torn list of free pages") }
        for free in words.dropFirst() { try meet(free) }
    }

    // MARK: Pages

    /// Notes that a page is in use, which it can be once.
    private mutating func meet(_ number: UInt64) throws(StorageError) {
        guard number >= 2, number <= lastPage else { throw damaged("page \(number) is named and does not exist") }
        let (word, bit) = (Int(number / 64), UInt64(1) << (number % 64))
        guard met[word] & bit == 0 else { throw damaged("page \(number) is in use twice") }
        met[word] |= bit
    }

    private mutating func page(_ number: UInt64, flags: UInt16) throws(StorageError) -> [UInt8] {
        try meet(number)
        let page = try bytes(number, count: pageSize, 0)
        let stated = page.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        guard stated == number, half(page, 10) == flags else {
            throw damaged("page \(number) is not what the page above it says")
        }
        return page
    }

    /// The bytes of a page from an offset on, and of those behind it where it takes more.
    private func bytes(_ number: UInt64, count: Int, _ skipped: Int) throws(StorageError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count - skipped)
        var done = 0
        while done < bytes.count {
            let place = Int(number) * pageSize + skipped + done
            let read = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress! + done, $0.count - done, place) }
            guard read > 0 else { throw damaged("page \(number) cannot be read") }
            done += read
        }
        return bytes
    }

    /// The offsets of a page's nodes.
    private func nodes(of page: [UInt8], _ number: UInt64) throws(StorageError) -> [Int] {
        let (lower, upper) = (Int(half(page, 12)), Int(half(page, 14)))
        guard lower > Self.header, lower % 2 == 0, lower <= upper, upper <= pageSize else {
            throw damaged("page \(number) has no list of entries")
        }
        let offsets = stride(from: Self.header, to: lower, by: 2).map { Int(half(page, $0)) }
        for offset in offsets where offset < upper || offset + Self.nodeHeader > pageSize {
            throw damaged("an entry leads out of page \(number)")
        }
        return offsets
    }

    /// Where a node's key ends.
    private func key(_ page: [UInt8], _ offset: Int, _ number: UInt64) throws(StorageError) -> Int {
        let end = offset + Self.nodeHeader + Int(half(page, offset + 6))
        guard end <= pageSize else { throw damaged("a key leads out of page \(number)") }
        return end
    }

    private func half(_ page: [UInt8], _ offset: Int) -> UInt16 { UInt16(page[offset]) | UInt16(page[offset + 1]) << 8 }

    private func damaged(_ what: String) -> StorageError { .damaged(what, path: path) }
}
