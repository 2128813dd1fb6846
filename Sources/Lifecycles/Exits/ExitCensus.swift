public import Primitives
public import StateTransition

/// All that can leave a rollup by its state after a block: ether, the tokens and collections that stand for those of L1,
/// and the collections that were minted on it.
public struct ExitCensus {
    private enum Kind { case token, collection, minted, multiToken }

    private var balances: [(address: Address, balance: UInt256)] = []
    private var contracts: [(address: Address, kind: Kind)] = []

    public init() {}

    /// The census of an archive.
    public static func assets(_ archive: ArchivedState) throws(StateError) -> [AssetExits] {
        var census = ExitCensus()
        archive.forEachAccount { census.note($0, $1) }
        return try census.assets(archive, ExitTrail(archive))
    }

    /// Takes up an account; they come in ascending order of address.
    public mutating func note(_ address: Address, _ account: AccountRecord) {
        // What the message passer holds belongs to withdrawals.
        if !account.balance.isZero, address != PinnedContract.messagePasser {
            balances.append((address, account.balance))
        }
        switch account.codeHash {
        case PinnedContract.tokenCode: contracts.append((address, .token))
        case PinnedContract.collectionCode: contracts.append((address, .collection))
        case PinnedContract.mintedCode: contracts.append((address, .minted))
        case PinnedContract.multiTokenCode: contracts.append((address, .multiToken))
        default: break
        }
    }

    /// The tokens whose holders the state does not list, WETH among them.
    public func tokens() -> [Address] {
        ([PinnedContract.weth] + contracts.filter { $0.kind == .token }.map(\.address)).sorted()
    }

    /// The ERC-1155 collections, of whose items the state does not list the holders.
    public func multiTokens() -> [Address] {
        contracts.filter { $0.kind == .multiToken }.map(\.address)
    }

    /// Who has what of each asset: ether first, then by address.
    ///
    /// - Parameter state: whose accounts were taken up.
    public func assets(_ state: StateSource, _ trail: ExitTrail) throws(StateError) -> [AssetExits] {
        let survey = ExitSurvey(state) { contract throws(StateError) in try state.resolver(of: contract) }
        let weth = PinnedContract.weth
        var assets = [
            try survey.ether(
                balances,
                wrapped: ExitSurvey.Contract(address: weth, remote: Address(), holders: trail.holders(of: weth)))
        ]
        for (address, kind) in contracts {
            switch kind {
            case .token:
                guard let remote = try remote(address, state, PinnedStorage.tokenPair, PinnedContract.standardBridge)
                else { continue }
                assets.append(
                    try survey.token(
                        ExitSurvey.Contract(address: address, remote: remote, holders: trail.holders(of: address))))
            case .collection:
                guard let remote = try remote(address, state, PinnedStorage.collectionPair, PinnedContract.erc721Bridge)
                else { continue }
                assets.append(try survey.collection(ExitSurvey.Contract(address: address, remote: remote)))
            case .minted: assets.append(try survey.minted(address))
            case .multiToken: assets.append(try survey.multiToken(address, trail.itemHolders(of: address)))
            }
        }
        return assets
    }

    /// A contract's partner on L1; nil where it is of another bridge, so that L1 has nothing for it.
    private func remote(
        _ address: Address, _ state: StateSource, _ pair: (remote: UInt64, bridge: UInt64), _ bridge: Address
    ) throws(StateError) -> Address? {
        guard try state.storage(address, UInt256(pair.bridge)) == UInt256(bridge) else { return nil }
        return Address(truncating: try state.storage(address, UInt256(pair.remote)))
    }
}
