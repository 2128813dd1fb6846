package import NIOCore

/// Builds responses in one buffer: the head first, with room for the length of the body that is then appended to it.
package enum HTTPResponse {
    /// Digits of a content length; shorter ones have spaces before them, which the grammar allows.
    private static let lengthWidth = 10

    /// The head of a JSON-RPC answer that keeps the connection.
    private static let plain: ByteBuffer = head("200 OK", "application/json", [])

    /// The head of a JSON-RPC answer.
    static func head(_ extra: [String]) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 512)
        buffer.writeImmutableBuffer(extra.isEmpty ? plain : head("200 OK", "application/json", extra))
        return buffer
    }

    /// A head up to where the body starts.
    static func head(_ status: String, _ contentType: String, _ extra: [String]) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 512)
        buffer.writeString("HTTP/1.1 \(status)\r\n")
        if !contentType.isEmpty { buffer.writeString("Content-Type: \(contentType)\r\n") }
        for line in extra { buffer.writeString("\(line)\r\n") }
        buffer.writeStaticString("Content-Length:           0\r\n\r\n")
        return buffer
    }

    /// Puts the length of all after `bodyStart` in its place.
    static func setLength(_ buffer: inout ByteBuffer, bodyStart: Int) {
        var length = buffer.writerIndex - bodyStart
        var position = bodyStart - 5
        repeat {
            buffer.setInteger(UInt8(ascii: "0") + UInt8(length % 10), at: position)
            length /= 10
            position -= 1
        } while length > 0 && position > bodyStart - 5 - lengthWidth
    }

    /// The response of which `buffer` is the plain form, compressed where that is shorter.
    static func compressed(_ buffer: ByteBuffer, bodyStart: Int, head: ByteBuffer) -> ByteBuffer {
        var plain = buffer
        plain.moveReaderIndex(to: bodyStart)
        guard let body = plain.withUnsafeReadableBytes({ Gzip.compress($0) }),
            body.readableBytes < plain.readableBytes
        else {
            setLength(&plain, bodyStart: bodyStart)
            plain.moveReaderIndex(to: buffer.readerIndex)
            return plain
        }
        var result = head
        let start = result.writerIndex
        result.writeImmutableBuffer(body)
        setLength(&result, bodyStart: start)
        return result
    }

    /// A whole response.
    package static func whole(_ status: Int, _ contentType: String, _ extra: [String], _ body: ByteBuffer) -> ByteBuffer
    {
        var buffer = head(HTTPStatus.line(status), contentType, extra)
        let start = buffer.writerIndex
        buffer.writeImmutableBuffer(body)
        setLength(&buffer, bodyStart: start)
        return buffer
    }
}
