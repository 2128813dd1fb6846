import JSONRPC
import NIOCore

/// The text of an answer: the caller's id, and what comes after it.
enum AnswerText {
    private static let start: StaticString = "{\"jsonrpc\":\"2.0\",\"id\":"
    private static let result: StaticString = ",\"result\":"

    /// An answer from `,"result":` on; nil where it is none with a result to that request.
    ///
    /// - Parameters:
    ///   - answer: a whole body.
    ///   - request: the body that it answers.
    static func rest(of answer: ByteBuffer, to call: ReadCall, in request: ByteBuffer) -> ByteBuffer? {
        var answer = answer
        let id = request.readableBytesView[
            request.readerIndex + call.id.lowerBound..<request.readerIndex + call.id.upperBound]
        guard answer.readSlice(length: start.utf8CodeUnitCount)?.equals(start) == true,
            answer.readSlice(length: id.count)?.readableBytesView.elementsEqual(id) == true,
            answer.getSlice(at: answer.readerIndex, length: result.utf8CodeUnitCount)?.equals(result) == true
        else { return nil }
        return answer
    }

    /// A whole response with an answer that is known.
    ///
    /// - Parameter extra: header lines beside the usual ones.
    static func response(_ rest: ByteBuffer, to call: ReadCall, in request: ByteBuffer, extra: [String]) -> ByteBuffer {
        let length = start.utf8CodeUnitCount + call.id.count + rest.readableBytes
        var buffer = ByteBufferAllocator().buffer(capacity: 160 + length)
        buffer.writeStaticString("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
        for line in extra { buffer.writeString("\(line)\r\n") }
        buffer.writeStaticString("Content-Length: ")
        buffer.writeDecimal(length)
        buffer.writeStaticString("\r\n\r\n")
        buffer.writeStaticString(start)
        request.withUnsafeReadableBytes { _ = buffer.writeBytes(UnsafeRawBufferPointer(rebasing: $0[call.id])) }
        buffer.writeImmutableBuffer(rest)
        return buffer
    }
}

extension ByteBuffer {
    fileprivate func equals(_ text: StaticString) -> Bool {
        withUnsafeReadableBytes {
            $0.elementsEqual(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }
    }

    /// Writes a number that is not negative.
    mutating func writeDecimal(_ number: Int) {
        var rest = number
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &digits) { bytes in
            var index = bytes.count
            repeat {
                index -= 1
                bytes[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            _ = writeBytes(UnsafeRawBufferPointer(rebasing: bytes[index...]))
        }
    }
}
