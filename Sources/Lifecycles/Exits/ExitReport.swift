public import Primitives

/// Something that came to a rollup from L1 and has to be able to go back.
public enum ExitAsset: Equatable, Sendable {
    case ether
    /// An ERC-20 token of the rollup, and the one on L1 that it stands for.
    case token(Address, remote: Address)
    /// An ERC-721 collection of the rollup, and the one on L1 that it stands for; amounts are numbers of tokens.
    case collection(Address, remote: Address)
    /// A collection that was minted on the rollup: it comes into being on L1 when it is claimed.
    case minted(Address)
    /// An ERC-1155 collection that was minted on the rollup: its items come into being on L1 when they are claimed.
    /// Amounts are sums over all items.
    case multiToken(Address)

    /// Whether L1 holds none of it, but makes what is claimed.
    public var isMadeByClaims: Bool {
        switch self {
        case .ether, .token, .collection: false
        case .minted, .multiToken: true
        }
    }
}

/// What one holder has of an asset, and how it leaves.
public struct ExitHolding: Equatable, Sendable {
    public var holder: Address
    /// In the asset's smallest unit; 1 for a token of an ERC-721 collection.
    public var amount: UInt256
    /// Of a collection, ERC-721 or ERC-1155.
    public var tokenID: UInt256?
    public var path: ExitPath
    /// Whether the ether is in WETH.
    public var isWrapped = false

    public init(holder: Address, amount: UInt256, tokenID: UInt256? = nil, path: ExitPath, isWrapped: Bool = false) {
        self.holder = holder
        self.amount = amount
        self.tokenID = tokenID
        self.path = path
        self.isWrapped = isWrapped
    }
}

/// What there is of one item of an ERC-1155 collection.
public struct ItemExits: Equatable, Sendable {
    public var tokenID: UInt256
    /// On the rollup, by the collection's own count.
    public var supply: UInt256
    /// What goes to holders and those whom contracts have named, paid already or not.
    public var claimable: UInt256 = 0
    /// What is in contracts that have named nobody.
    public var stuck: UInt256 = 0
    /// What claims have brought to L1.
    public var paid: UInt256 = 0

    public init(tokenID: UInt256, supply: UInt256) {
        self.tokenID = tokenID
        self.supply = supply
    }

    /// What nobody is known to hold.
    public var unknown: UInt256 { supply &- claimable &- stuck }

    /// Takes up a holding of the item.
    mutating func add(_ holding: ExitHolding) {
        if holding.path.isOpen { claimable = claimable &+ holding.amount } else { stuck = stuck &+ holding.amount }
    }
}

/// Who can leave a rollup with what of one asset, against what L1 holds of it.
public struct AssetExits: Equatable, Sendable {
    public var asset: ExitAsset
    /// What L1 holds of it for the rollup.
    public var locked: UInt256
    /// What deposits have brought that the rollup has not executed yet.
    public var arriving: UInt256
    /// What withdrawals that were begun have not been paid yet.
    public var leaving: UInt256
    /// What claims have been paid: L1 does not hold it any more.
    public var paid: UInt256
    public var holdings: [ExitHolding]
    /// What nobody is known to hold: the supply less all holdings.
    public var unknown: UInt256
    /// Of an ERC-1155 collection, in ascending order of token id.
    public var items: [ItemExits] = []
    /// Where on L1 a collection that was minted on the rollup lives, or will when Claims has opened it; nil for other assets,
    /// and where L1 was not asked.
    public var counterpart: Address?

    public init(
        asset: ExitAsset, locked: UInt256 = 0, arriving: UInt256 = 0, leaving: UInt256 = 0, paid: UInt256 = 0,
        holdings: [ExitHolding] = [], unknown: UInt256 = 0
    ) {
        self.asset = asset
        self.locked = locked
        self.arriving = arriving
        self.leaving = leaving
        self.paid = paid
        self.holdings = holdings
        self.unknown = unknown
    }

    /// Takes up which holdings are paid, item by item.
    public mutating func noteItems(paid progress: ClaimProgress) {
        var places: [UInt256: Int] = [:]
        for (place, item) in items.enumerated() { places[item.tokenID] = place }
        for holding in holdings where holding.path.isOpen && progress.isPaid(holding, of: asset) {
            guard let place = holding.tokenID.flatMap({ places[$0] }) else { continue }
            items[place].paid = items[place].paid &+ holding.amount
        }
    }

    /// The sum that goes to holders and those whom contracts have named, paid already or not.
    public var claimable: UInt256 { Self.sum(holdings.lazy.filter { $0.path.isOpen }) }
    /// The sum in contracts that have named nobody.
    public var stuck: UInt256 { Self.sum(holdings.lazy.filter { !$0.path.isOpen }) }
    /// What is owed: every unit that L1 must have held before the first claim was paid.
    public var owed: UInt256 { claimable &+ stuck &+ unknown &+ inFlight }
    /// What is under way, in either direction.
    public var inFlight: UInt256 { arriving &+ leaving }
    /// Whether L1 holds, with what it has paid, exactly what it owes.
    public var balances: Bool { locked &+ paid == owed }

    private static func sum(_ holdings: some Sequence<ExitHolding>) -> UInt256 {
        // Sums of what exists: supplies did not overflow.
        holdings.reduce(0) { $0 &+ $1.amount }
    }
}
