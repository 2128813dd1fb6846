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
    /// Let p = Σ X^(64·m)·pₘ(X), m < 64, with pₘ of degree below 64. The proof of cell k commits to the quotient of p by
    /// X⁶⁴ − g, g = g(k), which is Σ gʲ⁻¹·hⱼ over 0 < j < 64, where hⱼ = Σ X^(64·(m−j))·pₘ over m ≥ j: the proofs are a
    /// transformation of the commitments [hⱼ(τ)].
    ///
    /// All hⱼ are in the product of Σ gᵐ·pₘ(X) and Σ (X⁶⁴/g)ᵃ, a < 64, which is Σ gʲ·hⱼ over −64 < j < 64; a transformation
    /// of 128 values keeps the h with negative indices, which are of no use, apart. The first factor is the remainder of p
    /// modulo X⁶⁴ − g, equal to p at the roots x of the cell; the second is 64 there and zero at the other numbers with the
    /// same x⁴⁰⁹⁶. So the product is 64·Σ p(x)·Lₓ(X) over the cell, and its commitment a sum over points of the setup.
    func cellProofs(ofValues values: [BLS12381Scalar]) -> [[UInt8]] {
        // 64/128: the factor of the product and the scale of the inverse transformation.
        let half = BLS12381Scalar(2).inverse
        return Self.proofs(ofSums: cellSums(ofHalves: values.map { $0 * half })).map { $0.compressed }
    }

    /// For each cell the sum over the setup's points at its place, of which the first 64 together commit to the halves.
    func cellSums(ofHalves halves: [BLS12381Scalar]) -> [JacobianPoint<BLS12381G1>] {
        (0..<Self.cellsPerExtendedBlob).map { cell in
            let start = cell * Self.fieldElementsPerCell
            return setup.sum(halves[start..<(start + Self.fieldElementsPerCell)], from: start)
        }
    }

    /// The proofs from the sums of the cells.
    static func proofs(ofSums sums: [JacobianPoint<BLS12381G1>]) -> [AffinePoint<BLS12381G1>] {
        var points = sums
        NumberTheoreticTransform.interpolateUnscaled(&points)
        points.removeSubrange(Self.fieldElementsPerCell...)
        points.removeFirst()
        while points.count < Self.cellsPerExtendedBlob { points.append(.infinity) }
        NumberTheoreticTransform.evaluate(&points)
        return JacobianPoint.affine(points)
    }
}
