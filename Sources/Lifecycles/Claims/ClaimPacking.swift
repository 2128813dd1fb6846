import Cryptography
public import Primitives
import StateTransition
import Trie

/// Makes the calls of Claims for a rollup's last state: what is claimed, and the nodes that prove it.
public struct ClaimPacking {
    /// How many claims one call takes.
    public static let countLimit = 100
    /// Bytes of nodes in one call: with the rest, a transaction stays below the 131,072 bytes that nodes of L1 pass on.
    static let byteLimit = 118_000

    private let state: ArchivedState

    public init(_ state: ArchivedState) { self.state = state }

    // MARK: What comes once

    /// The nodes that `settle` takes: that the state has the mark of the rollup's end.
    public func settling() throws(StateError) -> [UInt8] {
        try opening(PinnedContract.dissolver, slots: [UInt256(PinnedStorage.finished)])
    }

    /// Opens an asset; for ether, WETH, which has no partner on L1.
    public func open(_ asset: ExitAsset) throws(StateError) -> ClaimStep {
        switch asset {
        case .ether:
            return .openToken(PinnedContract.weth, nodes: try opening(PinnedContract.weth, slots: []))
        case .token(let token, _): return .openToken(token, nodes: try opening(token, PinnedStorage.tokenPair))
        case .collection(let token, _):
            return .openToken(token, nodes: try opening(token, PinnedStorage.collectionPair))
        case .minted(let collection):
            let texts = PinnedStorage.texts
            return try openCollection(
                collection, (texts.name, texts.symbol, texts.baseTokenURI), hash: PinnedStorage.textsHash)
        case .multiToken(let collection):
            return try openCollection(
                collection, PinnedStorage.multiTokenTexts, hash: PinnedStorage.multiTokenTextsHash)
        }
    }

    /// - Parameters:
    ///   - texts: the slots of the three texts.
    ///   - hash: that of their hash.
    private func openCollection(
        _ collection: Address, _ texts: (UInt64, UInt64, UInt64), hash: UInt64
    ) throws(StateError) -> ClaimStep {
        .openCollection(
            collection,
            CollectionTexts(
                name: try text(collection, texts.0), symbol: try text(collection, texts.1),
                baseTokenURI: try text(collection, texts.2)),
            nodes: try opening(collection, slots: [UInt256(hash)]))
    }

    private func opening(
        _ contract: Address, _ pair: (remote: UInt64, bridge: UInt64)
    ) throws(StateError) -> [UInt8] {
        try opening(contract, slots: [UInt256(pair.remote), UInt256(pair.bridge)])
    }

    private func opening(_ contract: Address, slots: [UInt256]) throws(StateError) -> [UInt8] {
        var nodes = NodeList()
        nodes.append(try state.proof(of: contract, slots: slots))
        return nodes.bytes
    }

    /// A text as Vyper stores it: its length, and its bytes in the slots behind.
    private func text(_ contract: Address, _ slot: UInt64) throws(StateError) -> [UInt8] {
        // The longest has 160 bytes.
        let length = min(Int(clamping: try state.storage(contract, UInt256(slot)).clampedToUInt64), 160)
        var bytes: [UInt8] = []
        while bytes.count < length {
            let place = UInt256(slot) &+ UInt256(UInt64(1 + bytes.count / 32))
            bytes += Hash256(try state.storage(contract, place)).bytes
        }
        return Array(bytes.prefix(length))
    }

    // MARK: Claims

    /// The order of holders in which a call has the fewest nodes.
    ///
    /// - Parameter token: whose balances alone are proven; nil where the holders' accounts are.
    func sorted(_ holders: [ClaimStep.Holder], by token: Address? = nil) -> [ClaimStep.Holder] {
        Self.sorted(holders) { holder in
            token == nil
                ? Keccak256.hash(holder.account)
                : Keccak256.hash(Hash256(PinnedStorage.slot(PinnedStorage.balances, holder.account)))
        }
    }

    func sorted(_ items: [ClaimStep.Item]) -> [ClaimStep.Item] {
        Self.sorted(items) { Keccak256.hash(Hash256(PinnedStorage.slot(PinnedStorage.owners, $0.id))) }
    }

    /// The same for balances of an ERC-1155 collection: an account's lie together where accounts are proven.
    func sorted(_ balances: [ClaimStep.Balance], areKnown: Bool) -> [ClaimStep.Balance] {
        balances.map { balance in
            (
                account: areKnown ? Hash256() : Keccak256.hash(balance.holder.account),
                slot: Keccak256.hash(Hash256(PinnedStorage.slot(of: balance.holder))), balance: balance
            )
        }.sorted { ($0.account, $0.slot) < ($1.account, $1.slot) }.map(\.balance)
    }

    private static func sorted<Entry>(_ entries: [Entry], by key: (Entry) -> Hash256) -> [Entry] {
        entries.map { (key: key($0), entry: $0) }.sorted { $0.key < $1.key }.map(\.entry)
    }

