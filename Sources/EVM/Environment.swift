public import Primitives

/// What the instructions that read the block see.
public struct BlockEnvironment: Sendable {
    public var coinbase: Address
    public var number: UInt64
    /// Seconds since the Unix epoch.
    public var timestamp: UInt64
    public var gasLimit: UInt64
    /// DIFFICULTY before Paris, PREVRANDAO from Paris on.
    public var difficultyOrRandomness: UInt256
    /// Wei a gas; zero before London.
    public var baseFee: UInt256
    /// Wei a blob gas; zero before Cancun.
    public var blobBaseFee: UInt256
    public var chainID: UInt256

    /// A block at number and time zero with no fees.
    public init(
        coinbase: Address = Address(), number: UInt64 = 0, timestamp: UInt64 = 0, gasLimit: UInt64 = 0,
        difficultyOrRandomness: UInt256 = 0, baseFee: UInt256 = 0, blobBaseFee: UInt256 = 0, chainID: UInt256 = 1
    ) {
        self.coinbase = coinbase
        self.number = number
        self.timestamp = timestamp
        self.gasLimit = gasLimit
        self.difficultyOrRandomness = difficultyOrRandomness
        self.baseFee = baseFee
        self.blobBaseFee = blobBaseFee
        self.chainID = chainID
    }
}

/// What the instructions that read the transaction see.
public struct TransactionEnvironment: Sendable {
    public var origin: Address
    /// The effective price, wei a gas.
    public var gasPrice: UInt256
    public var blobHashes: [Hash256]

    public init(origin: Address = Address(), gasPrice: UInt256 = 0, blobHashes: [Hash256] = []) {
        self.origin = origin
        self.gasPrice = gasPrice
        self.blobHashes = blobHashes
    }
}
