import Foundation
import Primitives
import Settlement

/// The rollups of a platform as a table, with what they did since they were looked at before.
struct RollupTable {
    /// The same for programs.
    struct JSON: Encodable {
        struct Row: Encodable {
            var name, state, place: String
            var block, safeLag, finalLag, residentBytes, pendingTransactions, unpublishedBytes: Int64?
            var transactionsPerSecond, gasPerSecond: Double?
            var batcherWei, proposerWei: String?
        }

        var rollups: [Row]

        init(_ now: [RollupSample], since before: [RollupSample]) {
            rollups = RollupTable(now, since: before).rows.map { row in
                let sample = row.sample
                return Row(
                    name: sample.name, state: sample.state, place: sample.place, block: sample.headBlock,
                    safeLag: row.lag(sample.safeBlock), finalLag: row.lag(sample.finalizedBlock),
                    residentBytes: sample.residentBytes, pendingTransactions: sample.pendingTransactions,
                    unpublishedBytes: sample.unpublishedBytes, transactionsPerSecond: row.transactions,
                    gasPerSecond: row.gas, batcherWei: row.balance("batcher"), proposerWei: row.balance("proposer"))
            }
        }
    }

    private struct Row {
        var sample: RollupSample
        /// A second; nil where it was not looked at before, or was started again meanwhile.
        var transactions, gas: Double?

        func lag(_ block: Int64?) -> Int64? {
            guard let head = sample.headBlock, let block else { return nil }
            return max(0, head - block)
        }

        func balance(_ role: String) -> String? { sample.accounts.first { $0.role == role }?.balanceWei }
    }

    private let rows: [Row]

    init(_ now: [RollupSample], since before: [RollupSample]) {
        let old = Dictionary(before.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        rows = now.map { sample in
            guard let old = old[sample.name] else { return Row(sample: sample) }
            let seconds = (sample.time ?? 0) - (old.time ?? 0)
            func rate(_ total: Int64?, _ oldTotal: Int64?) -> Double? {
                guard let total, let oldTotal, total >= oldTotal, seconds > 0.1 else { return nil }
                return Double(total - oldTotal) / seconds
            }
            return Row(
                sample: sample, transactions: rate(sample.transactionsTotal, old.transactionsTotal),
                gas: rate(sample.gasUsedTotal, old.gasUsedTotal))
        }
    }

    /// How many there are, in a sentence's part.
    var summary: String {
        let awake = rows.count { $0.sample.place == "awake" }
        let total = rows.compactMap(\.transactions).reduce(0, +)
        return "\(rows.count) rollups, \(awake) awake, \(Self.short(total)) transactions/s"
    }

    /// The table without colours.
    var text: String { lines(nil).joined(separator: "\n") }

    private static let titles = [
        "NAME", "STATE", "BLOCK", "TX/S", "GAS/S", "BEHIND SAFE", "FINAL", "BATCHER", "PROPOSER", "MEMORY",
    ]

    /// The table's lines, none wider than the screen.
    func lines(_ screen: Screen?) -> [String] {
        let cells = [Self.titles] + rows.map { Self.cells($0) }
        let widths = Self.titles.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.enumerated().map { index, row in
            var line = ""
            var room = screen?.columns ?? .max
            for (column, text) in row.enumerated() {
                let space = String(repeating: " ", count: widths[column] - text.count)
                // Words to the left, numbers to the right.
                let cell = (column < 2 ? text + space : space + text) + (column + 1 < row.count ? "  " : "")
                guard room > 0 else { break }
                let shown = String(cell.prefix(room))
                room -= shown.count
                let colour = index == 0 ? Screen.Colour.grey : column == 1 ? Self.colour(rows[index - 1]) : nil
                line += screen?.paint(shown, colour) ?? shown
            }
            return line
        }
    }

    private static func cells(_ row: Row) -> [String] {
        let sample = row.sample
        let state =
            ["active", "closing", "settling"].contains(sample.state) && sample.place != "awake"
            ? "\(sample.state), \(sample.place == "idle" ? "asleep" : sample.place)" : sample.state
        let whole = { (number: Int64?) in number.map { "\($0)" } ?? "-" }
        return [
            sample.name, state, whole(sample.headBlock), row.transactions.map(short) ?? "-", row.gas.map(short) ?? "-",
            whole(row.lag(sample.safeBlock)), whole(row.lag(sample.finalizedBlock)), ether(row.balance("batcher")),
            ether(row.balance("proposer")), sample.residentBytes.map { "\($0 >> 20) MiB" } ?? "-",
        ]
    }

    private static func colour(_ row: Row) -> Screen.Colour? {
        switch row.sample.state {
        case "active": row.sample.place == "awake" ? .green : .grey
        case "failed": .red
        case "dissolved": .grey
        default: .yellow
        }
    }

    /// Four decimals; what is less than that is not nothing.
    private static func ether(_ wei: String?) -> String {
        guard let wei, let amount = Wei.amount(wei, decimals: 0) else { return "-" }
        let text = Wei.ether(amount).split(separator: ".")
        let decimals = text.count > 1 ? String(text[1].prefix(4)) : ""
        return text[0] + (decimals.isEmpty ? "" : "." + decimals) + " ETH"
    }

    /// Three digits and a letter.
    static func short(_ number: Double) -> String {
        for (unit, letter) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where number >= unit {
            return String(format: number >= unit * 100 ? "%.0f" : "%.1f", number / unit) + letter
        }
        return String(format: number >= 10 || number == 0 ? "%.0f" : "%.1f", number)
    }
}
