import Primitives

/// Arithmetic modulo an odd number in Montgomery form, with R = 2^(64 · count).
struct MontgomeryRing: LimbRing, ~Copyable {
    let modulus: Limbs
    let count: Int
    /// −modulus⁻¹ modulo 2⁶⁴.
    private let negatedInverse: UInt64
    /// A product before it is reduced.
    private let product: LimbStorage

    /// The modulus's highest limb is not zero; it must outlive the ring.
    init(_ modulus: Limbs, _ count: Int) {
        self.modulus = modulus
        self.count = count
        negatedInverse = 0 &- LimbKernel.inverse(ofOdd: modulus[0])
        product = LimbStorage(2 &* count)
    }

    func multiply(_ result: MutableLimbs, _ left: Limbs, _ right: Limbs) {
        LimbKernel.multiply(product.limbs, left, right, count)
        reduceProduct(result)
    }

    func square(_ value: MutableLimbs) {
        LimbKernel.square(product.limbs, value, count)
        reduceProduct(value)
    }

    /// Leaves Montgomery form.
    func unwrap(_ value: MutableLimbs) {
        product.limbs.update(from: value, count: count)
        (product.limbs + count).update(repeating: 0, count: count)
        reduceProduct(value)
    }

    /// `product / R` modulo the modulus.
    @inline(__always)
    private func reduceProduct(_ result: MutableLimbs) {
        var top: UInt64 = 0
        for index in 0..<count {
            let row = product.limbs + index
            let carry = LimbKernel.addProduct(row, modulus, count, row[0] &* negatedInverse)
            let sum = UInt128(row[count]) &+ UInt128(carry) &+ UInt128(top)
            row[count] = UInt64(truncatingIfNeeded: sum)
            top = UInt64(truncatingIfNeeded: sum &>> 64)
        }
        let high = product.limbs + count
        if top != 0 || LimbKernel.isAtLeast(high, modulus, count) { _ = LimbKernel.subtract(high, modulus, count) }
        result.update(from: high, count: count)
    }
}

/// Arithmetic modulo 2^(64 · count).
struct PowerOfTwoRing: LimbRing, ~Copyable {
    let count: Int
    private let product: LimbStorage

    init(_ count: Int) {
        self.count = count
        product = LimbStorage(count)
    }

    func multiply(_ result: MutableLimbs, _ left: Limbs, _ right: Limbs) {
        LimbKernel.multiplyLow(product.limbs, left, right, count)
        result.update(from: product.limbs, count: count)
    }

    func square(_ value: MutableLimbs) { multiply(value, value, value) }

    /// Inverts an odd number by Newton's iteration, each step on twice the limbs of the last.
    func invert(_ value: Limbs, into result: MutableLimbs) {
        let error = LimbStorage(count)
        let next = LimbStorage(count)
        result.update(repeating: 0, count: count)
        result[0] = LimbKernel.inverse(ofOdd: value[0])
        var precision = 1
        while precision < count {
            precision = min(2 &* precision, count)
            // result · (2 − value · result)
            LimbKernel.multiplyLow(error.limbs, value, result, precision)
            negate(error.limbs, precision)
            var index = 0
            var carry: UInt64 = 2
            while index < precision {
                let (sum, over) = error.limbs[index].addingReportingOverflow(carry)
                error.limbs[index] = sum
                carry = UInt64(unsafeBitCast(over, to: UInt8.self))
                index &+= 1
            }
            LimbKernel.multiplyLow(next.limbs, result, error.limbs, precision)
            result.update(from: next.limbs, count: precision)
        }
    }

    private func negate(_ value: MutableLimbs, _ count: Int) {
        var carry: UInt64 = 1
        for index in 0..<count {
            let (sum, over) = (~value[index]).addingReportingOverflow(carry)
            value[index] = sum
            carry = UInt64(unsafeBitCast(over, to: UInt8.self))
        }
    }
}
