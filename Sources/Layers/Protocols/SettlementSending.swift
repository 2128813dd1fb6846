public import Derivation
public import Primitives

/// The L1 that a rollup settles on, as those who send transactions to it see it.
public protocol SettlementSending: Sendable {
    /// L1's newest block, what the next one asks for, and how far an account's transactions are.
    func outlook(of account: Address) async throws(LayerError) -> SettlementOutlook

    /// Gives a signed transaction to L1, in its network form where it has blobs.
    ///
    /// - Returns: nil where it is taken, or was before.
    func send(_ encoded: [UInt8], hash: Hash256) async throws(LayerError) -> SendingRefusal?

    /// The block that has a transaction; nil for none.
    func inclusion(of hash: Hash256) async throws(LayerError) -> BlockID?
}

/// What a sender has to know of L1.
public struct SettlementOutlook: Equatable, Sendable {
    public var head: BlockID
    /// The account's next nonce by the blocks up to the head.
    public var includedNonce: UInt64
    /// The account's next nonce, with what waits.
    public var pendingNonce: UInt64
    /// Wei a gas.
    public var baseFee: UInt256
    /// Wei a blob gas.
    public var blobBaseFee: UInt256
    /// Wei a gas, to be included soon.
    public var tip: UInt256

    public init(
        head: BlockID, includedNonce: UInt64, pendingNonce: UInt64, baseFee: UInt256, blobBaseFee: UInt256, tip: UInt256
    ) {
        self.head = head
        self.includedNonce = includedNonce
        self.pendingNonce = pendingNonce
        self.baseFee = baseFee
        self.blobBaseFee = blobBaseFee
        self.tip = tip
    }
}

/// Why L1 does not take a transaction.
public enum SendingRefusal: Equatable, Sendable {
    /// It offers less than what it would replace must, or than is asked for.
    case underpriced
    /// The account has transactions of the other kind, with or without blobs, that wait.
    case kindConflict
    /// The nonce is used.
    case nonceTooLow
    /// Anything else, which may pass.
    case other(String)
}
