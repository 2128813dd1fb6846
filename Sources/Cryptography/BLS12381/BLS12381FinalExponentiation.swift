extension BLS12381TwelfthField {
    /// The power 3(p¹² − 1)/r, three being prime to r; nil for zero.
    ///
    /// The hard part is 3(p⁴ − p² + 1)/r = (z − 1)²(z + p)(z² + p² − 1) + 3. Source: D. Hayashida, K. Hayasaka and
    /// T. Teruya, "Efficient final exponentiation via cyclotomic structure for pairings over families of elliptic curves"
    /// (2020).
    func finalExponentiation() -> Self? {
        if self == Self(.zero, .zero) { return nil }
        // The easy part: (p⁶ − 1)(p² + 1).
        var f = conjugate * inverse
        f = f.frobeniusSquared() * f
        var power = f.poweredByParameter() * f.conjugate
        power = power.poweredByParameter() * power.conjugate
        power = power.poweredByParameter() * power.frobenius()
        power =
            power.poweredByParameter().poweredByParameter() * power.frobeniusSquared() * power.conjugate
        var cube = f
        cube.squareCyclotomic()
        return power * cube * f
    }

    /// The power z = −0xD201000000010000 of an element of the cyclotomic subgroup, where inverses are conjugates.
    @inline(never)
    func poweredByParameter() -> Self {
        var result = self
        result.squareCyclotomic()
        result = result * self
        result.squareAndMultiply(2, self)
        result.squareAndMultiply(3, self)
        result.squareAndMultiply(9, self)
        result.squareAndMultiply(32, self)
        for _ in 0..<16 { result.squareCyclotomic() }
        return result.conjugate
    }

    @inline(never)
    private mutating func squareAndMultiply(_ squarings: Int, _ factor: Self) {
        for _ in 0..<squarings { squareCyclotomic() }
        self = self * factor
    }
}
