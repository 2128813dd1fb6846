public import Primitives

/// What a node's JSON-RPC methods are allowed to cost, and how the node names itself.
public struct RPCSettings: Sendable {
    /// The answer to `web3_clientVersion`.
    public var clientVersion: String
    /// The first four bytes of the commit that the node was built from, as hexadecimal digits.
    public var commit = "00000000"
    /// The tip that is suggested where the last blocks do not tell one, wei a gas.
    public var suggestedTip: UInt256 = 1_000_000_000
    /// The gas limit that blocks built here go towards.
    public var gasLimitTarget: UInt64 = 60_000_000
    /// How long `eth_sendRawTransactionSync` waits for a receipt where the caller does not say, milliseconds.
    public var receiptTimeout: UInt64 = 2_000
    /// The longest that a caller may ask for, milliseconds.
    public var longestReceiptTimeout: UInt64 = 25_000
    /// The most gas that a call or an estimate may use.
    public var callGasLimit: UInt64 = 50_000_000
    /// The most bytes that one answer with traces or simulated blocks may take.
    public var traceByteLimit = 32 << 20
    /// The most blocks that one `eth_getLogs` may go through.
    public var logBlockRange: UInt64 = 100_000
    /// The most logs that one answer may hold.
    public var logLimit = 20_000
    /// The most bytes of logs that one answer may hold.
    public var logByteLimit = 24 << 20

    /// The most filters that may be polled at a time.
    public var filterLimit = 128

    public init(clientVersion: String) { self.clientVersion = clientVersion }
}
