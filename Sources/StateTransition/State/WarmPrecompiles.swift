import EVM
import Primitives

/// The addresses that are warm in every transaction, as precompiles live there (EIP-2929).
struct WarmPrecompiles {
    /// The last of the consecutive addresses from 1.
    let last: UInt64
    /// Whether P256VERIFY at 0x100 is one (EIP-7951, on the OP Stack since Fjord).
    let hasP256Verify: Bool

    init(_ rules: Rules) {
        let revision = rules.revision
        if revision < .byzantium {
            last = 4
        } else if revision < .istanbul {
            last = 8
        } else if revision < .cancun {
            last = 9
        } else {
            last = revision < .prague ? 10 : 17
        }
        hasP256Verify = revision >= .osaka || (rules.optimism ?? .bedrock) >= .fjord
    }

    static var ripemd160: Address { Address(truncating: 3) }

    func contains(_ address: Address) -> Bool {
        guard address.word0 == 0 else { return false }
        let number = UInt256(address)
        guard number.fitsUInt64 else { return false }
        return (1...last).contains(number.limb0) || (number.limb0 == 0x100 && hasP256Verify)
    }
}
