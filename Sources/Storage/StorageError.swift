/// Why the database could not do what it was asked: what happened, to which file, and what a person can do about it.
public struct StorageError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Code: Equatable, Sendable {
        /// There is no database at the path.
        case missing
        /// The file is there, but another program made it.
        case foreign
        /// Another version of this program made the database, with another layout.
        case otherSchema(UInt32)
        /// The database is of another chain.
        case otherChain
        /// The database contradicts itself.
        case damaged
        /// The database is in use by another process.
        case inUse
        /// The file may not be written to.
        case readOnly
        /// The disk, the quota or the address space is used up.
        case full
        /// What is asked for is older than the history that is kept.
        case beyondHistory
        /// The block does not follow the head, or what was executed does not lead to its header.
        case wrongBlock
        /// Anything else that the system or LMDB says; the code is theirs.
        case failed(Int32)
    }

    public var code: Code
    /// What was being done, and what came of it.
    public var what: String
    public var path: String
    /// How to mend it.
    public var remedy: String

    public init(_ code: Code, _ what: String, path: String, remedy: String) {
        self.code = code
        self.what = what
        self.path = path
        self.remedy = remedy
    }

    public var description: String { "\(path): \(what). \(remedy)" }

    /// The contradiction that was met in a database.
    static func damaged(_ what: String, path: String) -> StorageError {
        StorageError(
            .damaged, what, path: path,
            remedy:
                "Nothing was changed. Restore the directory from a copy, or move it away and let the node build it anew."
        )
    }
}
