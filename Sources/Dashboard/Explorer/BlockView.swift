package import Primitives

/// One block.
package struct BlockView: PageView {
    package struct Transaction: Sendable, Equatable {
        package var hash: String
        package var from: String
        /// Nil for one that makes a contract.
        package var to: String?
        package var value: UInt256
        package var gasUsed: UInt64
        package var succeeded: Bool
        /// `Deposit`, `Transfer`, the name of a call.
        package var kind: String

        package init(
            hash: String, from: String, to: String?, value: UInt256, gasUsed: UInt64, succeeded: Bool, kind: String
        ) {
            self.hash = hash
            self.from = from
            self.to = to
            self.value = value
            self.gasUsed = gasUsed
            self.succeeded = succeeded
            self.kind = kind
        }
    }

    package var rollup: String
    package var number: UInt64
    package var hash: String
    package var parentHash: String
    package var stateRoot: String
    /// Seconds since the Unix epoch.
    package var time: UInt64
    package var gasUsed: UInt64
    package var gasLimit: UInt64
    /// Wei.
    package var baseFee: UInt256
    package var size: UInt64
    package var finality: BlockFinality
    /// The L1 block that it counts on, as text.
    package var l1Origin: String?
    package var hasNext: Bool
    package var transactions: [Transaction]
    /// How many more there are than are shown.
    package var omitted = 0

    package init(rollup: String, number: UInt64, hash: String, parentHash: String, time: UInt64) {
        self.rollup = rollup
        self.number = number
        self.hash = hash
        self.parentHash = parentHash
        self.time = time
        stateRoot = ""
        gasUsed = 0
        gasLimit = 0
        baseFee = .zero
        size = 0
        finality = .unsafe
        hasNext = false
        transactions = []
    }

    package func html(in frame: Frame) -> [UInt8] {
        let fields: Fields = [
            "rollup": rollup, "search": searchFields(rollup, ""), "number": Format.number(number),
            "finality": finality.badge, "time": Fields.time(time, in: frame), "hash": hash,
            "parent": number > 0 ? Fields.hash(parentHash, path: Links.block(rollup, parentHash)) : nil,
            "parentInFull": parentHash, "stateRoot": stateRoot, "gas": Format.number(gasUsed),
            "limit": Format.number(gasLimit), "fill": fill(gasUsed, of: gasLimit), "baseFee": Format.gwei(baseFee),
            "size": Format.bytes(size), "origin": l1Origin,
            "count": Format.count(transactions.count + omitted, "transaction"),
            "previousPath": number > 0 ? Links.block(rollup, String(number - 1)) : nil,
            "nextPath": hasNext ? Links.block(rollup, String(number &+ 1)) : nil, "blocksPath": Links.blocks(rollup),
            "transactions": transactionRows(transactions, of: rollup), "hasTransactions": !transactions.isEmpty,
            "omitted": omitted > 0 ? Format.number(omitted) : nil,
        ]
        var page = Page("Block \(number) of \(rollup)", template: "block", fields: fields)
        page.section = .rollups
        page.navigation = RollupNavigation(rollup: rollup, tab: .explorer)
        return page.render(in: frame)
    }
}

/// Rows of a list of transactions, for the template `transactions`.
func transactionRows(_ transactions: [BlockView.Transaction], of rollup: String) -> [Fields] {
    transactions.map { transaction in
        [
            "hash": Fields.hash(transaction.hash, path: Links.transaction(rollup, transaction.hash)),
            "kind": transaction.kind,
            "from": Fields.hash(transaction.from, path: Links.account(rollup, transaction.from)),
            "to": transaction.to.map { Fields.hash($0, path: Links.account(rollup, $0)) },
            "value": Format.ether(transaction.value), "gas": Format.number(transaction.gasUsed),
            "failed": !transaction.succeeded,
        ]
    }
}
