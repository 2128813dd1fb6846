import CLMDB

/// What reading and writing transactions have in common. It does not own the transaction.
struct DatabaseTransaction {
    let handle: OpaquePointer
    let environment: Environment

    /// Of the transactions that the database has seen, which one this reads or is.
    var number: UInt64 { UInt64(mdb_txn_id(handle)) }

    /// The value of `key`, or nil. It is valid until the transaction ends or writes.
    @inline(__always)
    func get(_ table: Table, _ key: UnsafeRawBufferPointer) throws(StorageError) -> UnsafeRawBufferPointer? {
        var keyValue = MDB_val(key)
        var value = MDB_val()
        let code = mdb_get(handle, table.handle, &keyValue, &value)
        if code == 0 { return UnsafeRawBufferPointer(value) }
        if code == MDB_NOTFOUND { return nil }
        throw StorageError(lmdb: code, "cannot read from \(table.name)", path: environment.path)
    }

    func get(_ table: Table, _ key: Key) throws(StorageError) -> UnsafeRawBufferPointer? {
        try key.withBytes { (bytes) throws(StorageError) in try get(table, bytes) }
    }

    func cursor(_ table: Table) throws(StorageError) -> Cursor {
        var cursor: OpaquePointer?
        let code = mdb_cursor_open(handle, table.handle, &cursor)
        guard code == 0, let cursor else {
            throw StorageError(lmdb: code, "cannot read from \(table.name)", path: environment.path)
        }
        return Cursor(handle: cursor, environment: environment)
    }

    /// A table by its name, where there is such a table.
    func table(_ name: String) throws(StorageError) -> Table? {
        var table: MDB_dbi = 0
        let code = mdb_dbi_open(handle, name, 0, &table)
        if code == MDB_NOTFOUND || code == MDB_INCOMPATIBLE { return nil }
        try check(code, "cannot open the table \(name)", environment)
        return Table(name: name, handle: table)
    }

    /// Whether there are neither tables nor entries outside tables.
    var isEmpty: Bool {
        get throws(StorageError) {
            // The table of tables is the second of an environment.
            try count(Table(name: "tables", handle: 1)) == 0
        }
    }

    /// The number of entries in a table.
    func count(_ table: Table) throws(StorageError) -> Int {
        var statistics = MDB_stat()
        try check(mdb_stat(handle, table.handle, &statistics), "cannot read from \(table.name)", environment)
        return statistics.ms_entries
    }
}

/// A view of the database at one moment; ended when it goes.
struct ReadTransaction: ~Copyable {
    let transaction: DatabaseTransaction

    init(_ transaction: DatabaseTransaction) { self.transaction = transaction }

    deinit { mdb_txn_abort(transaction.handle) }
}

/// Changes that take place together or not at all.
struct WriteTransaction: ~Copyable {
    let transaction: DatabaseTransaction

    init(_ transaction: DatabaseTransaction) { self.transaction = transaction }

    /// Sets the value of `key`.
    func put(
        _ table: Table, _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, isLast: Bool = false
    ) throws(StorageError) {
        var keyValue = MDB_val(key)
        var dataValue = MDB_val(value)
        let code = mdb_put(
            transaction.handle, table.handle, &keyValue, &dataValue, isLast ? UInt32(MDB_APPEND) : 0)
        try check(code, "cannot write to \(table.name)", transaction.environment)
    }

    /// - Parameters:
    ///   - isLast: whether the key comes after all others, which makes full pages and takes no search.
    func put(
        _ table: Table, _ key: Key, _ value: UnsafeRawBufferPointer, isLast: Bool = false
    ) throws(StorageError) {
        try key.withBytes { (bytes) throws(StorageError) in try put(table, bytes, value, isLast: isLast) }
    }

    func put(
        _ table: Table, _ key: Key, _ value: [UInt8], isLast: Bool = false
    ) throws(StorageError) {
        try value.withUnsafeBufferPointer { (bytes) throws(StorageError) in
            try put(table, key, UnsafeRawBufferPointer(bytes), isLast: isLast)
        }
    }

    /// Removes `key`, if it is there.
    func delete(_ table: Table, _ key: Key) throws(StorageError) {
        try key.withBytes { (bytes) throws(StorageError) in
            var keyValue = MDB_val(bytes)
            let code = mdb_del(transaction.handle, table.handle, &keyValue, nil)
            if code != MDB_NOTFOUND { try check(code, "cannot write to \(table.name)", transaction.environment) }
        }
    }

    /// Removes every key that begins with `prefix`.
    func delete(_ table: Table, prefix: Key) throws(StorageError) {
        let cursor = try transaction.cursor(table)
        try prefix.withBytes { (bytes) throws(StorageError) in
            while let entry = try cursor.seek(bytes), entry.key.starts(with: bytes) { try cursor.delete() }
        }
    }
}

extension MDB_val {
    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }
}

extension UnsafeRawBufferPointer {
    @inline(__always)
    init(_ value: MDB_val) { self.init(start: value.mv_data, count: value.mv_size) }
}
