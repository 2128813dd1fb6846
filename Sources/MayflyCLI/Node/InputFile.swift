import CZlib
import Foundation

/// The bytes of a file or a pipe in their order, unpacked where they are compressed (gzip, told by its first two bytes).
final class InputFile {
    /// A name, or `-` for the standard input.
    let path: String
    private let descriptor: Int32
    private var bytes: [UInt8] = []
    /// How many of `bytes` have been taken.
    private var position = 0
    private var isAtEnd = false
    /// Bytes that were read, packed where they are.
    private(set) var readCount: UInt64 = 0
    private var gzip: GzipStream?

    /// Bytes that are read at once: unpacked they may be a thousand times as many.
    private static let step = 1 << 15

    init(_ path: String) throws {
        self.path = path
        if path == "-" {
            descriptor = dup(STDIN_FILENO)
        } else {
            if let obstacle = FileFailure.obstacle(path) { throw CommandFailure("cannot read \(path): \(obstacle)") }
            descriptor = open(path, O_RDONLY | O_CLOEXEC)
        }
        guard descriptor >= 0 else { throw CommandFailure("cannot read \(path): \(String(cString: strerror(errno)))") }
        // A pipe may give a byte at a time.
        while bytes.count < 2 {
            let chunk = try readChunk()
            if chunk.isEmpty { break }
            bytes += chunk
        }
        guard bytes.starts(with: [0x1F, 0x8B]) else { return }
        let packed = bytes
        bytes = []
        gzip = GzipStream()
        try unpack(packed)
    }

    deinit { close(descriptor) }

    /// Bytes in all; nil for what has no length, as a pipe.
    var size: UInt64? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return UInt64(max(0, status.st_size))
    }

    /// The next bytes, which stay; fewer than asked for only at the end.
    func peek(_ count: Int) throws -> ArraySlice<UInt8> {
        while bytes.count - position < count, !isAtEnd { try readMore() }
        return bytes[position...].prefix(count)
    }

    /// The next bytes; fewer than asked for only at the end.
    func take(_ count: Int) throws -> [UInt8] {
        let taken = Array(try peek(count))
        position += taken.count
        return taken
    }

    private func readMore() throws {
        bytes.removeFirst(position)
        position = 0
        let chunk = try readChunk()
        if chunk.isEmpty {
            isAtEnd = true
            if gzip?.isWhole == false { throw CommandFailure("\(path): the compressed file ends too early") }
        } else {
            try unpack(chunk)
        }
    }

    private func unpack(_ chunk: [UInt8]) throws {
        guard let gzip else { return bytes += chunk }
        guard gzip.unpack(chunk, to: &bytes) else { throw CommandFailure("\(path): the compressed bytes are damaged") }
    }

    /// What the system gives next; nothing at the end.
    private func readChunk() throws -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: Self.step)
        let count = chunk.withUnsafeMutableBytes { buffer in
            var count = -1
            repeat { count = read(descriptor, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
            return count
        }
        guard count >= 0 else { throw CommandFailure("\(path): \(String(cString: strerror(errno)))") }
        chunk.removeLast(chunk.count - count)
        readCount += UInt64(count)
        return chunk
    }
}

/// Unpacks gzip (RFC 1952) piece by piece, be it several streams one after the other.
private final class GzipStream {
    /// zlib remembers where it is.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let isUsable: Bool
    /// Whether the last stream has ended.
    private(set) var isWhole = false

    init() {
        stream.initialize(to: z_stream())
        isUsable = mayfly_inflate_start(stream) == Z_OK
    }

    deinit {
        if isUsable { inflateEnd(stream) }
        stream.deallocate()
    }

    /// Appends what the bytes unpack to; false where they are damaged.
    func unpack(_ chunk: [UInt8], to bytes: inout [UInt8]) -> Bool {
        guard isUsable else { return false }
        var output = [UInt8](repeating: 0, count: 1 << 16)
        return chunk.withUnsafeBufferPointer { input in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.pointee.avail_in = UInt32(input.count)
            repeat {
                if isWhole {
                    guard inflateReset(stream) == Z_OK else { return false }
                    isWhole = false
                }
                let (status, left) = output.withUnsafeMutableBufferPointer { target in
                    stream.pointee.next_out = target.baseAddress
                    stream.pointee.avail_out = UInt32(target.count)
                    return (inflate(stream, Z_NO_FLUSH), Int(stream.pointee.avail_out))
                }
                bytes += output[..<(output.count - left)]
                isWhole = status == Z_STREAM_END
                // Nothing left to do is no damage.
                guard isWhole || status == Z_OK || status == Z_BUF_ERROR else { return false }
            } while stream.pointee.avail_in > 0 || (!isWhole && stream.pointee.avail_out == 0)
            return true
        }
    }
}
