import CLMDB

/// A place in a table. It must go before the writing transaction that it belongs to ends.
struct Cursor: ~Copyable {
    typealias Entry = (key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)

    let handle: OpaquePointer
    let environment: Environment

    deinit { mdb_cursor_close(handle) }

    /// Goes to the first entry whose key is not less than `key`.
    @inline(__always)
    func seek(_ key: UnsafeRawBufferPointer) throws(StorageError) -> Entry? {
        try move(MDB_SET_RANGE, key)
    }

    func seek(_ key: Key) throws(StorageError) -> Entry? {
        try key.withBytes { (bytes) throws(StorageError) in try seek(bytes) }
    }

    func first() throws(StorageError) -> Entry? { try move(MDB_FIRST, nil) }

    func last() throws(StorageError) -> Entry? { try move(MDB_LAST, nil) }

    func next() throws(StorageError) -> Entry? { try move(MDB_NEXT, nil) }

    func previous() throws(StorageError) -> Entry? { try move(MDB_PREV, nil) }

    /// Removes the entry that the cursor is at.
    func delete() throws(StorageError) {
        try check(mdb_cursor_del(handle, 0), "cannot remove an entry", environment)
    }

    @inline(__always)
    private func move(_ operation: MDB_cursor_op, _ key: UnsafeRawBufferPointer?) throws(StorageError) -> Entry? {
        var found = key.map { MDB_val($0) } ?? MDB_val()
        var value = MDB_val()
        let code = mdb_cursor_get(handle, &found, &value, operation)
        if code == 0 { return (UnsafeRawBufferPointer(found), UnsafeRawBufferPointer(value)) }
        if code == MDB_NOTFOUND { return nil }
        throw StorageError(lmdb: code, "cannot read", path: environment.path)
    }
}
