import Layers

/// A beginning for those who do not want to decide everything.
public struct RollupTemplate: Equatable, Sendable {
    public var id: String
    public var title: String
    /// In a sentence.
    public var summary: String
    /// Seconds that it lasts; nil for a permanent one.
    public var lifetime: UInt64?
    /// Seconds from block to block.
    public var blockTime: UInt64
    public var gasLimit: UInt64

    public static let all = [
        RollupTemplate(
            id: "mint", title: "Mint",
            summary: "Many wallets at once for a few hours; the items come home to L1 at the end.",
            lifetime: 2 * 3_600, blockTime: 1, gasLimit: 60_000_000),
        RollupTemplate(
            id: "game", title: "Game",
            summary: "A tournament or season: fast blocks for a week, then everything settles.",
            lifetime: 7 * 86_400, blockTime: 1, gasLimit: 60_000_000),
        RollupTemplate(
            id: "defi", title: "DeFi", summary: "A market that stays: no end, blocks of two seconds, data in blobs.",
            lifetime: nil, blockTime: 2, gasLimit: 60_000_000),
        RollupTemplate(
            id: "payments", title: "Payments", summary: "Transfers with quick answers and no end.", lifetime: nil,
            blockTime: 1, gasLimit: 30_000_000),
        RollupTemplate(
            id: "blank", title: "Blank", summary: "The defaults; decide everything yourself.", lifetime: nil,
            blockTime: 2, gasLimit: 60_000_000),
    ]

    static func named(_ id: String) -> RollupTemplate? { all.first { $0.id == id } }
}
