internal import COpenSSL

/// Bytes that are overwritten when nobody needs them any more, and that are neither copied nor printed.
public struct SecretBytes: ~Copyable {
    private let buffer: UnsafeMutableRawBufferPointer

    /// So many zeros, to be filled.
    init(zeros count: Int) {
        buffer = .allocate(byteCount: count, alignment: 16)
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
    }

    /// A copy of `bytes`, which themselves stay where they are.
    public init(copying bytes: UnsafeRawBufferPointer) {
        self.init(zeros: bytes.count)
        buffer.copyMemory(from: bytes)
    }

    /// A copy of `bytes`, which themselves stay where they are.
    public init(copying bytes: some Collection<UInt8>) {
        self.init(zeros: bytes.count)
        buffer.copyBytes(from: bytes)
    }

    deinit {
        OPENSSL_cleanse(buffer.baseAddress, buffer.count)
        buffer.deallocate()
    }

    public var count: Int { buffer.count }

    public subscript(index: Int) -> UInt8 { buffer[index] }

    public func withUnsafeBytes<Result: ~Copyable, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(buffer))
    }

    mutating func withUnsafeMutableBytes<Result: ~Copyable, Failure>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(buffer)
    }

    /// A copy of the bytes in a range.
    func copy(_ range: Range<Int>) -> SecretBytes {
        SecretBytes(copying: UnsafeRawBufferPointer(rebasing: buffer[range]))
    }

    /// A copy with more bytes behind it.
    public func appending(_ byte: UInt8) -> SecretBytes {
        let longer = SecretBytes(zeros: count + 1)
        longer.buffer.copyMemory(from: UnsafeRawBufferPointer(buffer))
        longer.buffer[count] = byte
        return longer
    }

    /// A copy without the last byte, if there is one.
    public func droppingLast() -> SecretBytes { copy(0..<max(0, count - 1)) }

    /// Whether both are the same, in a time that says nothing of where they differ.
    public func isSame(as other: borrowing SecretBytes) -> Bool {
        count == other.count && CRYPTO_memcmp(buffer.baseAddress, other.buffer.baseAddress, count) == 0
    }

    /// The first line, without its end: a password in a file.
    public func firstLine() -> SecretBytes {
        var end = buffer.firstIndex(of: 0x0A) ?? count
        if end > 0, buffer[end - 1] == 0x0D { end -= 1 }
        return copy(0..<end)
    }
}
