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

    /// Tokens and collections that Claims has opened.
    public var opened: Set<Address> = []
    /// Holders of whom Claims knows whom it pays.
    public var known: Set<Address> = []
    private var payments: Set<Payment> = []
    private var items: Set<Item> = []

    public init() {}

    /// Notes that a holder was paid.
    ///
    /// - Parameter token: zero for ether.
    public mutating func note(_ token: Address, paidTo holder: Address) {
        payments.insert(Payment(token: token, holder: holder))
        known.insert(holder)
    }

    /// Notes that a token of a collection was handed out.
    public mutating func note(_ collection: Address, item id: UInt256) {
        items.insert(Item(collection: collection, id: id))
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
        }
    }
}
