extension UInt256 {
    @inlinable @inline(__always)
    public static func & (left: UInt256, right: UInt256) -> UInt256 {
        UInt256(
            limbs: left.limb0 & right.limb0, left.limb1 & right.limb1, left.limb2 & right.limb2,
            left.limb3 & right.limb3)
    }

    @inlinable @inline(__always)
    public static func | (left: UInt256, right: UInt256) -> UInt256 {
        UInt256(
            limbs: left.limb0 | right.limb0, left.limb1 | right.limb1, left.limb2 | right.limb2,
            left.limb3 | right.limb3)
    }

    @inlinable @inline(__always)
    public static func ^ (left: UInt256, right: UInt256) -> UInt256 {
        UInt256(
            limbs: left.limb0 ^ right.limb0, left.limb1 ^ right.limb1, left.limb2 ^ right.limb2,
            left.limb3 ^ right.limb3)
    }

    @inlinable @inline(__always)
    public static prefix func ~ (value: UInt256) -> UInt256 {
        UInt256(limbs: ~value.limb0, ~value.limb1, ~value.limb2, ~value.limb3)
    }

    /// Shifts left by `count` bits; zero from 256 on.
    @inlinable @inline(__always)
    public static func << (value: UInt256, count: UInt64) -> UInt256 {
        if count >= 256 { return .zero }
        var (a, b, c, d) = (value.limb0, value.limb1, value.limb2, value.limb3)
        if count & 128 != 0 { (a, b, c, d) = (0, 0, a, b) }
        if count & 64 != 0 { (a, b, c, d) = (0, a, b, c) }
        let bits = count & 63
        if bits == 0 { return UInt256(limbs: a, b, c, d) }
        let back = 64 &- bits
        return UInt256(
            limbs: a &<< bits, (b &<< bits) | (a &>> back), (c &<< bits) | (b &>> back), (d &<< bits) | (c &>> back))
    }

    /// Shifts right by `count` bits, filling with zeros; zero from 256 on.
    @inlinable @inline(__always)
    public static func >> (value: UInt256, count: UInt64) -> UInt256 {
        if count >= 256 { return .zero }
        return value.shiftedRight(by: count, fill: 0)
    }

    /// Shifts right by `count` bits, filling with the sign bit of the two's complement reading.
    @inlinable @inline(__always)
    public func arithmeticShiftedRight(by count: UInt64) -> UInt256 {
        let fill = UInt64(bitPattern: Int64(bitPattern: limb3) &>> 63)
        if count >= 256 { return UInt256(limbs: fill, fill, fill, fill) }
        return shiftedRight(by: count, fill: fill)
    }

    /// Shifts right by `count` < 256 bits; `fill`, all zeros or all ones, comes in from above.
    @inlinable @inline(__always)
    public func shiftedRight(by count: UInt64, fill: UInt64) -> UInt256 {
        var (a, b, c, d) = (limb0, limb1, limb2, limb3)
        if count & 128 != 0 { (a, b, c, d) = (c, d, fill, fill) }
        if count & 64 != 0 { (a, b, c, d) = (b, c, d, fill) }
        let bits = count & 63
        if bits == 0 { return UInt256(limbs: a, b, c, d) }
        let back = 64 &- bits
        return UInt256(
            limbs: (a &>> bits) | (b &<< back), (b &>> bits) | (c &<< back), (c &>> bits) | (d &<< back),
            (d &>> bits) | (fill &<< back))
    }

    /// Whether bit `index` (0 the lowest) is set; false from 256 on.
    @inlinable
    public func bit(_ index: Int) -> Bool {
        index < 256 && (self >> UInt64(index)).limb0 & 1 != 0
    }
}
