public import Cryptography
import Primitives

/// What is wrong with the input of a precompile.
public enum PrecompileFault: Equatable, Sendable {
    case inputLength
    /// Input that is no whole number of pairs (EIP-197).
    case pairCount
    /// Neither 0 nor 1 where BLAKE2 has its final flag.
    case finalFlag
    /// A length over the limit of EIP-7823.
    case operandTooLong
    /// A point of alt_bn128.
    case bn254(CurvePointFault)
    /// A point or field element of BLS12-381; the group where it matters.
    case bls12(CurvePointFault, isG2: Bool)
    /// Not the hash of the commitment (EIP-4844).
    case versionedHash
    /// The claim about the blob is false, or no claim.
    case proof
}

extension Precompile {
    /// What is wrong with input that has made a call with so much gas fail; nil where it is only the gas.
    ///
    /// - Complexity: as of the call.
    @usableFromInline
    func fault(of input: UnsafeRawBufferPointer, gas: Int64, rules: Rules) -> PrecompileFault? {
        if input.count > rules.inputLimit(of: self) { return .inputLength }
        switch self {
        case .ecdsaRecovery, .sha256, .ripemd160, .identity, .p256Verification: return nil
        case .modularExponentiation:
            // Numbers that are too long fail once they are paid, which only those a little too long can be.
            guard let price = ModularExponentiationCall(input).price(in: rules.revision) else { return nil }
            return price <= gas ? .operandTooLong : nil
        case .bn254Addition, .bn254Multiplication:
            let points = input.paddedBytes(at: 0, count: self == .bn254Addition ? 128 : 64)
            return BN254Precompiles.fault(ofPoints: points).map { .bn254($0) }
        case .bn254Pairing:
            if input.count % 192 != 0 { return .pairCount }
            return BN254Precompiles.fault(ofPairs: input).map { .bn254($0) }
        case .blake2Compression: return input.count == 213 ? .finalFlag : .inputLength
        case .pointEvaluation:
            if input.count != 192 { return .inputLength }
            return PointEvaluation.hasMatchingHash(input) ? .proof : .versionedHash
        case .bls12G1Addition, .bls12G1MultiScalar, .bls12G2Addition, .bls12G2MultiScalar, .bls12Pairing,
            .bls12MapFieldToG1, .bls12MapFieldToG2:
            return bls12Fault(of: input)
        }
    }

    private func bls12Fault(of input: UnsafeRawBufferPointer) -> PrecompileFault? {
        let parts: [BLS12381Precompiles.InputPart]
        switch self {
        case .bls12G1Addition: parts = [.g1, .g1]
        case .bls12G2Addition: parts = [.g2, .g2]
        case .bls12MapFieldToG1: parts = [.fieldElement]
        case .bls12MapFieldToG2: parts = [.fieldElement, .fieldElement]
        case .bls12G1MultiScalar: parts = [.subgroupG1, .scalar]
        case .bls12G2MultiScalar: parts = [.subgroupG2, .scalar]
        default: parts = [.subgroupG1, .subgroupG2]
        }
        let repeats = self == .bls12G1MultiScalar || self == .bls12G2MultiScalar || self == .bls12Pairing
        let size = parts.reduce(0) { $0 + $1.byteCount }
        guard input.count > 0, repeats ? input.count % size == 0 : input.count == size else { return .inputLength }
        return BLS12381Precompiles.fault(of: input, parts).map { .bls12($0.fault, isG2: $0.isG2) }
    }
}
