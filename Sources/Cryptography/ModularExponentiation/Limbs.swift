import Primitives

/// A natural number as an array of 64-bit limbs, least significant first; its length goes with it.
typealias Limbs = UnsafePointer<UInt64>
typealias MutableLimbs = UnsafeMutablePointer<UInt64>

/// The kernels of arithmetic on numbers of any length. Lengths are positive unless said otherwise.
enum LimbKernel {
    /// `result += left · digit`, with the limb that is carried out.
    @inline(__always)
    static func addProduct(_ result: MutableLimbs, _ left: Limbs, _ count: Int, _ digit: UInt64) -> UInt64 {
        var carry: UInt64 = 0
        var index = 0
        while index &+ 4 <= count {
            let (a, c0) = multiplyAdd(left[index], digit, result[index], carry)
            result[index] = a
            let (b, c1) = multiplyAdd(left[index &+ 1], digit, result[index &+ 1], c0)
            result[index &+ 1] = b
            let (c, c2) = multiplyAdd(left[index &+ 2], digit, result[index &+ 2], c1)
            result[index &+ 2] = c
            let (d, c3) = multiplyAdd(left[index &+ 3], digit, result[index &+ 3], c2)
            result[index &+ 3] = d
            carry = c3
            index &+= 4
        }
        while index < count {
            let (a, c0) = multiplyAdd(left[index], digit, result[index], carry)
            result[index] = a
            carry = c0
            index &+= 1
        }
        return carry
    }

    /// `result −= left · digit`, with the limb that is borrowed.
    @inline(__always)
    static func subtractProduct(_ result: MutableLimbs, _ left: Limbs, _ count: Int, _ digit: UInt64) -> UInt64 {
        var borrow: UInt64 = 0
        var index = 0
        while index < count {
            let (low, high) = multiplyAdd(left[index], digit, borrow, 0)
            let (difference, under) = result[index].subtractingReportingOverflow(low)
            result[index] = difference
            borrow = high &+ UInt64(unsafeBitCast(under, to: UInt8.self))
            index &+= 1
        }
        return borrow
    }

    /// `result += left`, with the carry.
    @inline(__always)
    static func add(_ result: MutableLimbs, _ left: Limbs, _ count: Int) -> UInt64 {
        var carry: UInt64 = 0
        for index in 0..<count {
            let sum = UInt128(result[index]) &+ UInt128(left[index]) &+ UInt128(carry)
            result[index] = UInt64(truncatingIfNeeded: sum)
            carry = UInt64(truncatingIfNeeded: sum &>> 64)
        }
        return carry
    }

    /// `result −= left`, with the borrow.
    @inline(__always)
    static func subtract(_ result: MutableLimbs, _ left: Limbs, _ count: Int) -> UInt64 {
        var borrow: UInt64 = 0
        for index in 0..<count {
            let difference = UInt128(result[index]) &- UInt128(left[index]) &- UInt128(borrow)
            result[index] = UInt64(truncatingIfNeeded: difference)
            borrow = UInt64(truncatingIfNeeded: difference &>> 64) & 1
        }
        return borrow
    }

    /// Whether the number is at least another of the same length.
    @inline(__always)
    static func isAtLeast(_ left: Limbs, _ right: Limbs, _ count: Int) -> Bool {
        var index = count &- 1
        while index >= 0 {
            if left[index] != right[index] { return left[index] > right[index] }
            index &-= 1
        }
        return true
    }

    /// The product in `2 · count` limbs of two numbers of one length.
    @inline(__always)
    static func multiply(_ result: MutableLimbs, _ left: Limbs, _ right: Limbs, _ count: Int) {
        result.update(repeating: 0, count: count)
        for index in 0..<count {
            result[count &+ index] = addProduct(result + index, left, count, right[index])
        }
    }

    /// The square in `2 · count` limbs: each product of two different limbs once, doubled, and the limbs' squares.
    @inline(__always)
    static func square(_ result: MutableLimbs, _ left: Limbs, _ count: Int) {
        result.update(repeating: 0, count: count &+ 1)
        var index = 0
        while index &+ 1 < count {
            let above = count &- index &- 1
            let carry = addProduct(result + (2 &* index &+ 1), left + (index &+ 1), above, left[index])
            result[count &+ index] = carry
            index &+= 1
        }
        result[2 &* count &- 1] = 0
        var shiftedOut: UInt64 = 0
        var carry: UInt64 = 0
        for index in 0..<count {
            let (low, high) = (result[2 &* index], result[2 &* index &+ 1])
            let (squareLow, squareHigh) = multiplyAdd(left[index], left[index], carry, 0)
            let doubledLow = (low &<< 1) | shiftedOut
            let doubledHigh = (high &<< 1) | (low &>> 63)
            shiftedOut = high &>> 63
            let sumLow = UInt128(doubledLow) &+ UInt128(squareLow)
            let sumHigh = UInt128(doubledHigh) &+ UInt128(squareHigh) &+ (sumLow &>> 64)
            result[2 &* index] = UInt64(truncatingIfNeeded: sumLow)
            result[2 &* index &+ 1] = UInt64(truncatingIfNeeded: sumHigh)
            carry = UInt64(truncatingIfNeeded: sumHigh &>> 64)
        }
    }

    /// The lowest `count` limbs of a product.
    @inline(__always)
    static func multiplyLow(_ result: MutableLimbs, _ left: Limbs, _ right: Limbs, _ count: Int) {
        result.update(repeating: 0, count: count)
        for index in 0..<count {
            _ = addProduct(result + index, left, count &- index, right[index])
        }
    }

    /// The inverse of an odd limb modulo 2⁶⁴: each step of Newton's doubles the number of right bits, of which
    /// `3 · odd ⊕ 2` has five.
    @inline(__always)
    static func inverse(ofOdd odd: UInt64) -> UInt64 {
        var inverse = (3 &* odd) ^ 2
        for _ in 0..<4 { inverse = inverse &* (2 &- odd &* inverse) }
        return inverse
    }
}

/// Memory for limbs, zero at first, freed with the value.
struct LimbStorage: ~Copyable {
    let limbs: MutableLimbs

    init(_ count: Int) {
        limbs = MutableLimbs.allocate(capacity: max(count, 1))
        limbs.initialize(repeating: 0, count: max(count, 1))
    }

    deinit { limbs.deallocate() }

    /// The number in big-endian bytes, which must fit, from the limb at `start` on.
    func load(bigEndian bytes: UnsafeRawBufferPointer, at start: Int = 0) {
        var index = start
        var end = bytes.count
        while end >= 8 {
            limbs[index] = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: end &- 8, as: UInt64.self))
            index &+= 1
            end &-= 8
        }
        if end > 0 {
            var head: UInt64 = 0
            for byte in 0..<end { head = head &<< 8 | UInt64(bytes[byte]) }
            limbs[index] = head
        }
    }
}
