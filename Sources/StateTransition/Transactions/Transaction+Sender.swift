import Cryptography
public import EVM
public import Primitives

extension Transaction {
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
        guard parity <= 1, revision < .homestead || signature.s <= Secp256k1.halfOrder else { throw .invalidSignature }
        let recovered = Secp256k1.recoverAddress(
            hash: signingHash, r: signature.r, s: signature.s, isOdd: parity == 1)
        guard let recovered else { throw .invalidSignature }
        return recovered
    }
}

extension Authorization {
    /// Who gives the permission; nil where the signature is worth nothing.
    public var authority: Address? {
        guard yParity <= 1, s <= Secp256k1.halfOrder else { return nil }
        return Secp256k1.recoverAddress(hash: signingHash, r: r, s: s, isOdd: yParity == 1)
    }
}
