package import NIOCore

/// Takes a chunked body apart (RFC 9112, section 7.1), as much as has come.
package struct ChunkedBody {
    private enum Stage {
        case size, data(Int), dataEnd, trailer
    }

    private var stage = Stage.size
    /// Bytes of trailer lines seen.
    private var trailerBytes = 0
    /// A size line, extensions included, and all trailers may be this long.
    private static let lineLimit = 1024

    package init() {}

    /// Moves what is whole from `input` to `body`; true once the last chunk and the trailers have been read.
    package mutating func read(
        _ input: inout ByteBuffer, into body: inout ByteBuffer, limit: Int
    ) throws(RequestHead.Refusal) -> Bool {
        let malformed = RequestHead.Refusal(.badRequest, "malformed chunk")
        while true {
            switch stage {
            case .size:
                guard let line = try Self.line(&input) else { return false }
                var size = 0
                var digits = 0
                for byte in line.readableBytesView {
                    let digit = HexDigit.value(byte)
                    guard digit < 16 else {
                        guard byte == UInt8(ascii: ";") || byte == 0x20 || byte == 9 else { throw malformed }
                        break
                    }
                    digits += 1
                    guard digits <= 12 else { throw malformed }
                    size = size << 4 | Int(digit)
                }
                guard digits > 0 else { throw malformed }
                guard body.readableBytes + size <= limit else {
                    throw RequestHead.Refusal(.contentTooLarge, "request body too large")
                }
                stage = size == 0 ? .trailer : .data(size)
            case .data(let left):
                guard input.readableBytes > 0 else { return false }
                let count = min(left, input.readableBytes)
                if var part = input.readSlice(length: count) { body.writeBuffer(&part) }
                stage = count == left ? .dataEnd : .data(left - count)
            case .dataEnd:
                guard let end = input.getInteger(at: input.readerIndex, as: UInt16.self) else { return false }
                guard end == 0x0D0A else { throw malformed }
                input.moveReaderIndex(forwardBy: 2)
                stage = .size
            case .trailer:
                guard let line = try Self.line(&input) else { return false }
                if line.readableBytes == 0 { return true }
                trailerBytes += line.readableBytes
                guard trailerBytes <= Self.lineLimit else { throw malformed }
            }
        }
    }

    /// The next line without its CR LF.
    private static func line(_ input: inout ByteBuffer) throws(RequestHead.Refusal) -> ByteBuffer? {
        let view = input.readableBytesView
        guard let end = view.prefix(lineLimit).firstIndex(of: 10) else {
            if view.count >= lineLimit { throw RequestHead.Refusal(.badRequest, "chunk line too long") }
            return nil
        }
        let length = end - view.startIndex
        guard length >= 1, view[end - 1] == 13, var line = input.readSlice(length: length + 1) else {
            throw RequestHead.Refusal(.badRequest, "malformed chunk")
        }
        line.moveWriterIndex(to: line.writerIndex - 2)
        return line
    }
}
