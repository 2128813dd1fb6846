import Primitives

/// A polynomial over the scalar field of BLS12-381 by its coefficients, the constant first.
struct Polynomial {
    var coefficients: [BLS12381Scalar]

    /// The polynomial of least degree that has these values at the leaves below a node (`RootsOfUnity`).
    init(values: [BLS12381Scalar], belowNode node: Int = 0) {
        coefficients = values
        NumberTheoreticTransform.interpolate(&coefficients, belowNode: node)
    }

    init(coefficients: [BLS12381Scalar]) { self.coefficients = coefficients }

    /// The values at the leaves below a node, as many as there are coefficients.
    func values(belowNode node: Int = 0) -> [BLS12381Scalar] {
        var values = coefficients
        NumberTheoreticTransform.evaluate(&values, belowNode: node)
        return values
    }

    /// p(z).
    func value(at z: BLS12381Scalar) -> BLS12381Scalar {
        var value = BLS12381Scalar.zero
        for coefficient in coefficients.reversed() { value = value * z + coefficient }
        return value
    }

    /// p(z) and the quotient (p(X) − p(z))/(X − z), with a leading zero so that it has as many coefficients.
    func divided(byRootAt z: BLS12381Scalar) -> (quotient: Polynomial, remainder: BLS12381Scalar) {
        var quotient = coefficients
        var carry = BLS12381Scalar.zero
        for index in coefficients.indices.reversed() {
            quotient[index] = carry
            carry = carry * z + coefficients[index]
        }
        return (Polynomial(coefficients: quotient), carry)
    }
}
