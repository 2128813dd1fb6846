import CZlib
package import NIOCore

/// Gzip (RFC 1952) of whole bodies.
package enum Gzip {
    /// The compressed bytes, or nil where zlib refuses.
    package static func compress(_ bytes: UnsafeRawBufferPointer) -> ByteBuffer? {
        var stream = z_stream()
        guard mayfly_deflate_start(&stream, 1) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        var output = ByteBufferAllocator().buffer(capacity: Int(deflateBound(&stream, UInt(bytes.count))))
        stream.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(clamping: bytes.count)
        let status = output.withUnsafeMutableWritableBytes { target in
            stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
            stream.avail_out = UInt32(clamping: target.count)
            return deflate(&stream, Z_FINISH)
        }
        guard status == Z_STREAM_END else { return nil }
        output.moveWriterIndex(to: Int(stream.total_out))
        return output
    }

    /// The bytes that `body` is of; nil where it is no gzip or they are more than `limit`.
    package static func decompress(_ body: ByteBuffer, limit: Int) -> ByteBuffer? {
        var stream = z_stream()
        guard mayfly_inflate_start(&stream) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var output = ByteBufferAllocator().buffer(capacity: min(limit, 4 * body.readableBytes + 256))
        let isWhole = body.withUnsafeReadableBytes { bytes in
            stream.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
            stream.avail_in = UInt32(clamping: bytes.count)
            while true {
                let before = stream.total_out
                var status = Z_OK
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: 16384) { target in
                    stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
                    stream.avail_out = UInt32(clamping: target.count)
                    status = inflate(&stream, Z_NO_FLUSH)
                    return Int(stream.total_out - before)
                }
                guard output.readableBytes <= limit else { return false }
                if status == Z_STREAM_END { return stream.avail_in == 0 }
                guard status == Z_OK, stream.total_out > before || stream.avail_in > 0 else { return false }
            }
        }
        return isWhole ? output : nil
    }
}
