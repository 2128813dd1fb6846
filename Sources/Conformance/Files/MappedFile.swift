#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file mapped into memory for reading: pages come and go with use, so a file of 100 MB costs little.
final class MappedFile {
    /// Why a file cannot be read.
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let code: Int32

        var description: String { "cannot read \(path): \(String(cString: strerror(code)))" }
    }

    let bytes: UnsafeRawBufferPointer

    /// Maps the file at `path`.
    init(path: String) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure(path: path, code: errno) }
        let count = Int(status.st_size)
        guard count > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let address, address != MAP_FAILED else { throw Failure(path: path, code: errno) }
        bytes = UnsafeRawBufferPointer(start: address, count: count)
    }

    deinit {
        if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
    }
}
