import ArgumentParser

/// For how many blocks back the state can be read: a number, or `all`.
struct HistoryLength: ExpressibleByArgument {
    /// Nil for all.
    let blocks: UInt64?

    static let all = HistoryLength(blocks: nil)

    private init(blocks: UInt64?) { self.blocks = blocks }

    init?(argument: String) {
        if argument == "all" {
            self = .all
        } else {
            guard let blocks = UInt64(argument) else { return nil }
            self.init(blocks: blocks)
        }
    }

    var defaultValueDescription: String { blocks.map(String.init) ?? "all" }
}
