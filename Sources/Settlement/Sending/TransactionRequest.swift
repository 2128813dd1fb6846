public import Primitives

/// What an account wants done on a chain.
public struct TransactionRequest: Sendable, Equatable {
    /// Nil creates a contract.
    public var to: Address?
    public var value: UInt256
    public var input: [UInt8]
    /// Nil for what the node estimates, and a fifth more.
    public var gasLimit: UInt64?

    public init(to: Address?, value: UInt256 = 0, input: [UInt8] = [], gasLimit: UInt64? = nil) {
        self.to = to
        self.value = value
        self.input = input
        self.gasLimit = gasLimit
    }

    /// A call of a contract.
    public init<Result>(_ call: ContractCall<Result>, to contract: Address, value: UInt256 = 0) {
        self.init(to: contract, value: value, input: call.input)
    }
}

/// How long a transaction is waited for, and what is done meanwhile.
public struct SendingSettings: Sendable, Equatable {
    /// Seconds until the sender gives up.
    public var patience: UInt64 = 300
    /// Seconds until the transaction is sent again with higher fees.
    public var bumpAfter: UInt64 = 40
    /// Wei a gas that is never exceeded: beyond it the sender waits.
    public var highestFee: UInt256 = 500_000_000_000
    /// Wei a gas for the block's maker that an endpoint is believed to begin with: what takes long is raised beyond it.
    public var believedTip: UInt256 = 5_000_000_000
    /// Whether a transaction takes the place of one of the account's that is still on its way: for who has one thing to do at
    /// a time, and does not know what it sent before.
    public var replacesPending = false

    public init() {}
}

/// A transaction that was sent, under all the fees that it was sent with.
public struct SentTransaction: Sendable, Equatable {
    public var request: TransactionRequest
    public var nonce: UInt64
    public var gasLimit: UInt64
    public var maxFee: UInt256
    public var tip: UInt256
    /// The newest last.
    public var hashes: [Hash256]
}
