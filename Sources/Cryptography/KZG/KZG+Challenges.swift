public import Primitives

/// Challenges are hashes of what they are to be independent of (the Fiat-Shamir transformation), so that batches need no
/// randomness.
extension KZG {
    /// The point at which a blob is evaluated to prove its commitment (`compute_challenge`), as a canonical number.
    ///
    /// - Throws: `KZGError` where the blob is not canonical or the commitment is not a point.
    public static func computeChallenge(blob: [UInt8], commitment: [UInt8]) throws(KZGError) -> UInt256 {
        _ = try fieldElements(blob: blob)
        _ = try self.commitment(commitment)
        return challenge(blob: blob, commitment: commitment).value
    }

    /// The number whose powers weigh the cells of a batch (`compute_verify_cell_kzg_proof_batch_challenge`), canonical.
    ///
    /// - Parameters:
    ///   - commitments: Without repetitions.
    ///   - commitmentIndices: For each cell, which of the commitments it is a cell of.
    ///   - proofs: 48 bytes each, which are hashed whether or not they are points.
    /// - Throws: `KZGError` where counts differ, an index is out of range or a cell is not canonical.
    public static func computeCellBatchChallenge(
        commitments: [[UInt8]], commitmentIndices: [Int], cellIndices: [Int], cells: [[UInt8]], proofs: [[UInt8]]
    ) throws(KZGError) -> UInt256 {
        guard commitmentIndices.count == cells.count, cellIndices.count == cells.count, proofs.count == cells.count
        else { throw .countsDiffer }
        for index in commitmentIndices {
            guard commitments.indices.contains(index) else { throw .commitmentIndexIsOutOfRange }
        }
        for index in cellIndices {
            guard (0..<cellsPerExtendedBlob).contains(index) else { throw .cellIndexIsOutOfRange }
        }
        for cell in cells { _ = try fieldElements(cell: cell) }
        return cellBatchChallenge(
            commitments: commitments, commitmentIndices: commitmentIndices, cellIndices: cellIndices, cells: cells,
            proofs: proofs
        ).value
    }

    static func challenge(blob: [UInt8], commitment: [UInt8]) -> BLS12381Scalar {
        var transcript = Transcript(domain: "FSBLOBVERIFY_V1_", capacity: 32 + blob.count + commitment.count)
        transcript.append(0)
        transcript.append(fieldElementsPerBlob)
        transcript.append(blob)
        transcript.append(commitment)
        return transcript.challenge
    }

    /// The number whose powers weigh the proofs of a batch of claims p(z) = y (`verify_kzg_proof_batch`).
    static func batchChallenge(
        commitments: [[UInt8]], points: [BLS12381Scalar], values: [BLS12381Scalar], proofs: [[UInt8]]
    ) -> BLS12381Scalar {
        var transcript = Transcript(domain: "RCKZGBATCH___V1_", capacity: 32 + 160 * commitments.count)
        transcript.append(fieldElementsPerBlob)
        transcript.append(commitments.count)
        for index in commitments.indices {
            transcript.append(commitments[index])
            points[index].append(to: &transcript.bytes)
            values[index].append(to: &transcript.bytes)
            transcript.append(proofs[index])
        }
        return transcript.challenge
    }

    static func cellBatchChallenge(
        commitments: [[UInt8]], commitmentIndices: [Int], cellIndices: [Int], cells: [[UInt8]], proofs: [[UInt8]]
    ) -> BLS12381Scalar {
        let capacity = 48 + 48 * commitments.count + (bytesPerCell + 64) * cells.count
        var transcript = Transcript(domain: "RCKZGCBATCH__V1_", capacity: capacity)
        transcript.append(fieldElementsPerBlob)
        transcript.append(fieldElementsPerCell)
        transcript.append(commitments.count)
        transcript.append(cells.count)
        for commitment in commitments { transcript.append(commitment) }
        for index in cells.indices {
            transcript.append(commitmentIndices[index])
            transcript.append(cellIndices[index])
            transcript.append(cells[index])
            transcript.append(proofs[index])
        }
        return transcript.challenge
    }
}

/// What a challenge is the hash of.
private struct Transcript {
    var bytes: [UInt8] = []

    init(domain: StaticString, capacity: Int) {
        bytes.reserveCapacity(capacity)
        domain.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Eight big-endian bytes.
    mutating func append(_ number: Int) {
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    mutating func append(_ data: [UInt8]) { bytes.append(contentsOf: data) }

    var challenge: BLS12381Scalar { BLS12381Scalar(reducing: SHA256.hash(bytes)) }
}
