extension BN254 {
    /// An element c0 + c1·i of the quadratic extension, i² = −1.
    ///
    /// Products are calls on pointers: inlined they would outgrow the instruction cache, and as values their
    /// sixteen limbs would go over the stack one by one.
    struct Fp2: Equatable, Sendable, BitwiseCopyable {
        var c0: Fp
        var c1: Fp

        @inline(__always)
        init(_ c0: Fp, _ c1: Fp) {
            self.c0 = c0
            self.c1 = c1
        }

        @inline(__always)
        static func == (left: Fp2, right: Fp2) -> Bool { left.c0 == right.c0 && left.c1 == right.c1 }
    }
}

extension BN254.Fp2 {
    typealias Fp = BN254.Fp
    typealias Fp2 = BN254.Fp2

    @inline(__always) static var zero: Fp2 { Fp2(.zero, .zero) }
    @inline(__always) static var one: Fp2 { Fp2(.one, .zero) }
    @inline(__always) var isZero: Bool { c0.isZero && c1.isZero }

    @inline(__always)
    static func + (left: Fp2, right: Fp2) -> Fp2 { Fp2(left.c0 + right.c0, left.c1 + right.c1) }

    @inline(__always)
    static func - (left: Fp2, right: Fp2) -> Fp2 { Fp2(left.c0 - right.c0, left.c1 - right.c1) }

    @inline(__always)
    static prefix func - (value: Fp2) -> Fp2 { Fp2(-value.c0, -value.c1) }

    @inline(__always) var doubled: Fp2 { Fp2(c0.doubled, c1.doubled) }
    @inline(__always) var halved: Fp2 { Fp2(c0.halved, c1.halved) }
    @inline(__always) var conjugated: Fp2 { Fp2(c0, -c1) }

    /// The product with ξ = 9 + i, by which the tower is extended.
    @inline(__always)
    var timesXi: Fp2 {
        Fp2(
            Fp.nineTimes(c0, plus: Fp.unreducedDifference(.zero, c1)), Fp.nineTimes(c1, plus: c0))
    }

    @inline(__always)
    static func * (left: Fp2, right: Fp2) -> Fp2 {
        var result = left
        withUnsafePointer(to: right) { multiply(&result, $0) }
        return result
    }

    @inline(__always)
    static func * (left: Fp2, right: Fp) -> Fp2 { Fp2(left.c0 * right, left.c1 * right) }

    @inline(__always)
    var squared: Fp2 {
        var result = self
        Self.square(&result)
        return result
    }

    /// Karatsuba's product, reduced once a coefficient.
    @inline(never)
    static func multiply(_ left: UnsafeMutablePointer<Fp2>, _ right: UnsafePointer<Fp2>) {
        let (a, b) = (left.pointee, right.pointee)
        let low = Fp.unreducedProduct(a.c0, b.c0)
        let high = Fp.unreducedProduct(a.c1, b.c1)
        let cross = Fp.unreducedProduct(Fp.unreducedSum(a.c0, a.c1), Fp.unreducedSum(b.c0, b.c1))
        left.pointee = Fp2(
            Fp.reduced(Fp.Product.modularDifference(low, high)), Fp.reduced(cross - low - high))
    }

    @inline(never)
    static func square(_ value: UnsafeMutablePointer<Fp2>) {
        let a = value.pointee
        value.pointee = Fp2(
            Fp.unreducedSum(a.c0, a.c1) * Fp.unreducedDifference(a.c0, a.c1),
            Fp.unreducedSum(a.c0, a.c0) * a.c1)
    }

    /// The inverse; zero for zero.
    func inverted() -> Fp2 {
        let inverse = (c0.squared + c1.squared).inverted()
        return Fp2(c0 * inverse, -(c1 * inverse))
    }
}
