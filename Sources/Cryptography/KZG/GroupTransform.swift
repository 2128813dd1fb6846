import Primitives

/// Points of G1 can be transformed like scalars.
extension JacobianPoint: ScalarModule where C == BLS12381G1 {
    static func - (left: Self, right: Self) -> Self { left + -right }

    /// The product as two of half the length that share their doublings: with the digits of the scalar to the base z², of
    /// which the endomorphism is the product.
    func scaled(by scalar: BLS12381Scalar) -> Self {
        let (d0, d1, d2, d3) = BLS12381.parameterDigits(scalar.value)
        let base = UInt128(BLS12381.parameter)
        let low = SignedDigits(UInt256(UInt128(d0) &+ UInt128(d1) &* base), width: 5).digits
        let high = SignedDigits(UInt256(UInt128(d2) &+ UInt128(d3) &* base), width: 5).digits
        let table = oddMultiples(8)
        let images = table.map { $0.image }
        var result = Self.infinity
        for position in (0..<max(low.count, high.count)).reversed() {
            result = result.doubled
            if position < low.count { result.add(low[position], in: table) }
            if position < high.count { result.add(high[position], in: images) }
        }
        return result
    }

    /// The image under the endomorphism of G1.
    private var image: Self {
        let image = BLS12381G1.endomorphism(AffinePoint(x: x, y: y))
        return Self(x: image.x, y: image.y, z: z)
    }

    /// Adds an odd multiple, or its negation, or nothing for zero.
    @inline(__always)
    private mutating func add(_ digit: Int8, in multiples: [Self]) {
        if digit == 0 { return }
        let multiple = multiples[Int(digit.magnitude) / 2]
        self = self + (digit < 0 ? -multiple : multiple)
    }
}
