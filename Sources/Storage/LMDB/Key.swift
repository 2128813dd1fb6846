import Glibc
import Primitives

/// The bytes of a key, at most 112, put together without a memory allocation. Numbers are big-endian, so that keys sort
/// as their fields do.
struct Key {
    private var storage = InlineArray<112, UInt8>(repeating: 0)
    private(set) var count = 0

    init() {}

    mutating func append(_ byte: UInt8) {
        storage[count] = byte
        count &+= 1
    }

    mutating func append(_ value: UInt32) { appendBytes(of: value.bigEndian) }

    mutating func append(_ value: UInt64) { appendBytes(of: value.bigEndian) }

    mutating func append(_ value: Hash256) { appendBytes(of: value) }

    mutating func append(_ value: Address) { appendBytes(of: value) }

    /// Appends 64 bytes at most.
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        for byte in bytes.prefix(64) { append(byte) }
    }

    private mutating func appendBytes<Value: BitwiseCopyable>(of value: Value) {
        let start = count
        withUnsafeMutableBytes(of: &storage) { target in
            target.storeBytes(of: value, toByteOffset: start, as: Value.self)
        }
        count &+= MemoryLayout<Value>.size
    }

    /// Whether other bytes begin with the key.
    @inline(__always)
    func isPrefix(of other: UnsafeRawBufferPointer) -> Bool {
        guard let start = other.baseAddress, other.count >= count else { return false }
        return withUnsafeBytes(of: storage) { memcmp($0.baseAddress.unsafelyUnwrapped, start, count) == 0 }
    }

    @inline(__always)
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBytes(of: storage) { (bytes) throws(Failure) in
            try body(UnsafeRawBufferPointer(rebasing: bytes[0..<count]))
        }
    }
}

extension UnsafeRawBufferPointer {
    /// The big-endian number at an offset; the caller has checked the length.
    func number<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Value.Type) -> Value {
        Value(bigEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// The hash at an offset; the caller has checked the length.
    func hash(at offset: Int) -> Hash256 { loadUnaligned(fromByteOffset: offset, as: Hash256.self) }

    /// The bytes from an offset on.
    func dropping(_ count: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[count...]) }
}
