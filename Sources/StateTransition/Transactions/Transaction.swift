public import Primitives

/// A transaction of any type, as a block or a sender states it.
///
/// One struct for every type: a field that the type does not have keeps its default and is not encoded.
public struct Transaction: Equatable, Sendable {
    /// What a transaction says about itself in its first byte (EIP-2718).
    public enum Kind: UInt8, Sendable {
        case legacy = 0
        /// EIP-2930.
        case accessList = 1
        /// EIP-1559.
        case dynamicFee = 2
        /// EIP-4844.
        case blob = 3
        /// EIP-7702.
        case setCode = 4
        /// OP Stack: brought from L1 by the rollup's derivation, without a signature.
        case deposit = 0x7E
    }

    public var kind: Kind
    /// Nil in a legacy transaction without replay protection (EIP-155) and in a deposit.
    public var chainID: UInt64?
    public var nonce: UInt64
    /// Wei a gas; the gas price where the type has one price.
    public var maxFeePerGas: UInt256
    /// Wei a gas; the gas price where the type has one price.
    public var maxPriorityFeePerGas: UInt256
    public var gasLimit: UInt64
    /// Nil for a contract creation.
    public var to: Address?
    /// Wei.
    public var value: UInt256
    /// Call data, or the initialisation code of a creation.
    public var input: [UInt8]
    public var accessList: [AccessListEntry]
    /// Wei a blob gas.
    public var maxFeePerBlobGas: UInt256
    public var blobHashes: [Hash256]
    public var authorizations: [Authorization]
    public var signature: Signature
    /// Set in a deposit, and only there.
    public var deposit: Deposit?

    public init(
        kind: Kind = .legacy, chainID: UInt64? = nil, nonce: UInt64 = 0, maxFeePerGas: UInt256 = 0,
        maxPriorityFeePerGas: UInt256 = 0, gasLimit: UInt64 = 0, to: Address? = nil, value: UInt256 = 0,
        input: [UInt8] = [], accessList: [AccessListEntry] = [], maxFeePerBlobGas: UInt256 = 0,
        blobHashes: [Hash256] = [], authorizations: [Authorization] = [], signature: Signature = Signature(),
        deposit: Deposit? = nil
    ) {
        self.kind = kind
        self.chainID = chainID
        self.nonce = nonce
        self.maxFeePerGas = maxFeePerGas
        self.maxPriorityFeePerGas = maxPriorityFeePerGas
        self.gasLimit = gasLimit
        self.to = to
        self.value = value
        self.input = input
        self.accessList = accessList
        self.maxFeePerBlobGas = maxFeePerBlobGas
        self.blobHashes = blobHashes
        self.authorizations = authorizations
        self.signature = signature
        self.deposit = deposit
    }

    /// What the sender pays for a gas in a block with this base fee, wei.
    public func effectiveGasPrice(baseFee: UInt256) -> UInt256 {
        guard let withTip = baseFee.adding(maxPriorityFeePerGas) else { return maxFeePerGas }
        return withTip < maxFeePerGas ? withTip : maxFeePerGas
    }
}

/// An account and slots of it that a transaction announces to use (EIP-2930).
public struct AccessListEntry: Equatable, Sendable {
    public var address: Address
    public var slots: [UInt256]

    public init(address: Address, slots: [UInt256]) {
        self.address = address
        self.slots = slots
    }
}

/// An account's permission to run the code of another in its place (EIP-7702).
public struct Authorization: Equatable, Sendable {
    /// Zero for every chain.
    public var chainID: UInt256
    /// Whose code to run; the zero address takes the permission back.
    public var address: Address
    public var nonce: UInt64
    public var yParity: UInt8
    public var r: UInt256
    public var s: UInt256

    public init(
        chainID: UInt256, address: Address, nonce: UInt64, yParity: UInt8 = 0, r: UInt256 = 0, s: UInt256 = 0
    ) {
        self.chainID = chainID
        self.address = address
        self.nonce = nonce
        self.yParity = yParity
        self.r = r
        self.s = s
    }
}

/// A signature on secp256k1 as transactions carry it.
public struct Signature: Equatable, Sendable {
    /// The parity of the point's y; in a legacy transaction 27 or 28 plus it, or 35 plus twice the chain id plus it.
    public var v: UInt64
    public var r: UInt256
    public var s: UInt256

    public init(v: UInt64 = 0, r: UInt256 = 0, s: UInt256 = 0) {
        self.v = v
        self.r = r
        self.s = s
    }
}

/// What a deposit has in place of a nonce, fees and a signature (OP Stack specification, deposits).
public struct Deposit: Equatable, Sendable {
    /// Identifies the origin of the deposit on L1.
    public var sourceHash: Hash256
    public var from: Address
    /// Wei that come into being on L2 for `from`.
    public var mint: UInt256
    /// Not metered; always false since Regolith.
    public var isSystemTransaction: Bool

    public init(sourceHash: Hash256, from: Address, mint: UInt256 = 0, isSystemTransaction: Bool = false) {
        self.sourceHash = sourceHash
        self.from = from
        self.mint = mint
        self.isSystemTransaction = isSystemTransaction
    }
}
