import Cryptography
public import Primitives

/// Why the pool does not take a transaction.
///
/// `message` says it in the words of the common clients, which wallets and libraries look for.
public enum MempoolError: Error, Equatable, Sendable {
    case alreadyKnown
    case oversized(size: Int, limit: Int)
    case typeNotSupported(UInt8)
    /// The type comes with a later revision.
    case typeTooEarly(UInt8, revision: String)
    case initCodeTooLarge(size: Int, limit: Int)
    /// EIP-7825.
    case gasLimitAboveCap(gas: UInt64, cap: UInt64)
    case gasLimitAboveBlock
    case tipAboveFeeCap
    case wrongChainID(have: UInt64, want: UInt64)
    case invalidSignature
    case nonceAtMaximum
    case intrinsicGas(gas: UInt64, needed: UInt64)
    /// EIP-7623.
    case floorGas(gas: UInt64, needed: UInt64)
    case tipBelowMinimum(tip: UInt256, minimum: UInt256)
    case blobFeeCapBelowMinimum(cap: UInt256)
    case noBlobs
    case tooManyBlobs(count: Int, limit: Int)
    case unknownBlobVersion(index: Int)
    case blobTransactionCreatesContract
    case noAuthorizations
    case setCodeTransactionCreatesContract
    case noSidecar
    /// The sidecar cannot be decoded or is not of the version that the revision wants.
    case sidecarFormat(String)
    case blobHashMismatch(index: Int, computed: Hash256, stated: Hash256)
    case proofsInvalid(String)
    case nonceTooLow(next: UInt64, nonce: UInt64)
    /// Only where gaps are not allowed: for blobs.
    case nonceTooHigh(nonce: UInt64, gap: UInt64)
    case senderHasCode(Address)
    /// The transaction alone costs more than the balance; nil where its cost is over 256 bits.
    case insufficientFunds(balance: UInt256, cost: UInt256?)
    /// With all that is pending it costs more than the balance.
    case overdraft(balance: UInt256, queued: UInt256, cost: UInt256)
    /// In place of the one before it, it costs more than the balance.
    case replacementOverdraft(balance: UInt256, queued: UInt256, bump: UInt256)
    case replacementUnderpriced
    case underpriced
    case poolFull
    case accountLimit(count: Int)
    /// The account has blob transactions and this is none, or the other way round.
    case addressReserved
    /// A delegated account has one transaction in flight already (EIP-7702).
    case inFlightLimit
    case gappedFromDelegated
    /// A signer of an authorisation has more than one transaction in the pool.
    case authorityReserved
}

extension MempoolError {
    /// The JSON-RPC error code: that of the common client for everything that a pool refuses.
    public var code: Int { -32_000 }

    /// What a person or a library reads.
    public var message: String {
        switch self {
        case .alreadyKnown: "already known"
        case .oversized(let size, let limit): "oversized data: transaction size \(size), limit \(limit)"
        case .typeNotSupported(let type):
            "transaction type not supported: tx type \(type) not supported by this pool"
        case .typeTooEarly(let type, let revision):
            "transaction type not supported: type \(type) rejected, pool not yet in \(revision)"
        case .initCodeTooLarge(let size, let limit):
            "max initcode size exceeded: code size \(size) limit \(limit)"
        case .gasLimitAboveCap(let gas, let cap): "transaction gas limit too high (cap: \(cap), tx: \(gas))"
        case .gasLimitAboveBlock: "exceeds block gas limit"
        case .tipAboveFeeCap: "max priority fee per gas higher than max fee per gas"
        case .wrongChainID(let have, let want):
            "invalid sender: invalid chain id for signer: have \(have) want \(want)"
        case .invalidSignature: "invalid sender: invalid transaction v, r, s values"
        case .nonceAtMaximum: "nonce has max value"
        case .intrinsicGas(let gas, let needed): "intrinsic gas too low: gas \(gas), minimum needed \(needed)"
        case .floorGas(let gas, let needed):
            "insufficient gas for floor data gas cost: gas \(gas), minimum needed \(needed)"
        case .tipBelowMinimum(let tip, let minimum):
            "transaction gas price below minimum: gas tip cap \(tip.decimal), minimum needed \(minimum.decimal)"
        case .blobFeeCapBelowMinimum(let cap):
            "transaction gas price below minimum: blob fee cap \(cap.decimal), minimum needed 1"
        case .nonceTooLow(let next, let nonce): "nonce too low: next nonce \(next), tx nonce \(nonce)"
        case .nonceTooHigh(let nonce, let gap): "nonce too high: tx nonce \(nonce), gapped nonce \(gap)"
        case .senderHasCode(let address): "sender not an eoa: address \(address.checksummed)"
        case .insufficientFunds, .overdraft, .replacementOverdraft: fundsMessage
        case .replacementUnderpriced: "replacement transaction underpriced"
        case .underpriced: "transaction underpriced"
        case .poolFull: "txpool is full"
        case .accountLimit(let count): "account limit exceeded: pooled \(count) txs"
        case .addressReserved: "address already reserved"
        case .inFlightLimit: "in-flight transaction limit reached for delegated accounts"
        case .gappedFromDelegated: "gapped-nonce tx from delegated accounts"
        case .authorityReserved: "authority already reserved"
        case .noAuthorizations: "set code tx must have at least one authorization tuple"
        case .setCodeTransactionCreatesContract: "EIP-7702 transaction cannot be used to create contract"
        default: blobMessage
        }
    }

    private var fundsMessage: String {
        let start = "insufficient funds for gas * price + value"
        switch self {
        case .insufficientFunds(let balance, let cost?):
            return start + ": balance \(balance.decimal), tx cost \(cost.decimal), overshot "
                + (cost &- balance).decimal
        case .overdraft(let balance, let queued, let cost):
            return start + ": balance \(balance.decimal), queued cost \(queued.decimal), tx cost "
                + "\(cost.decimal), overshot \((queued &+ cost &- balance).decimal)"
        case .replacementOverdraft(let balance, let queued, let bump):
            return start + ": balance \(balance.decimal), queued cost \(queued.decimal), tx bumped "
                + "\(bump.decimal), overshot \((queued &+ bump &- balance).decimal)"
        default: return start
        }
    }

    private var blobMessage: String {
        switch self {
        case .noBlobs: "blobless blob transaction"
        case .tooManyBlobs(let count, let limit):
            "transaction blob limit exceeded: blob count \(count), limit \(limit)"
        case .unknownBlobVersion(let index): "blob \(index) has invalid hash version"
        case .blobTransactionCreatesContract: "blob transaction of type create"
        case .noSidecar: "missing sidecar in blob transaction"
        case .sidecarFormat(let what): "Wrong sidecar format: \(what)"
        case .blobHashMismatch(let index, let computed, let stated):
            "blob \(index): computed hash \(Hex.encode(computed.bytes)) mismatches transaction one "
                + Hex.encode(stated.bytes)
        case .proofsInvalid(let what): "KZG verification error: \(what)"
        default: "invalid transaction"
        }
    }
}
