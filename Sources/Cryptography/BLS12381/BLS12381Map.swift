import Primitives

/// A field with a map to the points of a curve over it: to an isogenous curve by the simplified method of Shallue, van de
/// Woestijne and Ulas, and from there by the isogeny (RFC 9380, sections 6.6.2 and 6.6.3).
protocol BLS12381MapField: BLS12381Coordinate {
    /// A, B and Z of the isogenous curve y² = x³ + Ax + B.
    static var mapCurve: [UInt64] { get }
    static var xNumerator: [UInt64] { get }
    static var xDenominator: [UInt64] { get }
    static var yNumerator: [UInt64] { get }
    static var yDenominator: [UInt64] { get }
    /// How many limbs an element has in those tables.
    static var limbCount: Int { get }
    /// The element with the limbs that begin at `start`.
    init(_ limbs: [UInt64], at start: Int)
    /// A root of the element where it is a square, otherwise a root of its product with Z.
    var rootOfSelfOrMultiple: (isSquare: Bool, root: Self) { get }
}

extension BLS12381MapField {
    /// The point of the isogenous curve for an element (RFC 9380, section 6.6.2).
    private var isogenousPoint: (x: Self, y: Self) {
        let a = Self(Self.mapCurve, at: 0)
        let b = Self(Self.mapCurve, at: Self.limbCount)
        let z = Self(Self.mapCurve, at: 2 * Self.limbCount)
        let multiple = z * squared
        let denominator = multiple.squared + multiple
        let x =
            denominator.isZero ? b * (z * a).inverse : -(b * (denominator + .one) * (a * denominator).inverse)
        let (isSquare, root) = ((x.squared + a) * x + b).rootOfSelfOrMultiple
        let y = isSquare ? root : multiple * self * root
        return (isSquare ? x : multiple * x, y.isOdd == isOdd ? y : -y)
    }

    /// The polynomial with these coefficients.
    private func evaluated(_ coefficients: [UInt64]) -> Self {
        var start = coefficients.count - Self.limbCount
        var result = Self(coefficients, at: start)
        while start > 0 {
            start -= Self.limbCount
            result = result * self + Self(coefficients, at: start)
        }
        return result
    }

    /// The point of a curve for an element; in general outside the subgroup.
    ///
    /// Where a denominator of the isogeny is zero, z is: the point is infinity.
    func mapped<C: BLS12381Curve>(to curve: C.Type) -> JacobianPoint<C> where C.Coordinate == Self {
        let (x, y) = isogenousPoint
        let xDenominator = x.evaluated(Self.xDenominator)
        let yDenominator = x.evaluated(Self.yDenominator)
        let z = xDenominator * yDenominator
        let square = z.squared
        return JacobianPoint(
            x: x.evaluated(Self.xNumerator) * yDenominator * z,
            y: y * x.evaluated(Self.yNumerator) * xDenominator * square, z: z)
    }
}

extension BLS12381Field: BLS12381MapField {
    static var mapCurve: [UInt64] { BLS12381MapConstants.curve1 }
    static var xNumerator: [UInt64] { BLS12381MapConstants.xNumerator1 }
    static var xDenominator: [UInt64] { BLS12381MapConstants.xDenominator1 }
    static var yNumerator: [UInt64] { BLS12381MapConstants.yNumerator1 }
    static var yDenominator: [UInt64] { BLS12381MapConstants.yDenominator1 }
    static var limbCount: Int { 6 }

    init(_ limbs: [UInt64], at start: Int) {
        self.init(
            montgomery: limbs[start], limbs[start + 1], limbs[start + 2], limbs[start + 3], limbs[start + 4],
            limbs[start + 5])
    }

    var rootOfSelfOrMultiple: (isSquare: Bool, root: Self) {
        let root = squareRootPower * self
        if root.squared == self { return (true, root) }
        // The square of the candidate is the negation; Z is 11, and this the root of −11.
        let factor = Self(
            montgomery: 0xF37B_0CED_8FB7_1E24, 0xF02D_C8A4_535A_8779, 0x732E_D835_F7EB_14EA, 0x524C_A41E_CB2B_CE0D,
            0x095E_3801_E90B_5FC1, 0x0252_AD05_5472_A90E)
        return (false, root * factor)
    }
}

extension BLS12381QuadraticField: BLS12381MapField {
    static var mapCurve: [UInt64] { BLS12381MapConstants.curve2 }
    static var xNumerator: [UInt64] { BLS12381MapConstants.xNumerator2 }
    static var xDenominator: [UInt64] { BLS12381MapConstants.xDenominator2 }
    static var yNumerator: [UInt64] { BLS12381MapConstants.yNumerator2 }
    static var yDenominator: [UInt64] { BLS12381MapConstants.yDenominator2 }
    static var limbCount: Int { 12 }

    init(_ limbs: [UInt64], at start: Int) { self.init(Base(limbs, at: start), Base(limbs, at: start + 6)) }

    var rootOfSelfOrMultiple: (isSquare: Bool, root: Self) {
        // An element of the base field is always a square.
        if c1.isZero { return (true, root(normRoot: c0)) }
        let norm = norm
        let length = norm.squareRootPower * norm
        if length.squared == norm { return (true, root(normRoot: length)) }
        // The square of the candidate is −norm; the norm of Z is 5, and this the root of −5.
        let factor = Base(
            montgomery: 0xCD94_F740_7F49_F0BA, 0xE4F8_1E0F_A6C4_F72D, 0x30E7_7D85_4799_EEDB, 0xC442_E208_DE13_F299,
            0x15A4_F8F7_5FAC_AABE, 0x135B_D2BF_E164_A855)
        let z = Self(Self.mapCurve, at: 24)
        return (false, (self * z).root(normRoot: length * factor))
    }
}
