import NIOCore

/// The head of a process's answer: what the gateway looks at, and the lines that it passes on.
struct AnswerHead {
    /// Bytes of the body.
    private(set) var length = -1
    let isSuccess: Bool
    /// Whether it is a success and the body is not compressed.
    private(set) var isPlain: Bool
    /// All lines but those about the connection, without the empty one.
    private(set) var lines: ByteBuffer

    /// Reads a head up to its empty line; nil where it does not say how long the body is.
    init?(_ head: ByteBuffer) {
        isSuccess = head.withUnsafeReadableBytes { $0.hasPrefix("http/1.1 200 ") }
        isPlain = isSuccess
        lines = ByteBufferAllocator().buffer(capacity: head.readableBytes + 64)
        head.withUnsafeReadableBytes { bytes in
            var start = 0
            while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")), end > start + 1 {
                let line = UnsafeRawBufferPointer(rebasing: bytes[start...end])
                start = end + 1
                if line.hasPrefix("connection:") { continue }
                if line.hasPrefix("content-length:") { length = Self.number(line.dropFirst(15)) }
                if line.hasPrefix("content-encoding:") { isPlain = false }
                lines.writeBytes(line)
            }
        }
        if length < 0 { return nil }
    }

    /// A number between spaces; negative for anything else.
    private static func number(_ text: Slice<UnsafeRawBufferPointer>) -> Int {
        var number = -1
        for byte in text where byte > 0x20 {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10, number < 1 << 48 else { return -1 }
            number = max(0, number) * 10 + Int(digit)
        }
        return number
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes begin with a lower-case text, in either case.
    fileprivate func hasPrefix(_ text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount {
            let byte = self[index]
            guard (byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte) == text.utf8Start[index] else { return false }
        }
        return true
    }
}
