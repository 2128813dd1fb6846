import Cryptography
public import EVM
public import Primitives

extension Transaction {
    /// Half the order of secp256k1: no s is above it from Homestead on (EIP-2).
    static var largestS: UInt256 {
        UInt256(limbs: 0xDFE9_2F46_681B_20A0, 0x5D57_6E73_57A4_501D, 0xFFFF_FFFF_FFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF)
    }

    /// Whose transaction it is: recovered from the signature, or as a deposit says.
    ///
    /// - Throws: where the revision does not know the type, the chain is another, or the signature is worth nothing.
    public func sender(revision: Revision, chainID: UInt64) throws(InvalidTransaction) -> Address {
        if let deposit { return deposit.from }
        guard isAvailable(in: revision) else { throw .typeNotAvailable }
        var parity = signature.v
        if kind == .legacy {
            if self.chainID != nil {
                guard revision >= .spuriousDragon else { throw .invalidSignature }
                parity = (signature.v &- 35) & 1
            } else {
                parity = signature.v &- 27
            }
        }
        if let bound = self.chainID, bound != chainID { throw .wrongChainID }
        guard parity <= 1, revision < .homestead || signature.s <= Self.largestS else { throw .invalidSignature }
        let recovered = SlowSecp256k1.recoverAddress(
            hash: signingHash, r: signature.r, s: signature.s, yParity: UInt8(truncatingIfNeeded: parity))
        guard let recovered else { throw .invalidSignature }
        return recovered
    }
}

extension Authorization {
    /// Who gives the permission; nil where the signature is worth nothing.
    public var authority: Address? {
        guard yParity <= 1, s <= Transaction.largestS else { return nil }
        return SlowSecp256k1.recoverAddress(hash: signingHash, r: r, s: s, yParity: yParity)
    }
}
