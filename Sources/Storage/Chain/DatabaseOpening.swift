import CLMDB
import Glibc

/// The environment of a database whose file and format have been looked at first.
struct DatabaseOpening {
    let environment: Environment
    let lock: DirectoryLock?

    private static func file(in directory: String) -> String { directory + "/chain.mdb" }

    /// What a writer that is killed may lack at the end of its file: pages that one block allocates and frees.
    private static let largestLack = 4 << 20

    /// Opens for writing, which one process at a time can.
    static func open(_ directory: String, canCreate: Bool) throws(StorageError) -> DatabaseOpening {
        let path = file(in: directory)
        let found = try DatabaseFile.inspect(path)
        if found == .absent {
            guard canCreate else { throw missing(path) }
            try makeDirectory(directory)
        }
        let lock = try DirectoryLock(at: directory + "/chain.lock", database: path)
        var isNew = false
        switch found {
        case .absent: isNew = true
        case .sound: isNew = try !checkFormat(path)
        case .short(let missing, let size):
            guard lock.lastEnd == .killed, missing <= largestLack else {
                throw .damaged("the file has been cut off: \(missing) bytes are missing at its end", path: path)
            }
            // Before LMDB maps it: reading past the end of a file kills a process.
            try DatabaseFile.extend(path, to: size)
            isNew = try !checkFormat(path)
        }
        if isNew && !canCreate { throw missing(path) }
        guard access(directory, W_OK) == 0, isNew || access(path, W_OK) == 0 else {
            throw StorageError(lmdb: errno, "cannot write to the database", path: path)
        }
        lock.begin()
        let environment = try Environment(path: path, tables: ChainTables.names, isReadOnly: false)
        if isNew {
            let meta = ChainTables(environment.tables).meta
            try environment.write { (transaction) throws(StorageError) in
                try transaction.put(meta, ChainMarks.formatKey, ChainMarks.format)
            }
        }
        return DatabaseOpening(environment: environment, lock: lock)
    }

    /// Opens for reading, beside a writer or in a directory that may not be written to.
    static func openReadOnly(_ directory: String) throws(StorageError) -> DatabaseOpening {
        let path = file(in: directory)
        switch try DatabaseFile.inspect(path) {
        case .absent: throw missing(path)
        case .sound: break
        case .short(let lack, _):
            // A writer that is running may be about to extend the file; it never reads what is missing.
            guard lack <= largestLack, DirectoryLock.isHeld(at: directory + "/chain.lock") else {
                throw .damaged("the file has been cut off: \(lack) bytes are missing at its end", path: path)
            }
        }
        guard try checkFormat(path) else { throw missing(path) }
        let environment: Environment
        do throws(StorageError) {
            environment = try Environment(path: path, tables: ChainTables.names, isReadOnly: true)
        } catch {
            guard error.code == .readOnly else { throw error }
            // No lock file can be made, so nobody writes.
            environment = try Environment(path: path, tables: ChainTables.names, isReadOnly: true, isLocked: false)
        }
        return DatabaseOpening(environment: environment, lock: nil)
    }

    /// The path of a database that is not there yet, in a directory that is made.
    static func newFile(in directory: String) throws(StorageError) -> String {
        let path = file(in: directory)
        guard try DatabaseFile.inspect(path) == .absent else {
            throw StorageError(
                .failed(EEXIST), "there is a database already", path: path, remedy: "Choose another directory.")
        }
        try makeDirectory(directory)
        return path
    }

    /// Whether the format field is there; false for an LMDB file without anything in it.
    ///
    /// - Throws: `StorageError.foreign` and `.otherSchema`; nothing is written.
    private static func checkFormat(_ path: String) throws(StorageError) -> Bool {
        let environment = try Environment(path: path, tables: [], isReadOnly: true, isLocked: false, tableLimit: 1)
        let reading = try environment.read()
        guard let meta = try reading.transaction.table("meta") else {
            if try reading.transaction.isEmpty { return false }
            throw foreign(path)
        }
        guard let format = try reading.transaction.get(meta, ChainMarks.formatKey) else {
            if try reading.transaction.count(meta) == 0 { return false }
            throw foreign(path)
        }
        let program = ChainMarks.program
        guard format.count == program.count + 4, format.starts(with: program) else { throw foreign(path) }
        let schema = format.number(at: program.count, as: UInt32.self)
        guard schema == ChainMarks.schema else {
            throw StorageError(
                .otherSchema(schema), "the database has layout \(schema), this program knows \(ChainMarks.schema)",
                path: path,
                remedy: "Nothing was changed. Use the version of the program that made it, or choose another directory."
            )
        }
        return true
    }

    private static func foreign(_ path: String) -> StorageError {
        StorageError(
            .foreign, "this is a database of another program", path: path,
            remedy: "Nothing was changed. Choose another directory, or move this file away.")
    }

    private static func missing(_ path: String) -> StorageError {
        StorageError(
            .missing, "there is no database", path: path, remedy: "Check the directory, or start a node in it first.")
    }

    /// Makes a directory and those above it that are missing.
    private static func makeDirectory(_ directory: String) throws(StorageError) {
        var index = directory.startIndex
        while index != directory.endIndex {
            let rest = directory.index(after: index)
            index = directory[rest...].firstIndex(of: "/") ?? directory.endIndex
            let part = String(directory[..<index])
            if mkdir(part, 0o755) != 0 && errno != EEXIST {
                throw StorageError(lmdb: errno, "cannot make the directory", path: part)
            }
        }
    }
}
