/// Verification of EIP-4844.
extension KZG {
    /// Whether the polynomial committed to has the value `y` at `z` (`verify_kzg_proof`).
    ///
    /// - Parameters: `z` and `y` in 32 big-endian bytes.
    /// - Throws: `KZGError` where a number is not canonical or the commitment or the proof is not a point.
    /// - Complexity: two pairings.
    public static func verifyProof(
        commitment: [UInt8], z: [UInt8], y: [UInt8], proof: [UInt8]
    ) throws(KZGError) -> Bool {
        let point = try self.commitment(commitment)
        let (z, y) = (try fieldElement(z), try fieldElement(y))
        return verify(commitment: point, z: z, y: y, proof: try self.proof(proof))
    }

    /// Whether a commitment is that of a blob (`verify_blob_kzg_proof`).
    ///
    /// - Throws: `KZGError` where the blob is not canonical or the commitment or the proof is not a point.
    /// - Complexity: two pairings and a transformation of 4,096 values.
    public static func verifyBlobProof(
        blob: [UInt8], commitment: [UInt8], proof: [UInt8]
    ) throws(KZGError) -> Bool {
        let claim = try self.claim(blob: blob, commitment: commitment)
        return verify(commitment: claim.commitment, z: claim.z, y: claim.y, proof: try self.proof(proof))
    }

    /// Whether all commitments are those of their blobs (`verify_blob_kzg_proof_batch`); true where there are none.
    ///
    /// - Throws: `KZGError` where counts differ, a blob is not canonical or a commitment or proof is not a point.
    /// - Complexity: two pairings, and for each blob a transformation of 4,096 values.
    public static func verifyBlobProofBatch(
        blobs: [[UInt8]], commitments: [[UInt8]], proofs: [[UInt8]]
    ) throws(KZGError) -> Bool {
        guard blobs.count == commitments.count, blobs.count == proofs.count else { throw .countsDiffer }
        var claims: [Claim] = []
        var proofPoints: [AffinePoint<BLS12381G1>] = []
        for index in blobs.indices {
            claims.append(try claim(blob: blobs[index], commitment: commitments[index]))
            proofPoints.append(try proof(proofs[index]))
        }
        if claims.isEmpty { return true }
        let challenge = batchChallenge(
            commitments: commitments, points: claims.map { $0.z }, values: claims.map { $0.y }, proofs: proofs)
        // With weights w: Σ w·(C − [y] + z·π) = τ·Σ w·π.
        let weights = challenge.powers(count: claims.count)
        var constant = BLS12381Scalar.zero
        var points: [AffinePoint<BLS12381G1>] = []
        var scalars: [BLS12381Scalar] = []
        for index in claims.indices {
            constant = constant - weights[index] * claims[index].y
            points += [claims[index].commitment, proofPoints[index]]
            scalars += [weights[index], weights[index] * claims[index].z]
        }
        points.append(BLS12381G1.generator)
        scalars.append(constant)
        return isProduct(
            sum(points, scalars), of: sum(proofPoints, weights), and: VerificationPoints.power1)
    }

    /// p(z) = y for the polynomial p with a commitment.
    private struct Claim {
        var commitment: AffinePoint<BLS12381G1>
        var z: BLS12381Scalar
        var y: BLS12381Scalar
    }

    private static func claim(blob: [UInt8], commitment: [UInt8]) throws(KZGError) -> Claim {
        let polynomial = Polynomial(values: try fieldElements(blob: blob))
        let point = try self.commitment(commitment)
        let z = challenge(blob: blob, commitment: commitment)
        return Claim(commitment: point, z: z, y: polynomial.value(at: z))
    }

    /// Whether p(z) = y: C − [y] + z·π = τ·π.
    static func verify(
        commitment: AffinePoint<BLS12381G1>, z: BLS12381Scalar, y: BLS12381Scalar, proof: AffinePoint<BLS12381G1>
    ) -> Bool {
        let left = sum([proof, BLS12381G1.generator], [z, -y]) + commitment
        return isProduct(left, of: JacobianPoint(proof), and: VerificationPoints.power1)
    }

    /// Whether `left` = s·`right` in G1, where `factor` is s times the generator of G2.
    static func isProduct(
        _ left: JacobianPoint<BLS12381G1>, of right: JacobianPoint<BLS12381G1>, and factor: AffinePoint<BLS12381G2>
    ) -> Bool {
        let points = JacobianPoint.affine([-left, right])
        return BLS12381Pairing.isOne([(points[0], BLS12381G2.generator), (points[1], factor)])
    }
}
