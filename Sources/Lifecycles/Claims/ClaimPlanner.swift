public import Primitives
import StateTransition

/// Plans the calls that pay holders of a rollup that has ended: ether first, by which Claims learns whom it pays, then
/// what else there is; nothing that was paid before.
///
/// Calls are made one at a time, so that a plan for everybody takes no more memory than one of them.
public struct ClaimPlanner {
    private enum Work {
        case open(ExitAsset)
        case ether([ClaimStep.Holder])
        case tokens(Address, [ClaimStep.Holder], areKnown: Bool)
        case items(Address, [ClaimStep.Item], areKnown: Bool)
        case balances(Address, [ClaimStep.Balance], areKnown: Bool)
    }

    /// Tokens whose marks have room in the record of a holder, which then is known by a claim of any of them.
    private static let markedTokens = 95

    public let packing: ClaimPacking
    private var work: [Work] = []
    /// Where in the first piece of work to go on.
    private var position = 0
    private var known: Set<Address>
    private let isFewTokens: Bool

    /// - Parameters:
    ///   - state: the rollup's last.
    ///   - assets: its census.
    ///   - wanted: whom to pay; nil for everybody.
    ///   - progress: what is done already.
    public init(
        _ state: ArchivedState, _ assets: [AssetExits], for wanted: Set<Address>? = nil, progress: ClaimProgress
    ) {
        packing = ClaimPacking(state)
        known = progress.known
        isFewTokens = assets.count + progress.opened.count < Self.markedTokens
        for exits in assets {
            let open = exits.holdings.filter { holding in
                holding.path.isOpen && wanted?.contains(holding.holder) ?? true
                    && !progress.isPaid(holding, of: exits.asset)
            }
            if !open.isEmpty { plan(exits.asset, open, progress) }
        }
        work.reverse()
    }

    private mutating func plan(_ asset: ExitAsset, _ open: [ExitHolding], _ progress: ClaimProgress) {
        switch asset {
        case .ether:
            let ether = open.filter { !$0.isWrapped }
            if !ether.isEmpty {
                work.append(.ether(packing.sorted(ether.map(Self.holder))))
                known.formUnion(ether.map(\.holder))
            }
            let wrapped = open.filter(\.isWrapped)
            if wrapped.isEmpty { return }
            if !progress.opened.contains(PinnedContract.weth) { work.append(.open(asset)) }
            plan(PinnedContract.weth, wrapped)
        case .token(let token, _):
            if !progress.opened.contains(token) { work.append(.open(asset)) }
            plan(token, open)
        case .collection(let collection, _), .minted(let collection):
            if !progress.opened.contains(collection) { work.append(.open(asset)) }
            for areKnown in [true, false] {
                let items = open.filter { known.contains($0.holder) == areKnown }.map { holding in
                    ClaimStep.Item(id: holding.tokenID ?? 0, delegate: Self.holder(holding).delegate)
                }
                if !items.isEmpty {
                    work.append(.items(collection, packing.sorted(items), areKnown: areKnown))
                }
            }
        case .multiToken(let collection):
            if !progress.opened.contains(collection) { work.append(.open(asset)) }
            for areKnown in [true, false] {
                let balances = open.filter { known.contains($0.holder) == areKnown }.map(Self.balance)
                if !balances.isEmpty {
                    work.append(
                        .balances(collection, packing.sorted(balances, areKnown: areKnown), areKnown: areKnown))
                }
            }
        }
    }

    private mutating func plan(_ token: Address, _ open: [ExitHolding]) {
        for areKnown in [true, false] {
            let holders = open.filter { known.contains($0.holder) == areKnown }.map(Self.holder)
            if holders.isEmpty { continue }
            work.append(.tokens(token, packing.sorted(holders, by: areKnown ? token : nil), areKnown: areKnown))
        }
        if isFewTokens { known.formUnion(open.map(\.holder)) }
    }

    private static func holder(_ holding: ExitHolding) -> ClaimStep.Holder {
        if case .delegated(let delegate) = holding.path {
            return ClaimStep.Holder(account: holding.holder, delegate: delegate)
        }
        return ClaimStep.Holder(account: holding.holder)
    }

    private static func balance(_ holding: ExitHolding) -> ClaimStep.Balance {
        let holder = holder(holding)
        return ClaimStep.Balance(
            holder: ItemHolder(tokenID: holding.tokenID ?? 0, account: holder.account), delegate: holder.delegate)
    }

    /// The next call; nil where nothing is left.
    public mutating func next() throws(StateError) -> ClaimStep? {
        guard let first = work.last else { return nil }
        let step: ClaimStep
        let total: Int
        switch first {
        case .open(let asset): (step, total) = (try packing.open(asset), 1)
        case .ether(let holders): (step, total) = (try packing.claimETH(holders[position...]), holders.count)
        case .tokens(let token, let holders, let areKnown):
            step = try packing.claimTokens(token, holders[position...], areKnown: areKnown)
            total = holders.count
        case .items(let token, let items, let areKnown):
            step = try packing.claimItems(token, items[position...], areKnown: areKnown)
            total = items.count
        case .balances(let token, let balances, let areKnown):
            step = try packing.claimBalances(token, balances[position...], areKnown: areKnown)
            total = balances.count
        }
        position += step.count
        if position >= total {
            work.removeLast()
            position = 0
        }
        return step
    }
}
