// Division by an invariant divisor through its reciprocal.
// Source: N. Möller and T. Granlund, "Improved division by invariant integers", IEEE Transactions on Computers 60 (2011).
// No 128-bit division is used: on RISC-V that would be a library call.

/// `⌊(2¹²⁸ − 1) / divisor⌋ − 2⁶⁴` for a normalised divisor (highest bit set); algorithm 3 of the paper.
@inlinable @inline(__always)
public func reciprocal(_ divisor: UInt64) -> UInt64 {
    let top9 = divisor &>> 55
    let v0 = (0x7FD00 / top9)
    let top40 = (divisor &>> 24) &+ 1
    let v1 = (v0 &<< 11) &- ((v0 &* v0 &* top40) &>> 40) &- 1
    let v2 = (v1 &<< 13) &+ ((v1 &* (0x1000_0000_0000_0000 &- v1 &* top40)) &>> 47)
    let lowBit = divisor & 1
    let half = (divisor &>> 1) &+ lowBit
    let error = ((v2 &>> 1) & (0 &- lowBit)) &- v2 &* half
    let v3 = (v2.multipliedFullWidth(by: error).high &>> 1) &+ (v2 &<< 31)
    let product = UInt128(v3) &* UInt128(divisor) &+ UInt128(divisor)
    return v3 &- UInt64(truncatingIfNeeded: product &>> 64) &- divisor
}

/// The reciprocal of the normalised two-limb divisor `high·2⁶⁴ + low`; algorithm 6.
@inlinable @inline(__always)
public func reciprocal(high: UInt64, low: UInt64) -> UInt64 {
    var v = reciprocal(high)
    var p = high &* v &+ low
    if p < low {
        v &-= 1
        if p >= high {
            v &-= 1
            p &-= high
        }
        p &-= high
    }
    let t = v.multipliedFullWidth(by: low)
    p &+= t.high
    if p < t.high {
        v &-= 1
        if p > high || (p == high && t.low >= low) { v &-= 1 }
    }
    return v
}

/// Divides `high·2⁶⁴ + low` (with `high < divisor`) by a normalised divisor; algorithm 4.
@inlinable @inline(__always)
public func divide2by1(
    _ high: UInt64, _ low: UInt64, by divisor: UInt64, reciprocal: UInt64
) -> (quotient: UInt64, remainder: UInt64) {
    let estimate = UInt128(reciprocal) &* UInt128(high) &+ ((UInt128(high) &<< 64) | UInt128(low))
    var quotient = UInt64(truncatingIfNeeded: estimate &>> 64) &+ 1
    var remainder = low &- quotient &* divisor
    if remainder > UInt64(truncatingIfNeeded: estimate) {
        quotient &-= 1
        remainder &+= divisor
    }
    if remainder >= divisor {
        quotient &+= 1
        remainder &-= divisor
    }
    return (quotient, remainder)
}

/// Divides three limbs by a normalised divisor of two, `(high, middle) < divisor`; algorithm 5.
@inlinable @inline(__always)
public func divide3by2(
    _ high: UInt64, _ middle: UInt64, _ low: UInt64, by divisor: UInt128, reciprocal: UInt64
) -> (quotient: UInt64, remainder: UInt128) {
    let divisorHigh = UInt64(truncatingIfNeeded: divisor &>> 64)
    let divisorLow = UInt64(truncatingIfNeeded: divisor)
    let estimate = UInt128(reciprocal) &* UInt128(high) &+ ((UInt128(high) &<< 64) | UInt128(middle))
    let estimateLow = UInt64(truncatingIfNeeded: estimate)
    var quotient = UInt64(truncatingIfNeeded: estimate &>> 64)
    let top = middle &- quotient &* divisorHigh
    var remainder =
        ((UInt128(top) &<< 64) | UInt128(low)) &- UInt128(divisorLow) &* UInt128(quotient) &- divisor
    quotient &+= 1
    if UInt64(truncatingIfNeeded: remainder &>> 64) >= estimateLow {
        quotient &-= 1
        remainder &+= divisor
    }
    if remainder >= divisor {
        quotient &+= 1
        remainder &-= divisor
    }
    return (quotient, remainder)
}
