import Primitives

extension KZG {
    /// All cells and proofs of an extended blob of which half of the cells or more are known
    /// (`recover_cells_and_kzg_proofs`).
    ///
    /// - Parameter cellIndices: The places of the cells, ascending.
    /// - Throws: `KZGError` where the counts differ, there are fewer than 64 cells, an index is out of range or place, or
    ///   a cell is not canonical; also where the cells beyond the first 64 contradict them.
    /// - Complexity: as of `computeCellsAndProofs`.
    public func recoverCellsAndProofs(
        cellIndices: [Int], cells: [[UInt8]]
    ) throws(KZGError) -> (cells: [[UInt8]], proofs: [[UInt8]]) {
        let values = try Self.recoverValues(cellIndices: cellIndices, cells: cells)
        return (Self.cells(ofValues: values), cellProofs(ofValues: values))
    }

    /// The values of the extended blob from at least half of its cells.
    ///
    /// With p(X) = Σ X^b·p_b(X⁶⁴), b < 64, the remainder of p modulo X⁶⁴ − g(k), which cell k is the values of, has the
    /// coefficients p_b(g(k)). So 64 cells give each p_b, of degree below 64, at the same 64 points.
    static func recoverValues(cellIndices: [Int], cells: [[UInt8]]) throws(KZGError) -> [BLS12381Scalar] {
        guard cellIndices.count == cells.count else { throw .countsDiffer }
        guard cells.count >= cellsPerExtendedBlob / 2 else { throw .fewerThan64Cells }
        guard cells.count <= cellsPerExtendedBlob else { throw .moreThan128Cells }
        var previous = -1
        for index in cellIndices {
            guard (0..<cellsPerExtendedBlob).contains(index) else { throw .cellIndexIsOutOfRange }
            guard index > previous else { throw .cellIndicesDoNotAscend }
            previous = index
        }
        var known: [[BLS12381Scalar]] = []
        for cell in cells { known.append(try fieldElements(cell: cell)) }

        let count = cellsPerExtendedBlob / 2
        let basis = lagrangeBasis(cellIndices.prefix(count).map { RootsOfUnity.value(ofNode: $0) })
        var coefficients = [BLS12381Scalar](repeating: .zero, count: fieldElementsPerBlob)
        for place in 0..<count {
            let remainder = Polynomial(values: known[place], belowNode: cellIndices[place]).coefficients
            for power in 0..<count {
                let factor = basis[place].coefficients[power]
                let start = power * fieldElementsPerCell
                for b in 0..<fieldElementsPerCell {
                    coefficients[start + b] = coefficients[start + b] + factor * remainder[b]
                }
            }
        }
        let polynomial = Polynomial(coefficients: coefficients)
        let values = polynomial.values() + polynomial.values(belowNode: 1)
        for place in count..<max(count, cells.count) {
            let start = cellIndices[place] * fieldElementsPerCell
            guard known[place].elementsEqual(values[start..<(start + fieldElementsPerCell)]) else {
                throw .cellsContradictEachOther
            }
        }
        return values
    }

    /// For each of several distinct points the polynomial that is one there and zero at the others.
    ///
    /// - Complexity: O(*n*²).
    static func lagrangeBasis(_ points: [BLS12381Scalar]) -> [Polynomial] {
        // Z(X), the product of all X − x.
        var vanishing = [BLS12381Scalar.one]
        for point in points {
            vanishing.append(.zero)
            for index in vanishing.indices.reversed() {
                let lower = index > 0 ? vanishing[index - 1] : .zero
                vanishing[index] = lower - point * vanishing[index]
            }
        }
        // Z(X)/(X − x), divided by its value at x.
        var basis = points.map { Polynomial(coefficients: vanishing).divided(byRootAt: $0).quotient }
        var scales = points.indices.map { basis[$0].value(at: points[$0]) }
        invertAll(&scales)
        for place in basis.indices {
            basis[place].coefficients.removeLast()
            for index in basis[place].coefficients.indices {
                basis[place].coefficients[index] = basis[place].coefficients[index] * scales[place]
            }
        }
        return basis
    }
}
