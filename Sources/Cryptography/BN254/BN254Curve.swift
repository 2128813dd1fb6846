import Primitives

/// A field whose elements are coordinates of points.
protocol BN254Coordinate: SelectableField {
    /// The inverse; zero for zero. Variable time: for public values.
    func inverted() -> Self
    /// The inverse in a time that does not depend on the value; zero for zero.
    var invertedInConstantTime: Self { get }
}

extension BN254Coordinate {
    var inverse: Self { inverted() }
}

extension BN254.Fp: BN254Coordinate {}
extension BN254.Fp2: BN254Coordinate {}

extension BN254 {
    /// A point of a curve y² = x³ + b in Jacobian coordinates (x / z², y / z³); infinity has z = 0.
    ///
    /// Nothing depends on b, so that one type serves the curve and its twist. The formulas are those of the
    /// Explicit-Formulas Database for a = 0 (2009 Lange, 2007 Bernstein and Lange).
    struct JacobianPoint<Coordinate: BN254Coordinate>: Sendable, BitwiseCopyable {
        var x: Coordinate
        var y: Coordinate
        var z: Coordinate

        @inline(__always)
        init(x: Coordinate, y: Coordinate, z: Coordinate) {
            self.x = x
            self.y = y
            self.z = z
        }

        @inline(__always)
        init(x: Coordinate, y: Coordinate) { self.init(x: x, y: y, z: .one) }

        @inline(__always)
        static var infinity: Self { Self(x: .one, y: .one, z: .zero) }

        @inline(__always)
        var isInfinity: Bool { z.isZero }

        @inline(__always)
        var negated: Self { Self(x: x, y: -y, z: z) }

        /// x and y, or nil at infinity.
        var affine: (x: Coordinate, y: Coordinate)? {
            if z.isZero { return nil }
            if z == .one { return (x, y) }
            let inverse = z.inverted()
            let square = inverse.squared
            return (x * square, y * square * inverse)
        }

        @inline(never)
        mutating func double() {
            let a = x.squared
            let b = y.squared
            let c = b.squared
            let d = ((x + b).squared - a - c).doubled
            let e = a.doubled + a
            let yz = y * z
            x = e.squared - d.doubled
            y = e * (d - x) - c.doubled.doubled.doubled
            z = yz.doubled
        }

        @inline(never)
        mutating func add(_ other: Self) {
            if other.isInfinity { return }
            if isInfinity {
                self = other
                return
            }
            let zz = z.squared
            let otherZZ = other.z.squared
            let u1 = x * otherZZ
            let u2 = other.x * zz
            let s1 = y * other.z * otherZZ
            let s2 = other.y * z * zz
            let h = u2 - u1
            let r = s2 - s1
            if h.isZero {
                if r.isZero { double() } else { self = .infinity }
                return
            }
            let hh = h.squared
            let hhh = h * hh
            let v = u1 * hh
            x = r.squared - hhh - v.doubled
            y = r * (v - x) - s1 * hhh
            z = z * other.z * h
        }

        /// Whether both stand for the same point.
        static func same(_ left: Self, _ right: Self) -> Bool {
            if left.isInfinity || right.isInfinity { return left.isInfinity && right.isInfinity }
            let (zz, otherZZ) = (left.z.squared, right.z.squared)
            return left.x * otherZZ == right.x * zz && left.y * right.z * otherZZ == right.y * left.z * zz
        }

        /// The multiple by a number of any size up to 2²⁵⁶, in signed windows of four bits.
        func multiplied(by scalar: UInt256) -> Self {
            let table = WindowTable(of: self)
            let digits = SignedDigits(scalar)
            var result = Self.infinity
            var index = digits.count
            while index > 0 {
                index -= 1
                result.double()
                table.add(digits[index], to: &result)
            }
            return result
        }
    }

    /// The odd multiples 1, 3, … 15 of a point.
    struct WindowTable<Coordinate: BN254Coordinate>: Sendable {
        typealias Point = JacobianPoint<Coordinate>

        var multiples: InlineArray<8, Point>

        init(of point: Point) {
            multiples = InlineArray(repeating: point)
            var twice = point
            twice.double()
            var last = point
            for index in 1..<8 {
                last.add(twice)
                multiples[index] = last
            }
        }

        /// Adds the multiple of an odd digit from −15 to 15; nothing for zero.
        @inline(__always)
        func add(_ digit: Int8, to result: inout Point) {
            if digit > 0 {
                result.add(multiples[Int(digit) >> 1])
            } else if digit < 0 {
                result.add(multiples[Int(0 &- digit) >> 1].negated)
            }
        }
    }

    /// A number as digits that are zero or odd from −15 to 15, lowest first; of five in a row at most one is not zero.
    struct SignedDigits: Sendable {
        private var digits = InlineArray<264, Int8>(repeating: 0)
        private(set) var count = 0

        init(_ number: UInt256) {
            // One limb more: a negative digit at the top carries out of 256 bits.
            var (low, high) = (number, UInt64(0))
            var position = 0
            while !(low.isZero && high == 0), position < 260 {
                if low.limb0 & 1 == 0 {
                    let zeros = UInt64(max(1, min(32, low.limb0.trailingZeroBitCount)))
                    low = low >> zeros
                    low.limb3 |= high &<< (64 &- zeros)
                    high = high &>> zeros
                    position += Int(zeros)
                    continue
                }
                let window = low.limb0 & 31
                low.limb0 &-= window
                if window >= 16 {
                    let sum = low.addingReportingCarry(UInt256(UInt64(32)))
                    low = sum.sum
                    if sum.carry { high &+= 1 }
                    digits[position] = Int8(truncatingIfNeeded: Int(window) - 32)
                } else {
                    digits[position] = Int8(truncatingIfNeeded: window)
                }
                count = position + 1
            }
        }

        /// Zero from `count` on.
        @inline(__always)
        subscript(index: Int) -> Int8 { index < count ? digits[index] : 0 }
    }
}
