public import EthereumClient
public import Layers
public import Primitives
public import Settlement

/// Where and for whom a platform launches rollups.
public struct PlatformSettings: Sendable {
    public var l1: EthereumClient
    public var l1ChainID: UInt64
    /// For the account that launches, pays for the processes' accounts, and owns rollups that nobody else is named for.
    public var signer: AccountSigner
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
    /// From one look for alerts to the next.
    public var alertInterval: Duration
    /// Milliseconds for which no block of a rollup may become safe although there are newer ones.
    public var stallTime: Int64
    /// The organisation that the platform's own alerts are for.
    public var home = "main"
    /// What this platform is called where people reach it, beside this machine's own names: people sign in there alone.
    public var names: Set<String> = []
    /// Whether everybody who signs in may have rollups launched at this platform's cost.
    public var isOpenToAll: Bool
    /// Whether webhooks may lead into this machine's own networks, and without TLS.
    public var allowsPrivateWebhooks: Bool
    /// Where the rollups are, whose disk is looked after.
    public var directory: String
    /// The genesis of a launch as go-ethereum has it.
    public var genesisText: @Sendable (RollupGenesis) throws -> [UInt8]
    /// How long records of what is over are kept.
    public var retention = Retention()
    /// Writes into a launch's directory what is to be known of an L1 that is not known.
    public var describeL1: @Sendable (String) async throws(SettlementError) -> Void
    /// Writes the archive of a rollup whose launch's directory this is into it, from L1 and its data alone; its hash.
    public var archive: @Sendable (String) async throws(SettlementError) -> String

    public init(
        l1: EthereumClient, l1ChainID: UInt64, signer: AccountSigner, timelock: Address, terms: SecurityTerms,
        isDevelopment: Bool, directory: String, genesisText: @escaping @Sendable (RollupGenesis) throws -> [UInt8],
        describeL1: @escaping @Sendable (String) async throws(SettlementError) -> Void,
        archive: @escaping @Sendable (String) async throws(SettlementError) -> String
    ) {
        self.l1 = l1
        self.l1ChainID = l1ChainID
        self.signer = signer
        self.timelock = timelock
        self.terms = terms
        self.isDevelopment = isDevelopment
        deploysShared = isDevelopment
        purse = UInt256(1_000_000_000_000_000_000)
        self.directory = directory
        allowsPrivateWebhooks = isDevelopment
        isOpenToAll = isDevelopment
        alertInterval = isDevelopment ? .seconds(2) : .seconds(15)
        stallTime = isDevelopment ? 60_000 : 1_200_000
        watchInterval = isDevelopment ? .seconds(2) : .seconds(12)
        self.genesisText = genesisText
        self.describeL1 = describeL1
        self.archive = archive
    }

    /// Whether rollups are launched for an organisation: each costs this platform's account gas and two purses. Those that a first
    /// sign-in makes are anybody's.
    func mayLaunch(_ organisation: String) -> Bool { isOpenToAll || !organisation.hasPrefix(Self.personalPrefix) }

    /// What the identities of organisations begin with that people have made by signing in.
    public static let personalPrefix = "person-"

    /// Blocks of a rollup from one proposal to the next: of a day, as a bond is away for a week and the purse holds a dozen; of
    /// five minutes on an embedded L1, where nobody wants to wait for a withdrawal.
    func proposalInterval(blockTime: UInt64) -> UInt64 {
        max(1, (isDevelopment ? 300 : 86_400) / max(1, blockTime))
    }
}
