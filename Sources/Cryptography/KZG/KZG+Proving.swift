import Primitives

/// Commitments and proofs of EIP-4844.
extension KZG {
    /// The commitment to a blob (`blob_to_kzg_commitment`).
    ///
    /// - Throws: `KZGError` where the blob is not canonical.
    /// - Complexity: a sum of 4,096 multiples of points.
    public func blobToCommitment(_ blob: [UInt8]) throws(KZGError) -> [UInt8] {
        commit(try Self.fieldElements(blob: blob)).compressed
    }

    /// The value of a blob's polynomial at `z` and the proof of it (`compute_kzg_proof`).
    ///
    /// - Parameter z: 32 big-endian bytes.
    /// - Throws: `KZGError` where the blob or `z` is not canonical.
    /// - Complexity: as of `blobToCommitment`.
    public func computeProof(blob: [UInt8], z: [UInt8]) throws(KZGError) -> (proof: [UInt8], y: [UInt8]) {
        let polynomial = Polynomial(values: try Self.fieldElements(blob: blob))
        let (proof, y) = prove(polynomial, at: try Self.fieldElement(z))
        return (proof.compressed, y.value.bytes)
    }

    /// The proof that a commitment is that of a blob (`compute_blob_kzg_proof`). Of the commitment only the form is
    /// checked: for that of another blob the proof does not hold.
    ///
    /// - Throws: `KZGError` where the blob is not canonical or the commitment is not a point.
    /// - Complexity: as of `blobToCommitment`.
    public func computeBlobProof(blob: [UInt8], commitment: [UInt8]) throws(KZGError) -> [UInt8] {
        let polynomial = Polynomial(values: try Self.fieldElements(blob: blob))
        _ = try Self.commitment(commitment)
        return prove(polynomial, at: Self.challenge(blob: blob, commitment: commitment)).proof.compressed
    }

    /// The commitment to (p(X) − p(z))/(X − z), and p(z).
    private func prove(
        _ polynomial: Polynomial, at z: BLS12381Scalar
    ) -> (proof: AffinePoint<BLS12381G1>, y: BLS12381Scalar) {
        let (quotient, y) = polynomial.divided(byRootAt: z)
        return (commit(quotient.values()), y)
    }

    /// The commitment to the polynomial with these values at the roots of unity of order 4,096.
    private func commit(_ values: [BLS12381Scalar]) -> AffinePoint<BLS12381G1> {
        setup.sum(values, from: 0).affine
    }
}
