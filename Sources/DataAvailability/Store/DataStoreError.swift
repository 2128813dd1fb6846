import Glibc

/// Why the store on the disk did not take data, or did not give them.
public enum DataStoreError: Error, Equatable, Sendable {
    /// The directory cannot be used: what is the matter, and how to mend it.
    case directory(String)
    /// There is no room, on the disk or within what the store may take of it.
    case full(String)
    /// The file that is named by the hash of its data holds others.
    case damaged(String)
    /// The disk does not write or read.
    case failed(String)

    public var message: String {
        switch self {
        case .directory(let why), .full(let why), .damaged(let why), .failed(let why): why
        }
    }

    /// From the system's number of an error.
    static func system(_ number: Int32, _ what: String, _ path: String) -> DataStoreError {
        let reason = String(cString: strerror(number))
        switch number {
        case ENOSPC, EDQUOT, EFBIG:
            return .full("cannot \(what) \(path): \(reason). Make room on the disk; nothing was kept of the data.")
        default: return .failed("cannot \(what) \(path): \(reason)")
        }
    }
}
