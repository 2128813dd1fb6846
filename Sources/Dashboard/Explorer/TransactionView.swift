package import Primitives

/// One transaction with its receipt.
package struct TransactionView: PageView {
    package enum Outcome: Sendable, Equatable {
        case pending
        case succeeded
        /// With what the contract said, where it said something.
        case reverted(String?)
    }

    package struct Log: Sendable, Equatable {
        package var index: UInt64
        package var address: String
        /// As declared, where that is known: `Transfer(address,address,uint256)`.
        package var name: String?
        package var topics: [String]
        package var data: String

        package init(index: UInt64, address: String, name: String?, topics: [String], data: String) {
            self.index = index
            self.address = address
            self.name = name
            self.topics = topics
            self.data = data
        }
    }

    package var rollup: String
    package var hash: String
    package var outcome: Outcome
    package var finality: BlockFinality?
    package var block: BlockPoint?
    package var index: UInt64?
    package var from: String
    package var to: String?
    /// The contract that it made.
    package var created: String?
    package var value: UInt256
    package var nonce: UInt64
    /// `Legacy`, `EIP-1559`, `Deposit` and so on.
    package var kind: String
    package var gasLimit: UInt64
    package var gasUsed: UInt64?
    package var gasPrice: UInt256?
    /// Fee on the rollup, and what publishing it on L1 costs; wei.
    package var fee: UInt256?
    package var l1Fee: UInt256?
    /// Hex.
    package var input: String
    /// What the call is, where its contract or selector is known.
    package var call: String?
    package var arguments: [Fact] = []
    package var logs: [Log] = []

    package init(rollup: String, hash: String, outcome: Outcome, from: String, to: String?) {
        self.rollup = rollup
        self.hash = hash
        self.outcome = outcome
        self.from = from
        self.to = to
        value = .zero
        nonce = 0
        kind = "EIP-1559"
        gasLimit = 0
        input = "0x"
    }

    /// Bytes of hex that a page shows; the rest is asked for by RPC.
    private static let mostHex = 4_096

    package func html(in frame: Frame) -> [UInt8] {
        var fields: Fields = [
            "rollup": rollup, "search": searchFields(rollup, ""), "hash": hash, "outcome": outcomeBadge,
            "finality": finality?.badge, "index": index.map { Format.number($0) },
            "block": block.map {
                [
                    "number": Format.number($0.number), "path": Links.block(rollup, String($0.number)),
                    "time": Fields.time($0.time, in: frame),
                ] as Fields
            },
            "from": account(from), "to": to.map(account), "created": created.map(account), "value": Format.ether(value),
            "nonce": Format.number(nonce), "kind": kind, "call": call, "arguments": arguments.map(\.fields),
            "hasArguments": !arguments.isEmpty, "hasInput": input != "0x" && !input.isEmpty,
            "input": String(input.prefix(Self.mostHex)), "isCut": input.utf8.count > Self.mostHex,
            "logs": logs.map(logFields), "hasLogs": !logs.isEmpty, "logCount": Format.number(logs.count),
            "hasReceipt": outcome != .pending,
        ]
        fields["gas"] = (gasUsed.map { Format.number($0) + " of " } ?? "at most ") + Format.number(gasLimit)
        fields["gasPrice"] = gasPrice.map { Format.gwei($0) }
        fields["fee"] = fee.map { Format.ether($0) }
        fields["l1Fee"] = l1Fee.map { Format.ether($0) }
        if case .reverted(let reason) = outcome { fields["reason"] = reason }
        var page = Page("Transaction \(Format.shortHash(hash))", template: "transaction", fields: fields)
        page.section = .rollups
        page.navigation = RollupNavigation(rollup: rollup, tab: .explorer)
        page.follow = outcome == .pending || finality != .final ? 2 : nil
        page.refresh = page.follow
        return page.render(in: frame)
    }

    private var outcomeBadge: Fields {
        switch outcome {
        case .pending: ["tone": "busy", "text": "pending"]
        case .succeeded: ["tone": "good", "text": "succeeded"]
        case .reverted: ["tone": "bad", "text": "reverted"]
        }
    }

    private func account(_ address: String) -> Fields { ["full": address, "path": Links.account(rollup, address)] }

    private func logFields(_ log: Log) -> Fields {
        [
            "index": Format.number(log.index), "address": account(log.address), "name": log.name,
            "topics": log.topics.map { ["text": $0] as Fields }, "data": String(log.data.prefix(Self.mostHex / 4)),
            "hasData": log.data != "0x" && !log.data.isEmpty, "isCut": log.data.utf8.count > Self.mostHex / 4,
        ]
    }
}
