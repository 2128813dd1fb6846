import CLMDB
import Glibc

extension StorageError {
    /// What an LMDB call has returned.
    init(lmdb code: Int32, _ doing: String, path: String) {
        let reason = String(cString: mdb_strerror(code))
        let what = "\(doing): \(reason)"
        switch code {
        case ENOSPC, EDQUOT, EFBIG, EIO, MDB_MAP_FULL:
            self.init(
                .full, what, path: path,
                remedy:
                    "The last whole block is safe. Free some space on this file system, or allow larger files, and start again."
            )
        case EACCES, EROFS, EPERM:
            self.init(
                .readOnly, what, path: path,
                remedy:
                    "Nothing was changed. Make the directory and its files writable for this user, or choose another directory."
            )
        case MDB_INVALID, MDB_VERSION_MISMATCH:
            self.init(
                .foreign, what, path: path,
                remedy: "Nothing was changed. Choose another directory, or move this file away.")
        case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_PANIC, MDB_INCOMPATIBLE, MDB_BAD_VALSIZE:
            self = .damaged(what, path: path)
        case MDB_READERS_FULL:
            self.init(.failed(code), what, path: path, remedy: "Ask for fewer things at a time.")
        case ENOENT:
            self.init(.missing, what, path: path, remedy: "Check the path.")
        default:
            self.init(
                .failed(code), what, path: path, remedy: "See the code \(code) in the manual of the system or of LMDB.")
        }
    }
}

/// Throws what an LMDB call has returned where that is not success.
@inline(__always)
func check(_ code: Int32, _ doing: @autoclosure () -> String, _ environment: Environment) throws(StorageError) {
    if code != 0 { throw StorageError(lmdb: code, doing(), path: environment.path) }
}
