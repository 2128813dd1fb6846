import Primitives

/// A curve y² = x³ + ax + b over a field, with a = 0 or a = −3.
protocol WeierstrassCurve: Sendable {
    associatedtype Coordinate: Field
    static var b: Coordinate { get }
    static var aIsMinusThree: Bool { get }
}

/// A point that is not at infinity, unless it says so.
struct AffinePoint<C: WeierstrassCurve>: Equatable, Sendable, BitwiseCopyable {
    var x: C.Coordinate
    var y: C.Coordinate
    var isInfinity: Bool

    @inline(__always)
    init(x: C.Coordinate, y: C.Coordinate) {
        self.x = x
        self.y = y
        isInfinity = false
    }

    private init(infinity: ()) {
        x = .zero
        y = .zero
        isInfinity = true
    }

    static var infinity: Self { Self(infinity: ()) }

    /// Whether the coordinates satisfy the equation; infinity does.
    var isOnCurve: Bool {
        if isInfinity { return true }
        var right = x.squared * x + C.b
        if C.aIsMinusThree { right = right - (x.doubled + x) }
        return y.squared == right
    }

    @inline(__always)
    static prefix func - (point: Self) -> Self {
        var result = point
        result.y = -point.y
        return result
    }
}

/// A point in Jacobian coordinates: x = X/Z², y = Y/Z³; infinity where Z is zero.
///
/// Formulas: D. J. Bernstein and T. Lange, Explicit-Formulas Database, "dbl-2009-l", "dbl-2001-b", "add-2007-bl",
/// "madd-2007-bl", with products in place of those differences of squares that are no faster. Every case (equal, opposite,
/// infinite operands) is handled; time depends on the operands.
struct JacobianPoint<C: WeierstrassCurve>: Sendable, BitwiseCopyable {
    var x: C.Coordinate
    var y: C.Coordinate
    var z: C.Coordinate

    @inline(__always)
    init(x: C.Coordinate, y: C.Coordinate, z: C.Coordinate) {
        self.x = x
        self.y = y
        self.z = z
    }

    init(_ point: AffinePoint<C>) {
        self = point.isInfinity ? .infinity : Self(x: point.x, y: point.y, z: .one)
    }

    @inline(__always)
    static var infinity: Self { Self(x: .one, y: .one, z: .zero) }

    @inline(__always)
    var isInfinity: Bool { z.isZero }

    @inline(__always)
    static prefix func - (point: Self) -> Self { Self(x: point.x, y: -point.y, z: point.z) }

    /// The affine coordinates, at the cost of one inversion.
    var affine: AffinePoint<C> {
        if isInfinity { return .infinity }
        let inverse = z.inverse
        let square = inverse.squared
        return AffinePoint(x: x * square, y: y * square * inverse)
    }

    var doubled: Self {
        if C.aIsMinusThree {
            let delta = z.squared
            let gamma = y.squared
            let beta = x * gamma
            let product = (x - delta) * (x + delta)
            let alpha = product.doubled + product
            let fourBeta = beta.doubled.doubled
            let newX = alpha.squared - fourBeta.doubled
            let newZ = (y + z).squared - gamma - delta
            let newY = alpha * (fourBeta - newX) - gamma.squared.doubled.doubled.doubled
            return Self(x: newX, y: newY, z: newZ)
        }
        let a = x.squared
        let b = y.squared
        let c = b.squared
        let d = (x * b).doubled.doubled
        let e = a.doubled + a
        let newX = e.squared - d.doubled
        let newY = e * (d - newX) - c.doubled.doubled.doubled
        return Self(x: newX, y: newY, z: (y * z).doubled)
    }

    static func + (left: Self, right: Self) -> Self {
        if left.isInfinity { return right }
        if right.isInfinity { return left }
        let leftSquare = left.z.squared
        let rightSquare = right.z.squared
        let u1 = left.x * rightSquare
        let u2 = right.x * leftSquare
        let s1 = left.y * right.z * rightSquare
        let s2 = right.y * left.z * leftSquare
        let h = u2 - u1
        let r = s2 - s1
        if h.isZero { return r.isZero ? left.doubled : .infinity }
        let i = h.doubled.squared
        let j = h * i
        let twiceR = r.doubled
        let v = u1 * i
        let newX = twiceR.squared - j - v.doubled
        let newY = twiceR * (v - newX) - (s1 * j).doubled
        let newZ = (left.z * right.z).doubled * h
        return Self(x: newX, y: newY, z: newZ)
    }

    /// Mixed addition.
    static func + (left: Self, right: AffinePoint<C>) -> Self {
        if right.isInfinity { return left }
        if left.isInfinity { return Self(right) }
        let square = left.z.squared
        let u2 = right.x * square
        let s2 = right.y * left.z * square
        let h = u2 - left.x
        let r = (s2 - left.y).doubled
        if h.isZero { return r.isZero ? left.doubled : .infinity }
        let hSquare = h.squared
        let i = hSquare.doubled.doubled
        let j = h * i
        let v = left.x * i
        let newX = r.squared - j - v.doubled
        let newY = r * (v - newX) - (left.y * j).doubled
        let newZ = (left.z * h).doubled
        return Self(x: newX, y: newY, z: newZ)
    }

    /// Whether both are the same point.
    static func == (left: Self, right: Self) -> Bool {
        if left.isInfinity || right.isInfinity { return left.isInfinity == right.isInfinity }
        let (l, r) = (left.z.squared, right.z.squared)
        return left.x * r == right.x * l && left.y * r * right.z == right.y * l * left.z
    }

    /// The affine forms of many points, with one inversion.
    static func affine(_ points: [Self]) -> [AffinePoint<C>] {
        var inverses = points.map { $0.z }
        invertAll(&inverses)
        return points.indices.map { index in
            let point = points[index]
            if point.isInfinity { return .infinity }
            let square = inverses[index].squared
            return AffinePoint(x: point.x * square, y: point.y * square * inverses[index])
        }
    }
}
