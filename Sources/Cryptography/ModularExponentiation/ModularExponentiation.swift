import Primitives

/// Powers modulo numbers of any length (EIP-198). Not for secrets: the time depends on the operands.
public enum ModularExponentiation {
    /// `base` to the power of `exponent` modulo `modulus`, all big-endian and of any length, in as many bytes as the
    /// modulus has. Modulo 0 or 1 the result is zero; otherwise the power of zero is one.
    ///
    /// - Complexity: with n the limbs of the modulus, O(n²) for each bit of the exponent and O(n) for each limb of
    ///   the base.
    public static func power(
        base: UnsafeRawBufferPointer, exponent: UnsafeRawBufferPointer, modulus: UnsafeRawBufferPointer
    ) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: modulus.count)
        let digits = modulus.withoutLeadingZeros
        if digits.count == 0 || (digits.count == 1 && digits[0] == 1) { return result }
        guard let exponent = Exponent(exponent.withoutLeadingZeros) else {
            result[result.count &- 1] = 1
            return result
        }
        let base = base.withoutLeadingZeros
        let count = (digits.count &+ 7) / 8
        let limbs = LimbStorage(count)
        limbs.load(bigEndian: digits)
        let value = LimbStorage(count)
        if count == 1 {
            value.limbs[0] = SingleLimbModulus(limbs.limbs[0]).power(base, exponent)
        } else {
            power(base, exponent, limbs.limbs, count, into: value.limbs)
        }
        for index in 0..<digits.count {
            let byte = value.limbs[index &>> 3] &>> UInt64(8 &* (index & 7))
            result[result.count &- 1 &- index] = UInt8(truncatingIfNeeded: byte)
        }
        return result
    }

    /// The power modulo a number of at least two limbs, into as many. The modulus is destroyed.
    private static func power(
        _ base: UnsafeRawBufferPointer, _ exponent: Exponent, _ modulus: MutableLimbs, _ count: Int,
        into result: MutableLimbs
    ) {
        let zeroLimbs = trailingZeroLimbs(modulus)
        let zeroBits = UInt64(truncatingIfNeeded: modulus[zeroLimbs].trailingZeroBitCount)
        if zeroLimbs == 0 && zeroBits == 0 {
            oddPower(base, exponent, modulus, count, into: result)
            return
        }
        // The modulus is odd · 2^(64 · zeroLimbs + zeroBits).
        let lowCount = zeroBits == 0 ? zeroLimbs : zeroLimbs &+ 1
        let low = LimbStorage(lowCount)
        powerOfTwoPower(base, exponent, lowCount, into: low.limbs)
        let odd = modulus + zeroLimbs
        var oddCount = count &- zeroLimbs
        LimbDivision.shiftRight(odd, oddCount, zeroBits)
        if odd[oddCount &- 1] == 0 { oddCount &-= 1 }
        let high = LimbStorage(max(oddCount, lowCount))
        if oddCount == 1 {
            high.limbs[0] = SingleLimbModulus(odd[0]).power(base, exponent)
        } else {
            oddPower(base, exponent, odd, oddCount, into: high.limbs)
        }
        // The Chinese remainder: high + odd · ((low − high) / odd modulo 2^…).
        _ = LimbKernel.subtract(low.limbs, high.limbs, lowCount)
        let inverse = LimbStorage(lowCount)
        let extended = LimbStorage(lowCount)
        extended.limbs.update(from: odd, count: min(oddCount, lowCount))
        let ring = PowerOfTwoRing(lowCount)
        ring.invert(extended.limbs, into: inverse.limbs)
        ring.multiply(low.limbs, low.limbs, inverse.limbs)
        if zeroBits != 0 { low.limbs[lowCount &- 1] &= 1 &<< zeroBits &- 1 }
        let sum = LimbStorage(oddCount &+ lowCount)
        sum.limbs.update(from: high.limbs, count: oddCount)
        for index in 0..<lowCount {
            sum.limbs[oddCount &+ index] = LimbKernel.addProduct(sum.limbs + index, odd, oddCount, low.limbs[index])
        }
        result.update(from: sum.limbs, count: count)
    }

    /// Modulo an odd number of at least two limbs.
    private static func oddPower(
        _ base: UnsafeRawBufferPointer, _ exponent: Exponent, _ modulus: Limbs, _ count: Int, into result: MutableLimbs
    ) {
        // The base enters Montgomery form by one division of base · R.
        let baseCount = (base.count &+ 7) / 8
        let dividend = LimbStorage(count &+ baseCount &+ 1)
        dividend.load(bigEndian: base, at: count)
        LimbDivision.reduce(dividend.limbs, count &+ baseCount, by: modulus, count)
        let ring = MontgomeryRing(modulus, count)
        ring.raise(dividend.limbs, to: exponent)
        ring.unwrap(dividend.limbs)
        result.update(from: dividend.limbs, count: count)
    }

    /// Modulo 2^(64 · count).
    private static func powerOfTwoPower(
        _ base: UnsafeRawBufferPointer, _ exponent: Exponent, _ count: Int, into result: MutableLimbs
    ) {
        let value = LimbStorage(count)
        let taken = min(base.count, 8 &* count)
        value.load(bigEndian: UnsafeRawBufferPointer(rebasing: base[(base.count &- taken)...]))
        PowerOfTwoRing(count).raise(value.limbs, to: exponent)
        result.update(from: value.limbs, count: count)
    }

    /// A modulus that is not zero ends the loop.
    private static func trailingZeroLimbs(_ value: Limbs) -> Int {
        var count = 0
        while value[count] == 0 { count &+= 1 }
        return count
    }
}

extension UnsafeRawBufferPointer {
    fileprivate var withoutLeadingZeros: UnsafeRawBufferPointer {
        var start = 0
        while start < count, self[start] == 0 { start &+= 1 }
        return UnsafeRawBufferPointer(rebasing: self[start...])
    }
}
