public import Primitives

/// The contracts that every client carries out natively; the raw value is the address, but for P256VERIFY at 0x100.
public enum Precompile: UInt8, CaseIterable, Sendable {
    case ecdsaRecovery = 1
    case sha256 = 2
    case ripemd160 = 3
    case identity = 4
    /// EIP-198.
    case modularExponentiation = 5
    /// EIP-196, EIP-197.
    case bn254Addition = 6
    case bn254Multiplication = 7
    case bn254Pairing = 8
    /// EIP-152.
    case blake2Compression = 9
    /// EIP-4844.
    case pointEvaluation = 10
    /// EIP-2537.
    case bls12G1Addition = 11
    case bls12G1MultiScalar = 12
    case bls12G2Addition = 13
    case bls12G2MultiScalar = 14
    case bls12Pairing = 15
    case bls12MapFieldToG1 = 16
    case bls12MapFieldToG2 = 17
    /// EIP-7951; on the OP Stack since Fjord.
    case p256Verification = 255

    /// The precompile at `address` under `rules`, if there is one.
    @inlinable @inline(__always)
    public static func at(_ address: Address, rules: Rules) -> Precompile? {
        if address.word0 != 0 || address.word1 != 0 { return nil }
        return at(number: UInt32(bigEndian: address.word2), rules: rules)
    }

    /// The same for an address whose upper 16 bytes are zero.
    public static func at(number: UInt32, rules: Rules) -> Precompile? {
        if number == 0x100 {
            return rules.hasP256Verification ? .p256Verification : nil
        }
        guard number >= 1, number <= rules.lastPrecompile else { return nil }
        return Precompile(rawValue: UInt8(truncatingIfNeeded: number))
    }
}

extension Rules {
    /// The highest of the consecutive addresses from 1 that hold precompiles.
    @inlinable
    public var lastPrecompile: UInt32 {
        if revision < .byzantium { return 4 }
        if revision < .istanbul { return 8 }
        if revision < .cancun { return 9 }
        return revision < .prague ? 10 : 17
    }

    /// Whether P256VERIFY is at 0x100.
    @inlinable
    public var hasP256Verification: Bool {
        if revision >= .osaka { return true }
        if let optimism { return optimism >= .fjord }
        return false
    }
}
