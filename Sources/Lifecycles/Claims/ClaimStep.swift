public import Primitives

/// One call of the contract Claims.
public enum ClaimStep: Equatable, Sendable {
    /// Whose ether or tokens are claimed.
    public struct Holder: Equatable, Sendable {
        public var account: Address
        /// Whose code the account runs by EIP-7702; zero for none.
        public var delegate: Address

        public init(account: Address, delegate: Address = Address()) {
            self.account = account
            self.delegate = delegate
        }
    }

    /// One token of a collection.
    public struct Item: Equatable, Sendable {
        public var id: UInt256
        /// That of its owner; zero for none.
        public var delegate: Address

        public init(id: UInt256, delegate: Address = Address()) {
            self.id = id
            self.delegate = delegate
        }
    }

    /// What an account has of an item of an ERC-1155 collection.
    public struct Balance: Equatable, Sendable {
        public var holder: ItemHolder
        /// That of the account; zero for none.
        public var delegate: Address

        public init(holder: ItemHolder, delegate: Address = Address()) {
            self.holder = holder
            self.delegate = delegate
        }
    }

    case openToken(Address, nodes: [UInt8])
    case openCollection(Address, CollectionTexts, nodes: [UInt8])
    case claimETH([Holder], nodes: [UInt8])
    case claimTokens(Address, [Holder], areKnown: Bool, nodes: [UInt8])
    case claimItems(Address, [Item], areKnown: Bool, nodes: [UInt8])
    case claimBalances(Address, [Balance], areKnown: Bool, nodes: [UInt8])

    /// How many are claimed.
    public var count: Int {
        switch self {
        case .openToken, .openCollection: 1
        case .claimETH(let holders, _), .claimTokens(_, let holders, _, _): holders.count
        case .claimItems(_, let items, _, _): items.count
        case .claimBalances(_, let balances, _, _): balances.count
        }
    }

    /// The name of the function: one holder's ether or token has one of its own, which takes less gas.
    public var name: String {
        switch self {
        case .openToken: "openToken"
        case .openCollection: "openCollection"
        case .claimETH: count == 1 ? "claimETHOf" : "claimETH"
        case .claimTokens: count == 1 ? "claimTokensOf" : "claimTokens"
        case .claimItems: "claimItems"
        case .claimBalances: "claimBalances"
        }
    }

    public var nodes: [UInt8] {
        switch self {
        case .openToken(_, let nodes), .openCollection(_, _, let nodes), .claimETH(_, let nodes),
            .claimTokens(_, _, _, let nodes), .claimItems(_, _, _, let nodes), .claimBalances(_, _, _, let nodes):
            nodes
        }
    }
}

/// What a collection that was minted on the rollup is called.
public struct CollectionTexts: Equatable, Sendable {
    public var name: [UInt8]
    public var symbol: [UInt8]
    /// Of an ERC-1155 collection: the URI of all items.
    public var baseTokenURI: [UInt8]

    public init(name: [UInt8], symbol: [UInt8], baseTokenURI: [UInt8]) {
        self.name = name
        self.symbol = symbol
        self.baseTokenURI = baseTokenURI
    }
}
