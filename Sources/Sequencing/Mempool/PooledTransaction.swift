public import Primitives
public import StateTransition

/// A transaction with everything about it that costs time to find out and does not change: made once, outside of any
/// lock, and shared by the pool, the blocks built from it and whoever asks for it.
public final class PooledTransaction: Sendable {
    public let transaction: Transaction
    public let hash: Hash256
    /// As recovered from the signature; trusted.
    public let sender: Address
    /// The canonical form (EIP-2718), without blobs, as a block's body has it.
    public let encoded: [UInt8]
    /// Who signed the authorisations of a set-code transaction, as far as their signatures are worth something; trusted.
    public let authorities: [Address]
    /// The blobs of a blob transaction; nil in every other.
    public let sidecar: VerifiedSidecar?
    /// Whether its sender is who it is said to be without a signature, on a chain for development: it may be a contract.
    public let isImpersonated: Bool
    /// The most that the transaction can take from its sender, wei; nil where that is over 256 bits.
    let greatestCost: UInt256?

    /// - Parameters:
    ///   - hash: keccak256 of `encoded`.
    ///   - sender: recovered by the caller, on whatever thread suits it.
    ///   - authorities: likewise.
    ///   - extraCost: what a rollup takes beyond the gas, wei.
    public init(
        _ transaction: Transaction, hash: Hash256, sender: Address, encoded: [UInt8], authorities: [Address] = [],
        sidecar: VerifiedSidecar? = nil, isImpersonated: Bool = false, extraCost: UInt256 = 0
    ) {
        self.transaction = transaction
        self.hash = hash
        self.sender = sender
        self.encoded = encoded
        self.authorities = authorities
        self.sidecar = sidecar
        self.isImpersonated = isImpersonated
        greatestCost = transaction.greatestCost?.adding(extraCost)
    }

    public var nonce: UInt64 { transaction.nonce }

    /// How many places of so many bytes it takes.
    func places(of size: Int) -> Int { max(1, (encoded.count + size - 1) / size) }

    var blobCount: Int { transaction.blobHashes.count }

    var isBlob: Bool { transaction.kind == .blob }

    /// The greatest cost; only for admitted transactions, whose cost a balance has covered.
    var cost: UInt256 { greatestCost ?? .max }
}
