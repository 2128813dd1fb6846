/// Estimates how many bytes of a batch a transaction takes, as fees are charged by it (OP Stack specification, Fjord,
/// execution engine, "L1-Cost fees"; op-geth calls it the estimated DA size). Kept for many transactions, as it has a table.
public struct DataSizeEstimate: Sendable {
    /// What every transaction is taken to need at least, bytes.
    public static let least: UInt64 = 100

    private var fastLZ = FastLZ()

    public init() {}

    /// Bytes of a batch, at least 100.
    ///
    /// - Parameter encoded: the canonical form of a transaction.
    /// - Complexity: O(*n*), and about 5 microseconds.
    public mutating func byteCount(of encoded: [UInt8]) -> UInt64 {
        RollupFees.estimatedSize(compressedCount: fastLZ.compressedCount(encoded)) / 1_000_000
    }
}
