import JSONRPC
import Lifecycles
import Primitives
import Settlement

/// What `mayfly exits` and `mayfly_exits` say: who can leave a rollup with what.
struct ExitReport {
    var chainID: UInt64
    /// keccak256 of the archive; nil where a node was asked.
    var archive: Hash256?
    /// Whose state it is of.
    var block: (number: UInt64, hash: Hash256, stateRoot: Hash256)
    /// Whether it is the rollup's last state.
    var isLast: Bool
    var books: ExitBooks

    private static let states = ["active", "closing", "settling", "dissolved"]

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("chainId")
        json.number(Int64(clamping: chainID))
        json.key("source")
        json.string(archive == nil ? "node" : "archive")
        json.key("archive")
        if let archive { json.data(archive) } else { json.null() }
        json.key("block")
        json.beginObject()
        json.key("number")
        json.number(Int64(clamping: block.number))
        json.key("hash")
        json.data(block.hash)
        json.key("stateRoot")
        json.data(block.stateRoot)
        json.endObject()
        json.key("isLast")
        json.boolean(isLast)
        json.key("l1")
        json.beginObject()
        json.key("block")
        json.number(Int64(clamping: books.ledger.block))
        json.key("state")
        json.string(Self.states[min(Int(books.ledger.state), Self.states.count - 1)])
        json.endObject()
        json.key("balances")
        json.boolean(books.balances)
        json.key("assets")
        json.beginArray()
        for exits in books.assets { json.exits(exits, books.ledger.progress) }
        json.endArray()
        json.key("withdrawals")
        json.beginArray()
        for (withdrawal, isFinalized) in books.withdrawals { json.withdrawal(withdrawal, isFinalized) }
        json.endArray()
        json.endObject()
    }

    var json: String {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.withBytes { String(decoding: $0, as: UTF8.self) }
    }
}

extension JSONWriter {
    fileprivate mutating func amount(_ key: StaticString, _ amount: UInt256) {
        self.key(key)
        string(Wei.digits(amount))
    }

    fileprivate mutating func exits(_ exits: AssetExits, _ progress: ClaimProgress) {
        beginObject()
        key("kind")
        string(exits.asset.kind)
        key("l2")
        if let local = exits.asset.local { data(local) } else { null() }
        key("l1")
        if let remote = exits.asset.remote ?? exits.counterpart { data(remote) } else { null() }
        key("isOpen")
        boolean(progress.opened.contains(exits.asset.local ?? PinnedContract.weth))
        key("locked")
        if exits.asset.isMadeByClaims { null() } else { string(Wei.digits(exits.locked)) }
        amount("claimable", exits.claimable &- exits.paid)
        amount("paid", exits.paid)
        amount("stuck", exits.stuck)
        key("inFlight")
        beginObject()
        amount("deposits", exits.arriving)
        amount("withdrawals", exits.leaving)
        endObject()
        amount("unknown", exits.unknown)
        let (has, owes) = (exits.locked &+ exits.paid, exits.owed)
        key("difference")
        string(has >= owes ? Wei.digits(has &- owes) : "-" + Wei.digits(owes &- has))
        key("balances")
        boolean(exits.balances)
        key("gas")
        beginObject()
        key("one")
        number(Int64(exits.asset.claimGas.one))
        key("each")
        number(Int64(exits.asset.claimGas.each))
        endObject()
        if case .multiToken = exits.asset { items(exits.items) }
        key("holdings")
        beginArray()
        for holding in exits.holdings { self.holding(holding, isPaid: progress.isPaid(holding, of: exits.asset)) }
        endArray()
        endObject()
    }

    private mutating func items(_ items: [ItemExits]) {
        key("items")
        beginArray()
        for item in items {
            beginObject()
            amount("tokenId", item.tokenID)
            amount("supply", item.supply)
            amount("claimable", item.claimable &- item.paid)
            amount("paid", item.paid)
            amount("stuck", item.stuck)
            amount("unknown", item.unknown)
            endObject()
        }
        endArray()
    }

    private mutating func holding(_ holding: ExitHolding, isPaid: Bool) {
        beginObject()
        key("holder")
        data(holding.holder)
        amount("amount", holding.amount)
        if let id = holding.tokenID { amount("tokenId", id) }
        key("isWrapped")
        boolean(holding.isWrapped)
        key("path")
        string(holding.path.name)
        key("recipient")
        if let recipient = holding.path.recipient(of: holding.holder) { data(recipient) } else { null() }
        key("isPaid")
        boolean(isPaid && holding.path.isOpen)
        endObject()
    }

    fileprivate mutating func withdrawal(_ withdrawal: PassedWithdrawal, _ isFinalized: Bool) {
        beginObject()
        key("hash")
        data(withdrawal.hash)
        key("block")
        number(Int64(clamping: withdrawal.blockNumber))
        key("sender")
        data(withdrawal.sender)
        key("target")
        data(withdrawal.target)
        amount("value", withdrawal.value)
        key("isFinalized")
        boolean(isFinalized)
        endObject()
    }
}

extension ExitAsset {
    var kind: String {
        switch self {
        case .ether: "ether"
        case .token: "erc20"
        case .collection: "erc721"
        case .minted: "minted"
        case .multiToken: "erc1155"
        }
    }

    /// On the rollup; nil for ether.
    var local: Address? {
        switch self {
        case .ether: nil
        case .token(let token, _), .collection(let token, _), .minted(let token), .multiToken(let token): token
        }
    }

    /// What it stands for on L1; nil for ether, and for what was minted on the rollup.
    var remote: Address? {
        switch self {
        case .ether, .minted, .multiToken: nil
        case .token(_, let remote), .collection(_, let remote): remote
        }
    }
}

extension ExitPath {
    var name: String {
        switch self {
        case .holder: "holder"
        case .delegated: "delegated"
        case .resolver: "resolver"
        case .stuck: "none"
        }
    }

    /// Whom L1 pays; nil for nobody.
    func recipient(of holder: Address) -> Address? {
        switch self {
        case .holder, .delegated: holder
        case .resolver(let resolver): resolver
        case .stuck: nil
        }
    }
}
