/// An exponent read from its top in digits of some bits, so that a power takes one multiplication a digit.
struct Exponent {
    /// Big-endian, with no leading zero byte.
    let bytes: UnsafeRawBufferPointer
    let bitCount: Int
    /// The bits of a digit, 1 to 6: the longer the exponent, the sooner a longer table pays.
    let digitWidth: Int

    /// Nil for the exponent zero.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.first else { return nil }
        self.bytes = bytes
        bitCount = 8 &* bytes.count &- first.leadingZeroBitCount
        digitWidth =
            bitCount <= 8
            ? 1 : bitCount <= 32 ? 2 : bitCount <= 128 ? 3 : bitCount <= 512 ? 4 : bitCount <= 2_048 ? 5 : 6
    }

    var digitCount: Int { (bitCount &+ digitWidth &- 1) / digitWidth }

    /// The digit at `index`, 0 being the lowest.
    @inline(__always)
    func digit(_ index: Int) -> Int {
        let bit = index &* digitWidth
        let position = bytes.count &- 1 &- bit &>> 3
        var pair = UInt(bytes[position])
        if position > 0 { pair |= UInt(bytes[position &- 1]) &<< 8 }
        return Int(truncatingIfNeeded: (pair &>> UInt(bit & 7)) & (1 &<< UInt(digitWidth) &- 1))
    }
}

/// Multiplication modulo something, on numbers of `count` limbs.
protocol LimbRing: ~Copyable {
    var count: Int { get }
    /// `result` may be one of the factors.
    func multiply(_ result: MutableLimbs, _ left: Limbs, _ right: Limbs)
    func square(_ value: MutableLimbs)
}

extension LimbRing where Self: ~Copyable {
    /// Raises `value` to a positive power in place.
    @inline(__always)
    func raise(_ value: MutableLimbs, to exponent: Exponent) {
        // powers[d] is value to the d; the first is not used.
        let tableCount = 1 &<< exponent.digitWidth
        let powers = LimbStorage(tableCount &* count)
        (powers.limbs + count).update(from: value, count: count)
        for digit in 2..<max(2, tableCount) {
            multiply(powers.limbs + digit &* count, powers.limbs + (digit &- 1) &* count, value)
        }
        var index = exponent.digitCount &- 1
        // The highest digit is not zero.
        value.update(from: powers.limbs + exponent.digit(index) &* count, count: count)
        while index > 0 {
            index &-= 1
            for _ in 0..<exponent.digitWidth { square(value) }
            let digit = exponent.digit(index)
            if digit != 0 { multiply(value, value, powers.limbs + digit &* count) }
        }
    }
}
