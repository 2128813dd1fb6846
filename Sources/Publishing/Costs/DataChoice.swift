/// Where a rollup's owner wants its data.
public enum DataChoice: String, CaseIterable, Sendable {
    /// In the input of L1 transactions.
    case calldata
    /// In blobs of L1 transactions.
    case blobs
    /// With an alt-DA server; L1 has a commitment.
    case altDA = "alt-da"
    /// In calldata or blobs, whichever is cheaper when a channel is closed.
    case automatic = "auto"
}

/// What carries a channel.
public enum DataCarrier: String, CaseIterable, Sendable {
    case calldata
    case blobs
    case altDA = "alt-da"
}
