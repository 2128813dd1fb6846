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

    case openToken(Address, nodes: [UInt8])
    case openCollection(Address, CollectionTexts, nodes: [UInt8])
    case claimETH([Holder], nodes: [UInt8])
    case claimTokens(Address, [Holder], areKnown: Bool, nodes: [UInt8])
    case claimItems(Address, [Item], areKnown: Bool, nodes: [UInt8])

    /// How many are claimed.
    public var count: Int {
        switch self {
        case .openToken, .openCollection: 1
        case .claimETH(let holders, _), .claimTokens(_, let holders, _, _): holders.count
        case .claimItems(_, let items, _, _): items.count
        }
    }

    /// The name of the function.
    public var name: String {
        switch self {
        case .openToken: "openToken"
        case .openCollection: "openCollection"
        case .claimETH: "claimETH"
        case .claimTokens: "claimTokens"
        case .claimItems: "claimItems"
        }
    }

    public var nodes: [UInt8] {
        switch self {
        case .openToken(_, let nodes), .openCollection(_, _, let nodes), .claimETH(_, let nodes),
            .claimTokens(_, _, _, let nodes), .claimItems(_, _, _, let nodes):
            nodes
        }
    }
}

/// What a collection that was minted on the rollup is called.
public struct CollectionTexts: Equatable, Sendable {
    public var name: [UInt8]
    public var symbol: [UInt8]
    public var baseTokenURI: [UInt8]

    public init(name: [UInt8], symbol: [UInt8], baseTokenURI: [UInt8]) {
        self.name = name
        self.symbol = symbol
        self.baseTokenURI = baseTokenURI
    }
}
