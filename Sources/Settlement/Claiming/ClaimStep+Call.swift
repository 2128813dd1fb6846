import Lifecycles
import Primitives

extension ClaimStep {
    /// The call of Claims.
    func request(to claims: Address) -> TransactionRequest {
        switch self {
        case .openToken(let token, let nodes):
            TransactionRequest(Claims.openToken(token: token, nodes: nodes), to: claims)
        case .openCollection(let token, let texts, let nodes):
            TransactionRequest(
                Claims.openCollection(
                    token: token, name: Self.text(texts.name), symbol: Self.text(texts.symbol),
                    baseTokenURI: Self.text(texts.baseTokenURI), nodes: nodes),
                to: claims)
        case .claimETH(let holders, let nodes) where holders.count == 1:
            TransactionRequest(
                Claims.claimETHOf(account: holders[0].account, delegate: holders[0].delegate, nodes: nodes), to: claims)
        case .claimETH(let holders, let nodes):
            TransactionRequest(Claims.claimETH(holders: holders.map(\.tuple), nodes: nodes), to: claims)
        case .claimTokens(let token, let holders, let isKnown, let nodes) where holders.count == 1:
            TransactionRequest(
                Claims.claimTokensOf(
                    token: token, account: holders[0].account, delegate: holders[0].delegate, isKnown: isKnown,
                    nodes: nodes),
                to: claims)
        case .claimTokens(let token, let holders, let areKnown, let nodes):
            TransactionRequest(
                Claims.claimTokens(token: token, holders: holders.map(\.tuple), areKnown: areKnown, nodes: nodes),
                to: claims)
        case .claimItems(let token, let items, let areKnown, let nodes):
            TransactionRequest(
                Claims.claimItems(
                    token: token, items: items.map { ClaimItem(id: $0.id, delegate: $0.delegate) },
                    areKnown: areKnown, nodes: nodes),
                to: claims)
        case .claimBalances(let token, let balances, let areKnown, let nodes):
            TransactionRequest(
                Claims.claimBalances(
                    token: token, balances: balances.map(\.tuple), areKnown: areKnown, nodes: nodes),
                to: claims)
        }
    }

    /// Whether it can be sent together with another one: neither needs what the other does.
    func isLike(_ other: ClaimStep) -> Bool {
        switch (self, other) {
        case (.claimETH, .claimETH): true
        case (.claimTokens(let token, _, let areKnown, _), .claimTokens(let another, _, let areOthersKnown, _)):
            token == another && areKnown == areOthersKnown
        case (.claimItems(let token, _, _, _), .claimItems(let another, _, _, _)): token == another
        case (.claimBalances(let token, _, _, _), .claimBalances(let another, _, _, _)): token == another
        default: false
        }
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Gas that the contract lets one payment take; nothing where it does not let a payment fail by itself.
    var paymentGas: UInt64 {
        switch self {
        case .openToken, .openCollection, .claimBalances: 0
        case .claimETH: 100_000
        case .claimTokens: 200_000
        case .claimItems: 250_000
        }
    }
}

extension ClaimStep.Holder {
    fileprivate var tuple: ClaimHolder { ClaimHolder(account: account, delegate: delegate) }
}

extension ClaimStep.Balance {
    fileprivate var tuple: ClaimBalance {
        ClaimBalance(id: holder.tokenID, account: holder.account, delegate: delegate)
    }
}
