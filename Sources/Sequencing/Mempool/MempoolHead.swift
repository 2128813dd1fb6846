public import EVM
public import Primitives
public import StateTransition

/// What a rollup takes for a transaction beyond its gas.
public struct RollupCosts: Sendable, Equatable {
    public var parameters: RollupFeeParameters
    public var upgrade: OptimismRevision

    public init(_ parameters: RollupFeeParameters, upgrade: OptimismRevision) {
        self.parameters = parameters
        self.upgrade = upgrade
    }

    /// For the data on L1 and the operator, wei.
    ///
    /// - Parameter encoded: the canonical form.
    public func cost(of transaction: Transaction, encoded: [UInt8]) -> UInt256 {
        RollupFees(encoded: encoded, parameters, upgrade).prepaid(gasLimit: transaction.gasLimit)
    }
}

/// What the pool has to know about the chain: the block that comes next on top of the head.
public struct MempoolHead: Sendable, Equatable {
    /// Number of the head block.
    public var number: UInt64
    /// Wei a gas in the next block; zero before London.
    public var baseFee: UInt256
    /// Wei a blob gas in the next block; zero before Cancun.
    public var blobBaseFee: UInt256
    /// Gas of a block.
    public var gasLimit: UInt64
    /// Blobs of a block at most.
    public var blobLimit: Int
    /// The rules of the next block.
    public var revision: Revision
    public var chainID: UInt64
    /// Nil on an L1.
    public var rollup: RollupCosts?

    public init(
        number: UInt64, baseFee: UInt256, blobBaseFee: UInt256 = 0, gasLimit: UInt64, blobLimit: Int = 0,
        revision: Revision, chainID: UInt64, rollup: RollupCosts? = nil
    ) {
        self.rollup = rollup
        self.number = number
        self.baseFee = baseFee
        self.blobBaseFee = blobBaseFee
        self.gasLimit = gasLimit
        self.blobLimit = blobLimit
        self.revision = revision
        self.chainID = chainID
    }
}

/// What the pool has to know about an account.
public struct SenderState: Sendable, Equatable {
    /// What the account's code makes of it as a sender.
    public enum Code: Sendable, Equatable {
        case none
        /// A delegation (EIP-7702): one transaction at a time.
        case delegation
        /// A contract, which sends nothing (EIP-3607).
        case contract
    }

    public var nonce: UInt64
    /// Wei.
    public var balance: UInt256
    public var code: Code

    public init(nonce: UInt64, balance: UInt256, code: Code = .none) {
        self.nonce = nonce
        self.balance = balance
        self.code = code
    }
}
