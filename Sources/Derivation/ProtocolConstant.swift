/// Numbers that every rollup has in common (OP Stack specification, derivation, protocol parameters; the last blocks of a
/// rollup that ends are Mayfly's).
public enum ProtocolConstant {
    /// L1 blocks in which a channel must be completed (`CHANNEL_TIMEOUT`, Granite).
    public static var channelTimeout: UInt64 { 50 }
    /// Bytes of a channel's frames at most, and bytes that it is decompressed to at most (`MAX_RLP_BYTES_PER_CHANNEL`,
    /// Fjord).
    public static var largestChannel: Int { 100_000_000 }
    /// Blocks and transactions of a span batch at most (`MAX_SPAN_BATCH_ELEMENT_COUNT`).
    public static var largestSpanBatch: UInt64 { 10_000_000 }
    /// Seconds by which a block with transactions may be later than its L1 origin (`max_sequencer_drift`, Fjord).
    public static var sequencerDrift: UInt64 { 1_800 }
    /// Gas of the transaction that brings the L1 attributes (`RegolithSystemTxGas`).
    public static var l1AttributesGas: UInt64 { 1_000_000 }
    /// Blocks after the last ordinary one of a rollup that ends.
    public static var dissolutionBlocks: UInt64 { 4 }
    /// What the footprint scalar is where the system configuration has none (Jovian).
    public static var footprintGasScalar: UInt16 { 400 }
}
