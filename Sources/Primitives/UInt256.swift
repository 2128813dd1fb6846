/// An unsigned 256-bit integer with wrapping arithmetic, as the EVM's stack words.
///
/// Four 64-bit limbs, least significant first. The layout is part of the contract: an interpreter may keep
/// words in raw memory as four consecutive `UInt64`.
@frozen
public struct UInt256: Equatable, Sendable, BitwiseCopyable {
    public var limb0: UInt64
    public var limb1: UInt64
    public var limb2: UInt64
    public var limb3: UInt64

    /// The value `limb0 + limb1·2⁶⁴ + limb2·2¹²⁸ + limb3·2¹⁹²`.
    @inlinable @inline(__always)
    public init(limbs limb0: UInt64, _ limb1: UInt64, _ limb2: UInt64, _ limb3: UInt64) {
        self.limb0 = limb0
        self.limb1 = limb1
        self.limb2 = limb2
        self.limb3 = limb3
    }

    /// The value of a 64-bit number.
    @inlinable @inline(__always)
    public init(_ value: UInt64) { self.init(limbs: value, 0, 0, 0) }

    /// The value of a non-negative number.
    @inlinable @inline(__always)
    public init(_ value: Int) { self.init(limbs: UInt64(value), 0, 0, 0) }

    /// The value of a 128-bit number.
    @inlinable @inline(__always)
    public init(_ value: UInt128) {
        self.init(limbs: UInt64(truncatingIfNeeded: value), UInt64(truncatingIfNeeded: value >> 64), 0, 0)
    }

    @inlinable @inline(__always)
    public static var zero: UInt256 { UInt256(limbs: 0, 0, 0, 0) }

    @inlinable @inline(__always)
    public static var one: UInt256 { UInt256(limbs: 1, 0, 0, 0) }

    /// 2²⁵⁶ − 1.
    @inlinable @inline(__always)
    public static var max: UInt256 { UInt256(limbs: .max, .max, .max, .max) }

    @inlinable @inline(__always)
    public var isZero: Bool { (limb0 | limb1 | limb2 | limb3) == 0 }

    /// Whether the value is below 2⁶⁴, so that `limb0` is all of it.
    @inlinable @inline(__always)
    public var fitsUInt64: Bool { (limb1 | limb2 | limb3) == 0 }

    /// The value as 64 bits, or nil where it is larger.
    @inlinable @inline(__always)
    public var asUInt64: UInt64? { fitsUInt64 ? limb0 : nil }

    /// The value as 64 bits, or `UInt64.max` where it is larger.
    @inlinable @inline(__always)
    public var clampedToUInt64: UInt64 { fitsUInt64 ? limb0 : .max }

    /// The number of bits up to the highest set one: 0 for zero, 256 at most.
    @inlinable
    public var bitWidth: Int {
        if limb3 != 0 { return 256 - limb3.leadingZeroBitCount }
        if limb2 != 0 { return 192 - limb2.leadingZeroBitCount }
        if limb1 != 0 { return 128 - limb1.leadingZeroBitCount }
        return 64 - limb0.leadingZeroBitCount
    }

    /// The number of bytes of the shortest big-endian form: 0 for zero, 32 at most.
    @inlinable
    public var byteWidth: Int { (bitWidth + 7) / 8 }

    /// Whether the sign bit of the two's complement reading is set.
    @inlinable @inline(__always)
    public var isNegative: Bool { Int64(bitPattern: limb3) < 0 }
}

extension UInt256: ExpressibleByIntegerLiteral {
    @inlinable @inline(__always)
    public init(integerLiteral value: UInt64) { self.init(value) }
}

extension UInt256: Comparable {
    @inlinable @inline(__always)
    public static func < (left: UInt256, right: UInt256) -> Bool { left.subtractingReportingBorrow(right).borrow }
}

// MARK: - Bytes

extension UInt256 {
    /// Reads 32 big-endian bytes.
    @inlinable @inline(__always)
    public init(bigEndian source: UnsafeRawPointer) {
        self.init(
            limbs: source.loadUnaligned(fromByteOffset: 24, as: UInt64.self).bigEndian,
            source.loadUnaligned(fromByteOffset: 16, as: UInt64.self).bigEndian,
            source.loadUnaligned(fromByteOffset: 8, as: UInt64.self).bigEndian,
            source.loadUnaligned(fromByteOffset: 0, as: UInt64.self).bigEndian)
    }

    /// Writes 32 big-endian bytes.
    @inlinable @inline(__always)
    public func storeBigEndian(to target: UnsafeMutableRawPointer) {
        target.storeBytes(of: limb3.bigEndian, toByteOffset: 0, as: UInt64.self)
        target.storeBytes(of: limb2.bigEndian, toByteOffset: 8, as: UInt64.self)
        target.storeBytes(of: limb1.bigEndian, toByteOffset: 16, as: UInt64.self)
        target.storeBytes(of: limb0.bigEndian, toByteOffset: 24, as: UInt64.self)
    }

    /// Reads up to 32 big-endian bytes; nil where there are more.
    @inlinable
    public init?(bigEndianBytes bytes: some Sequence<UInt8>) {
        var value = UInt256.zero
        var count = 0
        for byte in bytes {
            count += 1
            if count > 32 { return nil }
            value = (value << 8) | UInt256(UInt64(byte))
        }
        self = value
    }

    /// The 32 big-endian bytes.
    @inlinable
    public var bytes: [UInt8] { Hash256(self).bytes }

    /// The shortest big-endian bytes: none for zero.
    @inlinable
    public var minimalBytes: [UInt8] { Array(bytes.suffix(byteWidth)) }
}
