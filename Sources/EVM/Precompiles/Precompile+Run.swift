import Cryptography
import Primitives

extension Precompile {
    /// The output for `input`, or nil where the call fails.
    ///
    /// - Complexity: bounded by `gas(for:rules:)`.
    public func run(_ input: UnsafeRawBufferPointer) -> [UInt8]? {
        switch self {
        case .ecdsaRecovery: return SignaturePrecompiles.recover(input)
        case .sha256: return SHA256.hash(input).bytes
        case .ripemd160: return UInt256(RIPEMD160.hash(input)).bytes
        case .identity: return Array(input)
        case .modularExponentiation: return ModularExponentiationCall(input).run()
        case .bn254Addition: return BN254Precompiles.add(input)
        case .bn254Multiplication: return BN254Precompiles.multiply(input)
        case .bn254Pairing: return BN254Precompiles.pairingCheck(input)
        case .blake2Compression: return BLAKE2b.compress(input)
        case .pointEvaluation: return PointEvaluation.run(input)
        case .bls12G1Addition: return BLS12381Precompiles.g1Add(input)
        case .bls12G1MultiScalar: return BLS12381Precompiles.g1MultiScalarMultiplication(input)
        case .bls12G2Addition: return BLS12381Precompiles.g2Add(input)
        case .bls12G2MultiScalar: return BLS12381Precompiles.g2MultiScalarMultiplication(input)
        case .bls12Pairing: return BLS12381Precompiles.pairingCheck(input)
        case .bls12MapFieldToG1: return BLS12381Precompiles.mapFpToG1(input)
        case .bls12MapFieldToG2: return BLS12381Precompiles.mapFp2ToG2(input)
        case .p256Verification: return SignaturePrecompiles.verifyP256(input)
        }
    }
}
