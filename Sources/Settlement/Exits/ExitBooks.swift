import EthereumClient
public import Lifecycles
import Primitives

/// What a rollup's state says that people can take, beside what L1 holds, has paid and is under way.
public struct ExitBooks: Sendable {
    public let assets: [AssetExits]
    public let withdrawals: [(withdrawal: PassedWithdrawal, isFinalized: Bool)]
    public let ledger: ExitLedger

    /// Whether each asset's sums come out even.
    public var balances: Bool { assets.allSatisfy(\.balances) }

    /// - Parameters:
    ///   - census: of the rollup's state.
    ///   - withdrawals: that were begun up to it.
    ///   - origin: the L1 block up to which that state has executed deposits.
    public init(
        _ census: [AssetExits], _ withdrawals: [PassedWithdrawal], origin: UInt64, ledger: ExitLedger, _ bridge: Bridge
    ) async throws(SettlementError) {
        self.ledger = ledger
        self.withdrawals = withdrawals.map { ($0, ledger.finalized.contains($0.hash)) }
        let leaving = withdrawals.filter { withdrawal in
            !ledger.relayed.contains(RelayedAsset.messageHash(withdrawal))
        }.compactMap { RelayedAsset($0, bridge.contracts) }
        let arriving = ledger.deposits.filter { $0.block > origin }.map(\.what)
        var assets: [AssetExits] = []
        for var exits in census {
            switch exits.asset {
            case .ether:
                exits.locked = try await EthereumClient.telling { () throws(EthereumClientError) in
                    try await bridge.l1.balance(of: bridge.contracts.optimismPortal, at: .number(ledger.block))
                }
                exits.paid = ledger.paid(Address()) &+ ledger.paid(PinnedContract.weth)
                for (withdrawal, _) in self.withdrawals
                where ledger.failed.contains(withdrawal.hash) && !withdrawal.value.isZero {
                    exits.holdings.append(
                        ExitHolding(holder: withdrawal.sender, amount: withdrawal.value, path: .stuck))
                }
                exits.leaving = Self.sum(self.withdrawals.filter { !$0.isFinalized }.map(\.withdrawal.value))
                exits.arriving = Self.sum(arriving.map { if case .ether(let amount) = $0 { amount } else { 0 } })
            case .token(let token, let remote):
                exits.locked = try await bridge.l1.read(
                    L1StandardBridge.deposits(remote, token), from: bridge.contracts.l1StandardBridge,
                    at: .number(ledger.block))
                exits.paid = ledger.paid(token)
                exits.leaving = Self.sum(
                    leaving.map {
                        if case .token(token, remote, let amount) = $0 { amount } else { 0 }
                    })
                exits.arriving = Self.sum(
                    arriving.map {
                        if case .token(token, remote, let amount) = $0 { amount } else { 0 }
                    })
            case .collection(let token, let remote):
                exits.locked = try await Self.items(token, remote, ledger, bridge)
                exits.paid = ledger.paid(token)
                exits.leaving = Self.sum(
                    leaving.map { if case .item(token, remote, _) = $0 { 1 } else { 0 } })
                exits.arriving = Self.sum(
                    arriving.map { if case .item(token, remote, _) = $0 { 1 } else { 0 } })
            case .minted(let token), .multiToken(let token):
                // L1 holds none: what there is comes into being when it is claimed.
                exits.paid = ledger.paid(token)
                exits.locked = exits.owed &- exits.paid
                exits.noteItems(paid: ledger.progress)
                let isMultiToken = if case .multiToken = exits.asset { true } else { false }
                exits.counterpart = try await bridge.l1.read(
                    isMultiToken ? Claims.collectionOfERC1155(token: token) : Claims.collectionOf(token: token),
                    from: bridge.contracts.claims, at: .number(ledger.block))
            }
            assets.append(exits)
        }
        self.assets = assets
    }

    /// How many tokens of a collection L1 holds, of all that were ever deposited.
    private static func items(
        _ token: Address, _ remote: Address, _ ledger: ExitLedger, _ bridge: Bridge
    ) async throws(SettlementError) -> UInt256 {
        var ids: Set<UInt256> = []
        for (_, what) in ledger.deposits { if case .item(token, remote, let id) = what { ids.insert(id) } }
        var count: UInt256 = 0
        for id in ids
        where try await bridge.l1.read(
            L1ERC721Bridge.deposits(remote, token, id), from: bridge.contracts.l1ERC721Bridge,
            at: .number(ledger.block))
        {
            count = count &+ 1
        }
        return count
    }

    private static func sum(_ amounts: [UInt256]) -> UInt256 { amounts.reduce(0) { $0 &+ $1 } }
}

extension ExitLedger {
    fileprivate func paid(_ token: Address) -> UInt256 { paid[token] ?? 0 }
}
