import Glibc

/// Writes a file so that it is there whole or not at all.
enum WholeFile {
    struct Failure: Error {
        /// What the system says (errno).
        let code: Int32
        let path: String

        var reason: String { String(cString: strerror(code)) }
    }

    /// Writes beside the path first, and then takes its place. The folder is made where there is none.
    static func write(_ bytes: [UInt8], to path: String, in directory: String) throws(Failure) {
        if mkdir(directory, 0o755) != 0 && errno != EEXIST { throw Failure(code: errno, path: directory) }
        let draft = path + ".part"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Failure(code: errno, path: draft) }
        var code: Int32 = 0
        var written = 0
        while written < bytes.count, code == 0 {
            let count = bytes.withUnsafeBytes { write(descriptor, $0, from: written) }
            if count < 0 {
                if errno != EINTR { code = errno }
            } else {
                written += count
            }
        }
        if close(descriptor) != 0 && code == 0 { code = errno }
        if code == 0 && rename(draft, path) != 0 { code = errno }
        guard code != 0 else { return }
        unlink(draft)
        throw Failure(code: code, path: path)
    }

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        return Glibc.write(descriptor, base + start, bytes.count - start)
    }
}
