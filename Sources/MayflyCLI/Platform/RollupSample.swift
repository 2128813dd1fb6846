import Foundation
import NIOHTTP1

/// What a platform says of one rollup at one moment.
struct RollupSample: Decodable, Sendable {
    struct Account: Decodable, Sendable {
        var role, balanceWei: String
    }

    var name, state, place: String
    var headBlock, headTime, safeBlock, safeTime, finalizedBlock, l1OriginBlock: Int64?
    var transactionsTotal, gasUsedTotal, pendingTransactions, unpublishedBytes, residentBytes, databaseBytes: Int64?
    var accounts: [Account]
    /// When the platform looked at the node; nil while that sleeps.
    var measuredAt: String?

    /// Seconds since the Unix epoch.
    var time: Double? {
        measuredAt.flatMap { try? Date($0, strategy: Self.timeFormat) }?.timeIntervalSince1970
    }

    private static let timeFormat = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// What to compare with from now on: of each rollup the last sample that was measured at another time than the new one.
    static func base(_ base: [RollupSample], _ last: [RollupSample], for now: [RollupSample]) -> [RollupSample] {
        let times = Dictionary(now.map { ($0.name, $0.measuredAt) }, uniquingKeysWith: { $1 })
        let old = Dictionary(base.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        return last.compactMap { sample in
            guard let time = times[sample.name] else { return nil }
            return time == sample.measuredAt ? old[sample.name] ?? sample : sample
        }
    }

    /// Of all rollups, by name.
    static func all(_ client: PlatformClient) async throws -> [RollupSample] {
        struct Page: Decodable {
            struct Rollup: Decodable { var name: String }
            var rollups: [Rollup]
            var next: String?
        }
        var (samples, after): ([RollupSample], String?) = ([], "")
        while let start = after {
            let page = try client.decode(Page.self, try await client.ask(.GET, "/rollups?limit=100&after=\(start)"))
            // A few at a time: the platform has others to answer too.
            var names = page.rollups.map(\.name)[...]
            try await withThrowingTaskGroup(of: RollupSample?.self) { group in
                func add() {
                    guard let name = names.popFirst() else { return }
                    group.addTask { try await one(name, client) }
                }
                for _ in 0..<8 { add() }
                while let sample = try await group.next() {
                    if let sample { samples.append(sample) }
                    add()
                }
            }
            after = page.next
        }
        return samples.sorted { $0.name < $1.name }
    }

    /// Nil for one that was forgotten meanwhile.
    private static func one(_ name: String, _ client: PlatformClient) async throws -> RollupSample? {
        do {
            return try client.decode(RollupSample.self, try await client.ask(.GET, "/rollups/\(name)/metrics"))
        } catch let failure as CommandFailure {
            if failure.description.contains("there is no rollup") { return nil }
            throw failure
        }
    }
}
