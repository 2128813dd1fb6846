import Primitives

/// The point evaluation precompile (EIP-4844): the claim that a blob with a versioned hash has a value at a point.
public enum PointEvaluation {
    /// The output of the precompile for input that holds: `FIELD_ELEMENTS_PER_BLOB` and `BLS_MODULUS`, 64 bytes.
    ///
    /// - Returns: nil where `verify` is false.
    /// - Complexity: as of `verify`.
    public static func run(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
        guard verify(input) else { return nil }
        return UInt256(KZG.fieldElementsPerBlob).bytes + BLS12381ScalarModulus.modulus.bytes
    }

    /// Whether 192 bytes of input hold: versioned hash, z, y, commitment, proof.
    ///
    /// False also where the input is of another length or one of its parts is not canonical.
    ///
    /// - Complexity: two pairings; the trusted setup is not needed.
    public static func verify(_ input: UnsafeRawBufferPointer) -> Bool {
        guard hasMatchingHash(input), let base = input.baseAddress,
            let z = BLS12381Scalar(canonicalBytes: base + 32), let y = BLS12381Scalar(canonicalBytes: base + 64),
            let commitment = try? KZG.commitment(Array(input[96..<144])),
            let proof = try? KZG.proof(Array(input[144...]))
        else { return false }
        return KZG.verify(commitment: commitment, z: z, y: y, proof: proof)
    }

    /// Whether the input has the right length and begins with the versioned hash of its commitment.
    public static func hasMatchingHash(_ input: UnsafeRawBufferPointer) -> Bool {
        guard input.count == 192, let base = input.baseAddress else { return false }
        // The hash of the commitment with a version number, 1, in place of its first byte.
        var hash = SHA256.hash(UnsafeRawBufferPointer(start: base + 96, count: 48))
        withUnsafeMutableBytes(of: &hash) { $0[0] = 1 }
        return hash == Hash256(copying: base)
    }
}
