/// An element `c0 + c1·u` of the quadratic extension of BLS12-381's prime field, where u² = −1.
package struct BLS12381QuadraticField: Field {
    package typealias Base = BLS12381Field

    package var c0: Base
    package var c1: Base

    @inline(__always)
    package init(_ c0: Base, _ c1: Base) {
        self.c0 = c0
        self.c1 = c1
    }

    @inline(__always)
    package static var zero: Self { Self(.zero, .zero) }

    @inline(__always)
    package static var one: Self { Self(.one, .zero) }

    @inline(__always)
    var isZero: Bool { c0.isZero && c1.isZero }

    @inline(__always)
    package static func + (left: Self, right: Self) -> Self { Self(left.c0 + right.c0, left.c1 + right.c1) }

    @inline(__always)
    package static func - (left: Self, right: Self) -> Self { Self(left.c0 - right.c0, left.c1 - right.c1) }

    @inline(__always)
    package static prefix func - (value: Self) -> Self { Self(-value.c0, -value.c1) }

    @inline(__always)
    var doubled: Self { Self(c0.doubled, c1.doubled) }

    /// Karatsuba's three products, with two reductions.
    @inline(never)
    package static func * (left: Self, right: Self) -> Self {
        let first = BLS12381DoubleWidth(product: left.c0, right.c0)
        let second = BLS12381DoubleWidth(product: left.c1, right.c1)
        let mixed = BLS12381DoubleWidth(
            product: .unreducedSum(left.c0, left.c1), .unreducedSum(right.c0, right.c1))
        return Self((first - second).reduced, (mixed &- first &- second).reduced)
    }

    /// (c0 + c1)(c0 − c1) + 2·c0·c1·u.
    @inline(never)
    static func square(_ value: Self) -> Self {
        Self(
            Base.product(.unreducedSum(value.c0, value.c1), value.c0 - value.c1),
            Base.product(.unreducedSum(value.c0, value.c0), value.c1))
    }

    @inline(__always)
    package var squared: Self { Self.square(self) }

    @inline(__always)
    static func * (left: Self, right: Base) -> Self { Self(left.c0 * right, left.c1 * right) }

    /// `c0 − c1·u`: also the image under x ↦ xᵖ.
    @inline(__always)
    var conjugate: Self { Self(c0, -c1) }

    /// `c0² + c1²`, the product with the conjugate.
    var norm: Base { c0.squared + c1.squared }

    package var inverse: Self {
        let inverse = norm.inverse
        return Self(c0 * inverse, -(c1 * inverse))
    }

    /// The product with 1 + u, by which the tower of extensions is built.
    @inline(__always)
    var timesNonresidue: Self { Self(c0 - c1, c0 + c1) }

    var halved: Self { Self(c0.halved, c1.halved) }

    /// Whether the first coordinate that is not zero is odd (`sgn0` of RFC 9380, section 4.1).
    var isOdd: Bool { c0.isZero ? c1.isOdd : c0.isOdd }

    /// Whether it comes after its negation in the order of (c1, c0).
    var isGreaterHalf: Bool { c1.isZero ? c0.isGreaterHalf : c1.isGreaterHalf }

    /// An element whose square this is, or nil where there is none.
    ///
    /// Two exponentiations in the base field.
    package var squareRoot: Self? {
        if c1.isZero { return root(normRoot: c0) }
        guard let length = norm.squareRoot else { return nil }
        return root(normRoot: length)
    }

    /// A root of a square, given a square root of its norm: (√((c0 + √norm)/2), c1/(2·that)).
    ///
    /// Of (c0 ± √norm)/2, whose product is −c1²/4, exactly one is a square. The power of the first tells which, and gives
    /// the root either way.
    func root(normRoot length: Base) -> Self {
        if c1.isZero {
            // −1 is no square, so either c0 or −c0 is one, and this is the root of whichever it is.
            let root = c0.squareRootPower * c0
            return root.squared == c0 ? Self(root, .zero) : Self(.zero, root)
        }
        let half = (c0 + length).halved
        let power = half.squareRootPower
        let root = power * half
        // root · power = half^((p−1)/2), so that the inverse of root is power for a square and −power otherwise.
        let other = (c1 * power).halved
        return root.squared == half ? Self(root, other) : Self(-other, root)
    }
}
