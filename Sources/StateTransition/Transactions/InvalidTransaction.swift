/// The rule for which a transaction may not be in a block, or not at this place.
public enum InvalidTransaction: Error, Equatable, Sendable {
    /// The revision does not know the type.
    case typeNotAvailable
    /// The transaction is bound to another chain (EIP-155).
    case wrongChainID
    /// No sender could be recovered: r or s out of range, s in the upper half (EIP-2), or no point.
    case invalidSignature
    case nonceTooLow
    case nonceTooHigh
    /// The nonce is 2⁶⁴ − 1 (EIP-2681).
    case nonceAtMaximum
    /// The balance does not cover the value and the most that gas and blobs can cost.
    case insufficientFunds
    case feeCapBelowBaseFee
    case tipAboveFeeCap
    /// Gas limit times price does not fit 256 bits.
    case feeOverflow
    /// The gas limit is larger than what is left in the block.
    case gasLimitAboveBlock
    /// The gas limit is larger than a transaction may have (EIP-7825).
    case gasLimitAboveCap
    /// The gas limit is below the intrinsic gas or below the floor of the call data (EIP-7623).
    case gasLimitBelowIntrinsic
    /// Initialisation code over 49,152 bytes (EIP-3860).
    case initCodeTooLarge
    /// The sender has code that is no delegation (EIP-3607, EIP-7702).
    case senderHasCode
    /// A blob transaction without blobs (EIP-4844).
    case noBlobs
    /// More blobs than a transaction may have (six from Osaka on, EIP-7594), or than the block has room for.
    case tooManyBlobs
    /// A versioned hash with a version other than 1.
    case unknownBlobVersion
    case blobFeeCapTooLow
    /// A blob transaction that creates a contract.
    case blobTransactionCreatesContract
    /// A set-code transaction without authorisations (EIP-7702).
    case noAuthorizations
    /// A set-code transaction that creates a contract.
    case setCodeTransactionCreatesContract
    /// OP Stack: the block's data footprint would be over its gas limit (Jovian).
    case dataFootprintAboveBlock
    /// OP Stack: a deposit where none may be.
    case misplacedDeposit
}
