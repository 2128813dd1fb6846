/// A 32-byte value: a Keccak-256 hash, a storage key, a block hash.
///
/// The words hold the bytes in memory order: the bytes of the value in memory are the bytes of the hash.
@frozen
public struct Hash256: Equatable, Sendable, BitwiseCopyable {
    /// Bytes 0..<8, 8..<16, 16..<24, 24..<32, as they lie in memory.
    public var word0: UInt64
    public var word1: UInt64
    public var word2: UInt64
    public var word3: UInt64

    /// The hash with every byte zero.
    @inlinable @inline(__always)
    public init() {
        word0 = 0
        word1 = 0
        word2 = 0
        word3 = 0
    }

    /// Copies exactly 32 bytes from `source`.
    @inlinable @inline(__always)
    public init(copying source: UnsafeRawPointer) {
        word0 = source.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
        word1 = source.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        word2 = source.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        word3 = source.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    }

    /// The big-endian bytes of `value`.
    @inlinable @inline(__always)
    public init(_ value: UInt256) {
        word0 = value.limb3.bigEndian
        word1 = value.limb2.bigEndian
        word2 = value.limb1.bigEndian
        word3 = value.limb0.bigEndian
    }

    /// Whether every byte is zero.
    @inlinable @inline(__always)
    public var isZero: Bool { (word0 | word1 | word2 | word3) == 0 }
}

/// A 20-byte account address.
@frozen
public struct Address: Equatable, Sendable, BitwiseCopyable {
    /// Bytes 0..<8, 8..<16, 16..<20, as they lie in memory.
    public var word0: UInt64
    public var word1: UInt64
    public var word2: UInt32

    /// The zero address.
    @inlinable @inline(__always)
    public init() {
        word0 = 0
        word1 = 0
        word2 = 0
    }

    /// Copies exactly 20 bytes from `source`.
    @inlinable @inline(__always)
    public init(copying source: UnsafeRawPointer) {
        word0 = source.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
        word1 = source.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        word2 = source.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
    }

    /// The low 20 bytes of a 256-bit value, as the EVM reads an address from a stack word.
    @inlinable @inline(__always)
    public init(truncating value: UInt256) {
        word0 = ((value.limb2 << 32) | (value.limb1 >> 32)).bigEndian
        word1 = ((value.limb1 << 32) | (value.limb0 >> 32)).bigEndian
        word2 = UInt32(truncatingIfNeeded: value.limb0).bigEndian
    }

    /// Whether every byte is zero.
    @inlinable @inline(__always)
    public var isZero: Bool { (word0 | word1 | UInt64(word2)) == 0 }
}

extension UInt256 {
    /// The big-endian number that the 32 bytes of `hash` spell.
    @inlinable @inline(__always)
    public init(_ hash: Hash256) {
        self.init(
            limbs: hash.word3.bigEndian, hash.word2.bigEndian, hash.word1.bigEndian, hash.word0.bigEndian)
    }

    /// The address as a number, left-padded with zeros.
    @inlinable @inline(__always)
    public init(_ address: Address) {
        let high = address.word0.bigEndian
        let middle = address.word1.bigEndian
        let low = UInt64(address.word2.bigEndian)
        self.init(limbs: (middle << 32) | low, (high << 32) | (middle >> 32), high >> 32, 0)
    }
}

extension Hash256 {
    /// The 32 bytes.
    @inlinable
    public var bytes: [UInt8] { leadingBytes(of: self, count: 32) }

    /// The 32 bytes of `bytes`, or nil for any other count.
    @inlinable
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self = bytes.withUnsafeBytes { Hash256(copying: $0.baseAddress!) }
    }

    /// Lexicographic order of the bytes.
    @inlinable
    public static func < (left: Hash256, right: Hash256) -> Bool { UInt256(left) < UInt256(right) }
}

extension Address {
    /// The 20 bytes.
    @inlinable
    public var bytes: [UInt8] { leadingBytes(of: self, count: 20) }

    /// The 20 bytes of `bytes`, or nil for any other count.
    @inlinable
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 20 else { return nil }
        self = bytes.withUnsafeBytes { Address(copying: $0.baseAddress!) }
    }

    /// Lexicographic order of the bytes.
    @inlinable
    public static func < (left: Address, right: Address) -> Bool { UInt256(left) < UInt256(right) }
}

extension Hash256: Comparable {}
extension Address: Comparable {}

@inlinable
func leadingBytes<Value: BitwiseCopyable>(of value: Value, count: Int) -> [UInt8] {
    withUnsafeBytes(of: value) { Array($0.prefix(count)) }
}
