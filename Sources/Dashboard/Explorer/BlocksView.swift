/// The newest blocks of a rollup, or those before one.
package struct BlocksView: PageView {
    package struct Row: Sendable, Equatable {
        package var number: UInt64
        package var hash: String
        /// Seconds since the Unix epoch.
        package var time: UInt64
        package var transactionCount: Int
        package var gasUsed: UInt64
        package var gasLimit: UInt64
        package var finality: BlockFinality

        package init(
            number: UInt64, hash: String, time: UInt64, transactionCount: Int, gasUsed: UInt64, gasLimit: UInt64,
            finality: BlockFinality
        ) {
            self.number = number
            self.hash = hash
            self.time = time
            self.transactionCount = transactionCount
            self.gasUsed = gasUsed
            self.gasLimit = gasLimit
            self.finality = finality
        }
    }

    package var rollup: String
    /// The newest first.
    package var blocks: [Row]
    /// Whether these are the newest that there are.
    package var isNewest: Bool
    package var live: LiveSource?

    package init(rollup: String, blocks: [Row], isNewest: Bool = true) {
        self.rollup = rollup
        self.blocks = blocks
        self.isNewest = isNewest
    }

    package func html(in frame: Frame) -> [UInt8] {
        let oldest = blocks.last?.number ?? 0
        let fields: Fields = [
            "rollup": rollup, "search": searchFields(rollup, ""), "hasRows": !blocks.isEmpty,
            "rows": blocks.map { block -> Fields in
                [
                    "number": Format.number(block.number), "path": Links.block(rollup, String(block.number)),
                    "hash": Fields.hash(block.hash, path: Links.block(rollup, block.hash)),
                    "time": Fields.time(block.time, in: frame), "transactions": Format.number(block.transactionCount),
                    "gas": Format.number(block.gasUsed), "fill": fill(block.gasUsed, of: block.gasLimit),
                    "finality": block.finality.badge,
                ]
            },
            "newestPath": isNewest ? nil : Links.blocks(rollup),
            "olderPath": oldest > 0 ? Links.blocks(rollup, before: oldest) : nil,
        ]
        var page = Page("Blocks of \(rollup)", template: "blocks", fields: fields)
        page.section = .rollups
        page.navigation = RollupNavigation(rollup: rollup, tab: .explorer)
        page.live = isNewest ? live : nil
        return page.render(in: frame)
    }
}

/// How sure it is that a block stays.
package enum BlockFinality: String, Sendable, CaseIterable {
    case preconfirmed
    case unsafe
    case safe
    case final

    var badge: Fields {
        let tone =
            switch self {
            case .preconfirmed, .unsafe: "calm"
            case .safe: "busy"
            case .final: "good"
            }
        return ["tone": tone, "text": rawValue]
    }
}

/// How full a block is: `50%`.
func fill(_ used: UInt64, of limit: UInt64) -> String {
    guard limit > 0 else { return "0%" }
    let percent = Double(used) / Double(limit) * 100
    return percent > 0 && percent < 1 ? "under 1%" : Format.figure(percent.rounded()) + "%"
}

/// The search box, with what was last looked for.
func searchFields(_ rollup: String, _ query: String) -> Fields {
    ["path": Links.search(rollup), "query": query]
}
