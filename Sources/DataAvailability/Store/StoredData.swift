import Cryptography
import Glibc
package import NIOCore
import Primitives

/// A file of the store that is open for reading.
package final class StoredData: Sendable {
    /// Bytes that are read at a time.
    static let pieceBytes = 256 << 10

    package let count: Int
    private let file: Int32
    private let path: String

    /// Takes over an open file.
    init(file: Int32, path: String) throws(DataStoreError) {
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw .failed("\(path) is no file")
        }
        self.file = file
        self.path = path
        count = Int(status.st_size)
    }

    deinit { close(file) }

    /// The keccak256 of all of it.
    func hash() throws(DataStoreError) -> Hash256 {
        var hasher = Keccak256()
        var offset = 0
        while offset < count {
            let piece = try piece(at: offset)
            piece.withUnsafeReadableBytes { hasher.update($0) }
            offset += piece.readableBytes
        }
        return hasher.finalize()
    }

    /// What is there from an offset on, at most `pieceBytes`; never nothing.
    package func piece(at offset: Int) throws(DataStoreError) -> ByteBuffer {
        var buffer = ByteBuffer()
        let wanted = min(Self.pieceBytes, count - offset)
        var failure: Int32 = 0
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { bytes in
            var filled = 0
            while filled < wanted {
                let read = pread(file, bytes.baseAddress! + filled, wanted - filled, off_t(offset + filled))
                if read < 0 && errno == EINTR { continue }
                if read < 0 { failure = errno }
                guard read > 0 else { break }
                filled += read
            }
            return filled
        }
        if failure != 0 { throw .system(failure, "read", path) }
        guard buffer.readableBytes == wanted, wanted > 0 else { throw .damaged("\(path) is shorter than it was") }
        return buffer
    }
}