    /// A call for as many of these holders, from the first on, as it has room for; one at least.
    public func claimETH(_ holders: ArraySlice<ClaimStep.Holder>) throws(StateError) -> ClaimStep {
        let (nodes, count) = try pack(holders) { holder, nodes throws(StateError) in try walk(to: holder, &nodes) }
        return .claimETH(Array(holders.prefix(count)), nodes: nodes)
    }

    /// The same for a token's balances.
    ///
    /// - Parameter areKnown: whether Claims knows already whom the holders are paid by.
    public func claimTokens(
        _ token: Address, _ holders: ArraySlice<ClaimStep.Holder>, areKnown: Bool
    ) throws(StateError) -> ClaimStep {
        let (nodes, count) = try pack(holders) { holder, nodes throws(StateError) in
            if !areKnown { try walk(to: holder, &nodes) }
            try walk(in: token, to: PinnedStorage.slot(PinnedStorage.balances, holder.account), &nodes)
        }
        return .claimTokens(token, Array(holders.prefix(count)), areKnown: areKnown, nodes: nodes)
    }

    /// The same for tokens of a collection.
    public func claimItems(
        _ collection: Address, _ items: ArraySlice<ClaimStep.Item>, areKnown: Bool
    ) throws(StateError) -> ClaimStep {
        let (nodes, count) = try pack(items) { item, nodes throws(StateError) in
            let slot = PinnedStorage.slot(PinnedStorage.owners, item.id)
            try walk(in: collection, to: slot, &nodes)
            let owner = Address(truncating: try state.storage(collection, slot))
            if !areKnown { try walk(to: ClaimStep.Holder(account: owner, delegate: item.delegate), &nodes) }
        }
        return .claimItems(collection, Array(items.prefix(count)), areKnown: areKnown, nodes: nodes)
    }

    /// The same for balances of an ERC-1155 collection.
    public func claimBalances(
        _ collection: Address, _ balances: ArraySlice<ClaimStep.Balance>, areKnown: Bool
    ) throws(StateError) -> ClaimStep {
        let (nodes, count) = try pack(balances) { balance, nodes throws(StateError) in
            if !areKnown {
                try walk(
                    to: ClaimStep.Holder(account: balance.holder.account, delegate: balance.delegate), &nodes)
            }
            try walk(in: collection, to: PinnedStorage.slot(of: balance.holder), &nodes)
        }
        return .claimBalances(collection, Array(balances.prefix(count)), areKnown: areKnown, nodes: nodes)
    }

    /// The same call as two, each of a half; nil where it cannot be made smaller.
    public func halves(of step: ClaimStep) throws(StateError) -> [ClaimStep]? {
        guard step.count > 1 else { return nil }
        let half = step.count / 2
        switch step {
        case .claimETH(let holders, _): return [try claimETH(holders[..<half]), try claimETH(holders[half...])]
        case .claimTokens(let token, let holders, let areKnown, _):
            return [
                try claimTokens(token, holders[..<half], areKnown: areKnown),
                try claimTokens(token, holders[half...], areKnown: areKnown),
            ]
        case .claimItems(let token, let items, let areKnown, _):
            return [
                try claimItems(token, items[..<half], areKnown: areKnown),
                try claimItems(token, items[half...], areKnown: areKnown),
            ]
        case .claimBalances(let token, let balances, let areKnown, _):
            return [
                try claimBalances(token, balances[..<half], areKnown: areKnown),
                try claimBalances(token, balances[half...], areKnown: areKnown),
            ]
        case .openToken, .openCollection: return nil
        }
    }

    private func pack<Entry>(
        _ entries: ArraySlice<Entry>, walks: (Entry, inout NodeList) throws(StateError) -> Void
    ) throws(StateError) -> (nodes: [UInt8], count: Int) {
        var nodes = NodeList()
        var count = 0
        for entry in entries.prefix(Self.countLimit) {
            let mark = nodes.mark
            try walks(entry, &nodes)
            if count > 0, nodes.byteCount > Self.byteLimit {
                nodes.takeBack(to: mark)
                break
            }
            count += 1
        }
        return (nodes.bytes, count)
    }

    /// To a holder's account, and to its resolver where it has code of its own.
    private func walk(to holder: ClaimStep.Holder, _ nodes: inout NodeList) throws(StateError) {
        let proof = try state.proof(of: holder.account, slots: [])
        nodes.append(proof)
        guard proof.account.codeHash != EmptyHash.code, holder.delegate.isZero else { return }
        try walk(
            in: PinnedContract.dissolver, to: PinnedStorage.slot(PinnedStorage.resolvers, holder.account), &nodes)
    }

    private func walk(in contract: Address, to slot: UInt256, _ nodes: inout NodeList) throws(StateError) {
        for slot in try state.proof(of: contract, slots: [slot]).slots { nodes.append(slot, of: contract) }
    }
}
