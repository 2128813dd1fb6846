package import Primitives

/// One account or contract.
package struct AccountView: PageView {
    package struct Holding: Sendable, Equatable {
        package var token: String
        package var symbol: String
        /// As the token's decimals have it.
        package var amount: String

        package init(token: String, symbol: String, amount: String) {
            self.token = token
            self.symbol = symbol
            self.amount = amount
        }
    }

    package var rollup: String
    package var address: String
    package var balance: UInt256
    package var nonce: UInt64
    /// Bytes of code; zero for an account without.
    package var codeSize: UInt64
    /// What it is known as: `WETH`, `L2StandardBridge`.
    package var label: String?
    package var holdings: [Holding] = []
    /// The newest that are known, the newest first.
    package var transactions: [BlockView.Transaction] = []
    /// Of which blocks the transactions are.
    package var note: String?

    package init(rollup: String, address: String, balance: UInt256, nonce: UInt64, codeSize: UInt64 = 0) {
        self.rollup = rollup
        self.address = address
        self.balance = balance
        self.nonce = nonce
        self.codeSize = codeSize
    }

    package func html(in frame: Frame) -> [UInt8] {
        let fields: Fields = [
            "rollup": rollup, "search": searchFields(rollup, ""), "address": address, "label": label,
            "kind": codeSize > 0 ? "Contract" : "Account", "balance": Format.ether(balance),
            "nonce": Format.number(nonce), "code": codeSize > 0 ? Format.bytes(codeSize) : nil,
            "holdings": holdings.map { holding -> Fields in
                [
                    "symbol": holding.symbol, "amount": holding.amount,
                    "token": Fields.hash(holding.token, path: Links.account(rollup, holding.token)),
                ]
            },
            "hasHoldings": !holdings.isEmpty, "note": note, "transactions": transactionRows(transactions, of: rollup),
            "hasTransactions": !transactions.isEmpty, "claimsPath": Links.claims(rollup, holder: address),
        ]
        var page = Page("Account \(Format.shortHash(address))", template: "account", fields: fields)
        page.section = .rollups
        page.navigation = RollupNavigation(rollup: rollup, tab: .explorer)
        return page.render(in: frame)
    }
}

/// A search that has found nothing, or that was not understood. One that has found something leads there.
package struct SearchView: PageView {
    package var rollup: String
    package var query: String
    /// Whether it is a block number, a hash or an address at all.
    package var isUnderstood: Bool

    package init(rollup: String, query: String, isUnderstood: Bool) {
        self.rollup = rollup
        self.query = query
        self.isUnderstood = isUnderstood
    }

    package func html(in frame: Frame) -> [UInt8] {
        var page = Page(
            "Search \(rollup)", template: "search",
            fields: [
                "rollup": rollup, "search": searchFields(rollup, query), "query": query.isEmpty ? nil : query,
                "isUnderstood": isUnderstood, "blocksPath": Links.blocks(rollup),
            ])
        page.section = .rollups
        page.navigation = RollupNavigation(rollup: rollup, tab: .explorer)
        return page.render(in: frame)
    }
}
