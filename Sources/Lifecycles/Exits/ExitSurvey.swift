public import Primitives
public import StateTransition

/// Finds out who holds what in a rollup's state, and how it leaves.
public struct ExitSurvey {
    /// An ERC-20 token or ERC-721 collection that the rollup's factories made.
    public struct Contract: Equatable, Sendable {
        /// On the rollup.
        public var address: Address
        /// On L1.
        public var remote: Address
        /// Who may hold some of it; those of a collection are in its storage.
        public var holders: [Address]

        public init(address: Address, remote: Address, holders: [Address] = []) {
            self.address = address
            self.remote = remote
            self.holders = holders
        }
    }

    private let state: StateSource
    private let resolver: (Address) throws(StateError) -> Address?

    /// - Parameters:
    ///   - state: of the rollup after a block.
    ///   - resolver: the address on L1 that a contract of the rollup has named for its assets; nil for none.
    public init(_ state: StateSource, resolver: @escaping (Address) throws(StateError) -> Address?) {
        self.state = state
        self.resolver = resolver
    }

    /// The ether of some accounts; that of WETH is its holders'.
    ///
    /// - Parameters:
    ///   - accounts: each once, with its balance.
    ///   - wrapped: WETH, and who may hold some.
    public func ether(
        _ accounts: [(address: Address, balance: UInt256)], wrapped: Contract
    ) throws(StateError) -> AssetExits {
        var exits = AssetExits(asset: .ether)
        for account in accounts where !account.balance.isZero {
            guard account.address == wrapped.address else {
                exits.holdings.append(try holding(account.address, account.balance))
                continue
            }
            let parts = try balances(of: wrapped)
            let sum = parts.reduce(0 as UInt256) { $0 &+ $1.amount }
            exits.holdings += parts.map { part in
                var part = part
                part.isWrapped = true
                return part
            }
            // Ether that came without a deposit is nobody's.
            let rest = account.balance &- sum
            if !rest.isZero {
                exits.holdings.append(ExitHolding(holder: wrapped.address, amount: rest, path: .stuck))
            }
        }
        return exits
    }

    /// A token's holdings.
    public func token(_ contract: Contract) throws(StateError) -> AssetExits {
        var exits = AssetExits(asset: .token(contract.address, remote: contract.remote))
        exits.holdings = try balances(of: contract)
        let supply = try state.storage(contract.address, UInt256(PinnedStorage.supply))
        exits.unknown = supply &- exits.claimable &- exits.stuck
        return exits
    }

    /// A collection's tokens, which its storage lists.
    public func collection(_ contract: Contract) throws(StateError) -> AssetExits {
        let supply = try state.storage(contract.address, UInt256(PinnedStorage.collectionSupply))
        return try items(
            AssetExits(asset: .collection(contract.address, remote: contract.remote)), contract.address, supply
        ) { place throws(StateError) in
            try state.storage(contract.address, PinnedStorage.slot(PinnedStorage.tokenIDs, place))
        }
    }

    /// The tokens of a collection that was minted on the rollup: they count from one.
    public func minted(_ collection: Address) throws(StateError) -> AssetExits {
        let supply = try state.storage(collection, UInt256(PinnedStorage.mintedSupply))
        return try items(AssetExits(asset: .minted(collection)), collection, supply) { place in place &+ 1 }
    }

    /// The items of an ERC-1155 collection that was minted on the rollup.
    ///
    /// - Parameter holders: who may hold some of which item, in ascending order.
    public func multiToken(_ collection: Address, _ holders: [ItemHolder]) throws(StateError) -> AssetExits {
        var exits = AssetExits(asset: .multiToken(collection))
        for holder in holders {
            if exits.items.last?.tokenID != holder.tokenID {
                let slot = PinnedStorage.slot(PinnedStorage.itemSupplies, holder.tokenID)
                exits.items.append(
                    ItemExits(tokenID: holder.tokenID, supply: try state.storage(collection, slot)))
            }
            let amount = try state.storage(collection, PinnedStorage.slot(of: holder))
            if amount.isZero { continue }
            var holding = try holding(holder.account, amount)
            holding.tokenID = holder.tokenID
            exits.items[exits.items.count - 1].add(holding)
            exits.holdings.append(holding)
        }
        exits.items.removeAll { $0.supply.isZero && $0.claimable.isZero && $0.stuck.isZero }
        // Each supply is below 2^128.
        exits.unknown = exits.items.reduce(0) { $0 &+ $1.unknown }
        return exits
    }

    private func items(
        _ found: AssetExits, _ collection: Address, _ supply: UInt256, id: (UInt256) throws(StateError) -> UInt256
    ) throws(StateError) -> AssetExits {
        var exits = found
        var place: UInt256 = 0
        while place < supply {
            let id = try id(place)
            let owner = Address(
                truncating: try state.storage(collection, PinnedStorage.slot(PinnedStorage.owners, id)))
            // Each has an owner where the contract has made its storage, and not a genesis.
            if owner.isZero { break }
            exits.holdings.append(
                ExitHolding(holder: owner, amount: 1, tokenID: id, path: try path(of: owner)))
            place = place &+ 1
        }
        exits.unknown = supply &- place
        return exits
    }

    private func balances(of contract: Contract) throws(StateError) -> [ExitHolding] {
        var holdings: [ExitHolding] = []
        for holder in contract.holders {
            let slot = PinnedStorage.slot(PinnedStorage.balances, holder)
            let amount = try state.storage(contract.address, slot)
            if !amount.isZero { holdings.append(try holding(holder, amount)) }
        }
        return holdings
    }

    private func holding(_ holder: Address, _ amount: UInt256) throws(StateError) -> ExitHolding {
        ExitHolding(holder: holder, amount: amount, path: try path(of: holder))
    }

    private func path(of holder: Address) throws(StateError) -> ExitPath {
        try ExitPath(of: holder, in: state, resolver: resolver)
    }
}
