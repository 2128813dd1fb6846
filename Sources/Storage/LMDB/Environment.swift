import CLMDB
import Glibc

/// A table of an environment.
struct Table: Sendable {
    let name: String
    let handle: MDB_dbi
}

/// An LMDB file that is open in this process, with its tables.
///
/// One writer at a time, on the thread that calls; any number of readers, each with the state of the moment at which it
/// began. The address space is reserved at once (1 TiB where the system gives that much), so that the map never has to
/// grow under a reader; the file is as large as what is in it.
///
/// Commits do not wait for the disk: pages go to the file with `pwrite` before the page that makes them current does, so
/// that a process that dies at any moment leaves a whole database behind in the system's cache. Only a machine that dies
/// can lose what `sync` has not yet pushed to the disk. A writable memory map (MDB_WRITEMAP) would be faster, but a full
/// disk would then kill the process, and a stray write could reach the file.
final class Environment: @unchecked Sendable {
    // LMDB's environment may be used by all threads; the tables never change.
    let handle: OpaquePointer
    let path: String
    let isReadOnly: Bool
    private(set) var tables: [Table] = []
    private let file: Int32
    private let residence: MapResidence

    /// Opens the file, which `DatabaseFile` has found sound or absent.
    init(
        path: String, tables names: [String], isReadOnly: Bool, isLocked: Bool = true, tableLimit: Int? = nil
    ) throws(StorageError) {
        var flags = MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD | MDB_NOSYNC
        if isReadOnly { flags |= MDB_RDONLY }
        if !isLocked { flags |= MDB_NOLOCK }
        handle = try Self.open(path, tableLimit: tableLimit ?? names.count, flags: flags)
        self.path = path
        self.isReadOnly = isReadOnly
        var descriptor: Int32 = -1
        mdb_env_get_fd(handle, &descriptor)
        file = descriptor
        residence = MapResidence(file: descriptor)
        var dead: Int32 = 0
        mdb_reader_check(handle, &dead)
        self.tables = try openTables(names)
    }

    // A failed initialiser runs this too, as all stored properties are set before anything after the opening can fail.
    deinit { mdb_env_close(handle) }

    /// Opens the file with as much address space as there is, down to 1 GiB.
    private static func open(_ path: String, tableLimit: Int, flags: Int32) throws(StorageError) -> OpaquePointer {
        var size = 1 << 40
        while true {
            // After a failed opening a handle can only be closed.
            var created: OpaquePointer?
            let code = mdb_env_create(&created)
            guard code == 0, let created else { throw StorageError(lmdb: code, "cannot begin", path: path) }
            mdb_env_set_maxdbs(created, UInt32(tableLimit))
            mdb_env_set_maxreaders(created, 2_048)
            mdb_env_set_mapsize(created, size)
            let result = mdb_env_open(created, path, UInt32(flags), 0o644)
            if result == 0 { return created }
            mdb_env_close(created)
            guard result == ENOMEM, size > 1 << 30 else {
                throw StorageError(lmdb: result, "cannot open the database", path: path)
            }
            size /= 2
        }
    }

    private func openTables(_ names: [String]) throws(StorageError) -> [Table] {
        var transaction: OpaquePointer?
        try check(
            mdb_txn_begin(handle, nil, isReadOnly ? UInt32(MDB_RDONLY) : 0, &transaction), "cannot begin", self)
        var tables: [Table] = []
        for name in names {
            var table: MDB_dbi = 0
            let code = mdb_dbi_open(transaction, name, isReadOnly ? 0 : UInt32(MDB_CREATE), &table)
            if code != 0 {
                mdb_txn_abort(transaction)
                throw StorageError(lmdb: code, "cannot open the table \(name)", path: path)
            }
            tables.append(Table(name: name, handle: table))
        }
        // Handles stay open for the whole environment once the transaction that made them is committed.
        try check(mdb_txn_commit(transaction), "cannot make the tables", self)
        extendFile()
        return tables
    }

    // MARK: Transactions

    /// A view of the database as it is now.
    func read() throws(StorageError) -> ReadTransaction {
        var transaction: OpaquePointer?
        let code = mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &transaction)
        guard code == 0, let transaction else { throw StorageError(lmdb: code, "cannot begin to read", path: path) }
        residence.note(byteCount: fileSize)
        return ReadTransaction(DatabaseTransaction(handle: transaction, environment: self))
    }

    /// Runs `body` and commits what it has written, or nothing where it throws.
    func write<Result>(
        _ body: (borrowing WriteTransaction) throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        var begun: OpaquePointer?
        let code = mdb_txn_begin(handle, nil, 0, &begun)
        guard code == 0, let begun else { throw StorageError(lmdb: code, "cannot begin to write", path: path) }
        let transaction = WriteTransaction(DatabaseTransaction(handle: begun, environment: self))
        let result: Result
        do throws(StorageError) {
            result = try body(transaction)
        } catch {
            mdb_txn_abort(begun)
            throw error
        }
        try check(mdb_txn_commit(begun), "cannot write the block", self)
        extendFile()
        residence.note(weight: MapResidence.commitWeight, byteCount: fileSize)
        return result
    }

    /// Looks at every page of the database as it is now, before LMDB does.
    ///
    /// - Throws: `StorageError.damaged` where a page is not what it should be.
    func checkPages() throws(StorageError) {
        while true {
            let reading = try read()
            // The reader keeps the pages from being used again while they are looked at.
            let isDone = try withExtendedLifetime(reading) { (reading) throws(StorageError) in
                try DatabaseFile.checkPages(path, of: reading.transaction.number)
            }
            if isDone { return }
        }
    }

    /// Waits until everything committed is on the disk.
    func sync() throws(StorageError) { try check(mdb_env_sync(handle, 1), "cannot reach the disk", self) }

    /// Writes a compact copy of the database as it is now, which readers and the writer do not notice.
    func copy(to target: String) throws(StorageError) {
        try check(mdb_env_copy2(handle, target, UInt32(MDB_CP_COMPACT)), "cannot copy the database to \(target)", self)
    }

    /// The last page counts as allocated though LMDB may not have written it, where it was freed in the same
    /// transaction. The file is made to have it, so that a file that is shorter when it was closed has been cut off.
    ///
    /// - Returns: whether the file is as long as it says; what is committed is safe in either case.
    @discardableResult
    func extendFile() -> Bool {
        if isReadOnly { return true }
        var information = MDB_envinfo()
        var statistics = MDB_stat()
        mdb_env_info(handle, &information)
        mdb_env_stat(handle, &statistics)
        let needed = (information.me_last_pgno + 1) * Int(statistics.ms_psize)
        var status = stat()
        return fstat(file, &status) == 0 && (status.st_size >= needed || ftruncate(file, needed) == 0)
    }

    /// The bytes of the file.
    var fileSize: Int {
        var status = stat()
        return fstat(file, &status) == 0 ? status.st_size : 0
    }

    /// Bytes that may still be written to the disk of the file; zero where the system does not say.
    var freeBytes: Int {
        var status = statvfs()
        return fstatvfs(file, &status) == 0 ? Int(status.f_bavail) * Int(status.f_frsize) : 0
    }
}
