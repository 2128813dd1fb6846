public import EthereumClient
public import Layers
public import Primitives
public import Settlement

/// Where and for whom a platform launches rollups.
public struct PlatformSettings: Sendable {
    public var l1: EthereumClient
    public var l1ChainID: UInt64
    /// Of the account that launches, pays for the processes' accounts, and owns rollups that nobody else is named for.
    public var key: SigningKey
    public var timelock: Address
    public var terms: SecurityTerms
    /// Whether the L1 is an embedded one: its blocks are final at once, and made on demand.
    public var isDevelopment: Bool
    /// Whether contracts that all rollups share are deployed where they are missing.
    public var deploysShared: Bool
    /// Wei that a rollup's batcher and proposer have at the start, each.
    public var purse: UInt256
    /// From one look at L1 for the lives of rollups to the next.
    public var watchInterval: Duration
    /// The genesis of a launch as go-ethereum has it.
    public var genesisText: @Sendable (RollupGenesis) throws -> [UInt8]
    /// Writes into a launch's directory what is to be known of an L1 that is not known.
    public var describeL1: @Sendable (String) async throws(SettlementError) -> Void
    /// Writes the archive of a rollup whose launch's directory this is into it, from L1 and its data alone; its hash.
    public var archive: @Sendable (String) async throws(SettlementError) -> String

    public init(
        l1: EthereumClient, l1ChainID: UInt64, key: SigningKey, timelock: Address, terms: SecurityTerms,
        isDevelopment: Bool, genesisText: @escaping @Sendable (RollupGenesis) throws -> [UInt8],
        describeL1: @escaping @Sendable (String) async throws(SettlementError) -> Void,
        archive: @escaping @Sendable (String) async throws(SettlementError) -> String
    ) {
        self.l1 = l1
        self.l1ChainID = l1ChainID
        self.key = key
        self.timelock = timelock
        self.terms = terms
        self.isDevelopment = isDevelopment
        deploysShared = isDevelopment
        purse = UInt256(1_000_000_000_000_000_000)
        watchInterval = isDevelopment ? .seconds(2) : .seconds(12)
        self.genesisText = genesisText
        self.describeL1 = describeL1
        self.archive = archive
    }
}
