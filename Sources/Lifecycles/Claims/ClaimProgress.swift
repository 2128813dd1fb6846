public import Primitives

/// What of a rollup's claims is done.
public struct ClaimProgress: Equatable, Sendable {
    private struct Payment: Hashable, Sendable {
        var token: Address
        var holder: Address
    }

    private struct Item: Hashable, Sendable {
        var collection: Address
        var id: UInt256
    }

    private struct Balance: Hashable, Sendable {
        var collection: Address
        var holder: ItemHolder
    }

    /// Tokens and collections that Claims has opened.
    public var opened: Set<Address> = []
    /// Holders of whom Claims knows whom it pays.
    public var known: Set<Address> = []
    private var payments: Set<Payment> = []
    private var items: Set<Item> = []
    private var balances: Set<Balance> = []

    public init() {}

    /// Notes that a holder was paid.
    ///
    /// - Parameters:
    ///   - token: zero for ether.
    ///   - isKnown: whether Claims knows the holder by it, as it does where the token's mark is in the holder's record.
    public mutating func note(_ token: Address, paidTo holder: Address, isKnown: Bool = true) {
        payments.insert(Payment(token: token, holder: holder))
        if isKnown { known.insert(holder) }
    }

    /// Notes that a token of a collection was handed out.
    public mutating func note(_ collection: Address, item id: UInt256) {
        items.insert(Item(collection: collection, id: id))
    }

    /// Notes that what an account has of an item of an ERC-1155 collection has come to L1.
    public mutating func note(_ collection: Address, balanceOf holder: ItemHolder) {
        balances.insert(Balance(collection: collection, holder: holder))
    }

    public func isPaid(_ token: Address, to holder: Address) -> Bool {
        payments.contains(Payment(token: token, holder: holder))
    }

    public func isHandedOut(_ collection: Address, _ id: UInt256) -> Bool {
        items.contains(Item(collection: collection, id: id))
    }

    /// Whether a holding of an asset was paid.
    public func isPaid(_ holding: ExitHolding, of asset: ExitAsset) -> Bool {
        switch asset {
        case .ether: isPaid(holding.isWrapped ? PinnedContract.weth : Address(), to: holding.holder)
        case .token(let token, _): isPaid(token, to: holding.holder)
        case .collection(let token, _), .minted(let token): isHandedOut(token, holding.tokenID ?? 0)
        case .multiToken(let token):
            balances.contains(
                Balance(
                    collection: token, holder: ItemHolder(tokenID: holding.tokenID ?? 0, account: holding.holder)))
        }
    }
}
