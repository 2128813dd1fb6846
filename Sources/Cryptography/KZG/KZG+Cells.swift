import Primitives

/// Cells of EIP-7594 and their proofs.
extension KZG {
    /// The 128 cells of the extended blob (`compute_cells`).
    ///
    /// - Throws: `KZGError` where the blob is not canonical.
    /// - Complexity: two transformations of 4,096 values.
    public static func computeCells(blob: [UInt8]) throws(KZGError) -> [[UInt8]] {
        cells(ofValues: extended(try fieldElements(blob: blob)))
    }

    /// The 128 cells of the extended blob and the proof of each (`compute_cells_and_kzg_proofs`).
    ///
    /// - Throws: `KZGError` where the blob is not canonical.
    /// - Complexity: 128 sums of 64 multiples of points and about 640 multiples more.
    public func computeCellsAndProofs(blob: [UInt8]) throws(KZGError) -> (cells: [[UInt8]], proofs: [[UInt8]]) {
        let values = Self.extended(try Self.fieldElements(blob: blob))
        return (Self.cells(ofValues: values), cellProofs(ofValues: values))
    }

    /// The values of a polynomial of degree below 4,096 at all roots of unity of order 8,192 from those of order 4,096.
    static func extended(_ values: [BLS12381Scalar]) -> [BLS12381Scalar] {
        values + Polynomial(values: values).values(belowNode: 1)
    }

    /// The proofs of all cells at once, after D. Feist and D. Khovratovich, "Fast amortized KZG proofs" (2023).
    ///
    /// The proof of cell k commits to the quotient of p by X⁶⁴ − g(k), which is Σⱼ g(k)ʲ⁻¹·hⱼ over 0 < j < 64 where hⱼ is
    /// p without its lowest 64·j coefficients, divided by X^(64·j): a transformation of the commitments [hⱼ(τ)]. Those
    /// are in turn the first half of the inverse transformation of 128 points V(k) = 64·Σ p(x)·[Lₓ(τ)] over the roots x
    /// of cell k, Lₓ being the Lagrange polynomial of x among the 4,096 roots of X⁴⁰⁹⁶ − x⁴⁰⁹⁶. (Expand V(k): p(x) is the
    /// remainder of p modulo X⁶⁴ − g(k) at x, and Σ of what Lₓ interpolates is that remainder times
    /// (X⁴⁰⁹⁶/g(k)⁶⁴ − 1)/(X⁶⁴/g(k) − 1): a product of two polynomials in g(k), whose coefficient at j is hⱼ.)
    func cellProofs(ofValues values: [BLS12381Scalar]) -> [[UInt8]] {
        // 64/128: the factor of V(k) and the scale of the inverse transformation.
        let half = BLS12381Scalar(2).inverse
        let halves = values.map { $0 * half }
        var points = (0..<Self.cellsPerExtendedBlob).map { cell in
            let start = cell * Self.fieldElementsPerCell
            return setup.sum(halves[start..<(start + Self.fieldElementsPerCell)], from: start)
        }
        NumberTheoreticTransform.interpolateUnscaled(&points)
        points.removeSubrange(Self.fieldElementsPerCell...)
        points.removeFirst()
        while points.count < Self.cellsPerExtendedBlob { points.append(.infinity) }
        NumberTheoreticTransform.evaluate(&points)
        return JacobianPoint.affine(points).map { $0.compressed }
    }
}
