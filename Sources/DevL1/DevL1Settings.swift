/// How an embedded L1 is run.
public struct DevL1Settings: Sendable {
    public var chainID: UInt64 = 1337
    /// Seconds between blocks; zero makes a block as soon as there is a transaction.
    public var blockTime: UInt64 = 0
    /// Gas of a block.
    public var gasLimit: UInt64 = 1_000_000_000
    /// The words that the development accounts are derived from (BIP-39, BIP-44).
    public var mnemonic = "test test test test test test test test test test test junk"
    public var accountCount = 10
    /// For how many blocks blobs are kept and served.
    public var blobRetention: UInt64 = 32_768
    /// Bytes of blobs that are kept at most; the oldest go first.
    public var blobByteLimit = 1 << 30

    public init() {}
}
