public import Primitives

/// The instructions on words that `UInt256` does not already offer under their own name.
extension UInt256 {
    /// SIGNEXTEND: the value whose lowest `index + 1` bytes are read as two's complement.
    @inlinable @inline(__always)
    public func signExtended(fromByte index: UInt256) -> UInt256 {
        guard index.fitsUInt64, index.limb0 < 31 else { return self }
        let shift = 248 &- 8 &* index.limb0
        return (self << shift).arithmeticShiftedRight(by: shift)
    }

    /// BYTE: byte `index`, 0 the most significant; zero from 32 on.
    @inlinable @inline(__always)
    public func byte(at index: UInt256) -> UInt256 {
        guard index.fitsUInt64, index.limb0 < 32 else { return .zero }
        return UInt256((self >> (248 &- 8 &* index.limb0)).limb0 & 0xFF)
    }

    /// SHL.
    @inlinable @inline(__always)
    public func shiftedLeft(byWord count: UInt256) -> UInt256 { self << count.clampedToUInt64 }

    /// SHR.
    @inlinable @inline(__always)
    public func shiftedRight(byWord count: UInt256) -> UInt256 { self >> count.clampedToUInt64 }

    /// SAR.
    @inlinable @inline(__always)
    public func arithmeticShiftedRight(byWord count: UInt256) -> UInt256 {
        arithmeticShiftedRight(by: count.clampedToUInt64)
    }

    /// SLT, and SGT with the operands exchanged.
    @inlinable @inline(__always)
    public func isSignedLess(than other: UInt256) -> Bool {
        isNegative == other.isNegative ? self < other : isNegative
    }

    /// One for true.
    @inlinable @inline(__always)
    public init(_ condition: Bool) { self.init(UInt64(unsafeBitCast(condition, to: UInt8.self))) }
}
