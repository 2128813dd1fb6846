import Primitives

extension KZG {
    /// Whether each cell has the values, at its place, of the polynomial that its commitment commits to
    /// (`verify_cell_kzg_proof_batch`); true where there are none.
    ///
    /// - Parameters: Lists of one length: for each cell its commitment, place, values and proof.
    /// - Throws: `KZGError` where counts differ, an index is out of range, a cell is not canonical or a commitment or
    ///   proof is not a point.
    /// - Complexity: two pairings, and for each cell a transformation of 64 values and two or three multiples of points.
    public static func verifyCellProofBatch(
        commitments: [[UInt8]], cellIndices: [Int], cells: [[UInt8]], proofs: [[UInt8]]
    ) throws(KZGError) -> Bool {
        guard commitments.count == cells.count, cellIndices.count == cells.count, proofs.count == cells.count
        else { throw .countsDiffer }
        for index in cellIndices {
            guard (0..<cellsPerExtendedBlob).contains(index) else { throw .cellIndexIsOutOfRange }
        }
        let (distinct, commitmentIndices) = distinctCommitments(commitments)
        var points: [AffinePoint<BLS12381G1>] = []
        for commitment in distinct { points.append(try self.commitment(commitment)) }
        var values: [[BLS12381Scalar]] = []
        for cell in cells { values.append(try fieldElements(cell: cell)) }
        var proofPoints: [AffinePoint<BLS12381G1>] = []
        for proof in proofs { proofPoints.append(try self.proof(proof)) }
        if cells.isEmpty { return true }

        let weights = cellBatchChallenge(
            commitments: distinct, commitmentIndices: commitmentIndices, cellIndices: cellIndices, cells: cells,
            proofs: proofs
        ).powers(count: cells.count)
        // With weights w: Σ w·(C − [remainder] + g(k)·π) = τ⁶⁴·Σ w·π, from p = remainder + (X⁶⁴ − g(k))·quotient.
        var scalars = [BLS12381Scalar](repeating: .zero, count: points.count)
        for (index, weight) in zip(commitmentIndices, weights) { scalars[index] = scalars[index] + weight }
        points += VerificationPoints.powers
        scalars += weightedRemainders(cellIndices: cellIndices, values: values, weights: weights).map { -$0 }
        points += proofPoints
        for (index, weight) in zip(cellIndices, weights) {
            scalars.append(weight * RootsOfUnity.value(ofNode: index))
        }
        return isProduct(
            sum(points, scalars), of: sum(proofPoints, weights), and: VerificationPoints.power64)
    }

    /// The coefficients of Σ w·(the polynomial of degree below 64 with a cell's values): the values at one place are
    /// added up before they are transformed.
    private static func weightedRemainders(
        cellIndices: [Int], values: [[BLS12381Scalar]], weights: [BLS12381Scalar]
    ) -> [BLS12381Scalar] {
        var sums = [[BLS12381Scalar]](repeating: [], count: cellsPerExtendedBlob)
        for place in values.indices {
            let index = cellIndices[place]
            let weighted = values[place].map { $0 * weights[place] }
            sums[index] = sums[index].isEmpty ? weighted : zip(sums[index], weighted).map { $0 + $1 }
        }
        var remainders = [BLS12381Scalar](repeating: .zero, count: fieldElementsPerCell)
        for index in sums.indices where !sums[index].isEmpty {
            let coefficients = Polynomial(values: sums[index], belowNode: index).coefficients
            for power in remainders.indices { remainders[power] = remainders[power] + coefficients[power] }
        }
        return remainders
    }

    /// The commitments without repetitions in the order of their first appearance, and the place of each among them.
    private static func distinctCommitments(_ commitments: [[UInt8]]) -> (distinct: [[UInt8]], indices: [Int]) {
        var places = HashTable<Hash256, Int>()
        var distinct: [[UInt8]] = []
        var indices: [Int] = []
        for commitment in commitments {
            let hash = SHA256.hash(commitment)
            if let place = places[hash] {
                indices.append(place)
            } else {
                places.set(hash, distinct.count)
                indices.append(distinct.count)
                distinct.append(commitment)
            }
        }
        return (distinct, indices)
    }
}
