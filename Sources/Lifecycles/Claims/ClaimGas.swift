extension ExitAsset {
    /// Gas on L1 of a claim alone, of a holder whom Claims does not know yet (of a collection's token, whose owner it
    /// knows), and of each of a hundred in one transaction, as `mayfly claim` sends them.
    ///
    /// These are figures of `contracts/snapshots/l1/gas.txt`, rounded up to the next thousand; a test names the rows.
    public var claimGas: (one: Int, each: Int) {
        switch self {
        case .ether: (113_000, 60_000)
        case .token: (160_000, 33_000)
        case .collection: (168_000, 92_000)
        case .minted: (150_000, 67_000)
        case .multiToken: (144_000, 46_000)
        }
    }
}
