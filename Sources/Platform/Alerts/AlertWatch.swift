import EthereumClient
import Foundation
import Layers
import Primitives
import SQLStore
import Settlement

/// Looks after all rollups that live, and after what they stand on, and raises alerts.
struct AlertWatch: Sendable {
    /// How long L1 may not answer.
    private static let l1Patience: Int64 = 30_000
    /// Shares of the disk that should be free, and bytes that suffice however large it is.
    private static let freeShare = 0.1
    private static let freeBytes: UInt64 = 20 << 30

    let database: any SQLDatabase
    let settings: PlatformSettings
    let figures: RollupFigures
    let report: @Sendable (String) -> Void
    private let holder = RandomText.hex(bytes: 8)

    init(
        database: any SQLDatabase, settings: PlatformSettings, figures: RollupFigures,
        report: @escaping @Sendable (String) -> Void
    ) {
        (self.database, self.settings, self.figures, self.report) = (database, settings, figures, report)
    }

    /// Runs until it is cancelled.
    func run() async {
        var rules: [String: AlertRules] = [:]
        var l1SilentSince: Int64?
        var hasFailed = false
        while !Task.isCancelled {
            do throws(SQLStoreError) {
                guard try await isOurTurn() else {
                    // Another platform looks; what was seen here before is old when it does no more.
                    rules = [:]
                    l1SilentSince = nil
                    try? await Task.sleep(for: settings.alertInterval)
                    continue
                }
                let rollups = try await database.read { connection throws(SQLStoreError) in
                    try RollupTable(connection: connection).living()
                }
                try await lookAtPlatform(&l1SilentSince)
                rules = rules.filter { name, _ in rollups.contains { $0.name == name } }
                for rollup in rollups where !Task.isCancelled {
                    var known = rules[rollup.name] ?? AlertRules(limits(rollup))
                    let findings = known.look(await sight(rollup, isL1There: l1SilentSince == nil), now: Self.now)
                    rules[rollup.name] = known
                    try await note(findings, of: rollup)
                }
                try await database.write { connection throws(SQLStoreError) in
                    try AlertTable(connection: connection).resolveOfOthers(than: rollups)
                }
                hasFailed = false
            } catch {
                if !hasFailed, !Task.isCancelled { report("alerts are not looked for: \(error.message)") }
                hasFailed = true
            }
            try? await Task.sleep(for: settings.alertInterval)
        }
    }

    /// Whether this process is the one that looks, of those that share the database: what they see may differ.
    private func isOurTurn() async throws(SQLStoreError) -> Bool {
        guard database.isShared else { return true }
        let length = 3 * Int64(settings.alertInterval / .milliseconds(1)) + 10_000
        return try await database.write { [holder] connection throws(SQLStoreError) in
            let now = try connection.now()
            return try connection.execute(
                """
                INSERT INTO account_turns (account, holder, held_until) VALUES ('alerts', $1, $2)
                ON CONFLICT (account) DO UPDATE SET holder = $1, held_until = $2
                WHERE account_turns.holder = $1 OR account_turns.held_until <= $3
                """,
                [.text(holder), .integer(now + length), .integer(now)]) == 1
        }
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

    private func note(_ findings: [Alert.Kind: AlertFinding], of rollup: RollupRecord?) async throws(SQLStoreError) {
        // Most looks find nothing new, and a read holds nobody up.
        let home = settings.home
        let open = try await database.read { connection throws(SQLStoreError) in
            try AlertTable(connection: connection).list(of: rollup?.organisation ?? home, isOpen: true, limit: 1_000)
        }
        let known = Set(open.filter { $0.rollup == rollup?.name }.map(\.kind))
        let isNews = findings.contains { kind, finding in
            switch finding {
            case .raised: !known.contains(kind)
            case .fine: known.contains(kind)
            case .unknown: false
            }
        }
        guard isNews else { return }
        for case (let kind, .raised(let text)) in findings where !known.contains(kind) {
            report("alert: \(rollup?.name ?? "the platform"): \(text)")
        }
        try await database.write { connection throws(SQLStoreError) in
            try AlertTable(connection: connection).note(findings, of: rollup, home: home)
        }
    }

    // MARK: The platform

    private func lookAtPlatform(_ silentSince: inout Int64?) async throws(SQLStoreError) {
        var findings: [Alert.Kind: AlertFinding] = [:]
        do throws(EthereumClientError) {
            _ = try await settings.l1.header(.latest)
            silentSince = nil
            findings[.l1Unreachable] = .fine
        } catch {
            let since = silentSince ?? Self.now
            silentSince = since
            let isLong = Self.now - since >= Self.l1Patience
            findings[.l1Unreachable] = isLong ? .raised("L1 does not answer: \(error.message)") : .unknown
        }
        findings[.diskFilling] = disk()
        try await note(findings, of: nil)
    }

    private func disk() -> AlertFinding {
        var figures = statvfs()
        guard statvfs(settings.directory, &figures) == 0, figures.f_blocks > 0 else { return .unknown }
        let free = UInt64(figures.f_bavail) * UInt64(figures.f_frsize)
        let share = Double(figures.f_bavail) / Double(figures.f_blocks)
        if free >= Self.freeBytes || share >= Self.freeShare { return .fine }
        return .raised(
            "the disk of \(settings.directory) has \(free >> 20) MiB left, \(Int(share * 100)) percent: rollups stop when it is full"
        )
    }

    // MARK: A rollup

    private func limits(_ rollup: RollupRecord) -> AlertRules.Limits {
        let manifest = try? RollupManifest(document: rollup.document, l1ChainID: settings.l1ChainID)
        return AlertRules.Limits(
            batcherBalance: settings.purse / 10, stall: settings.stallTime,
            proposalInterval: settings.proposalInterval(blockTime: manifest?.blockTime ?? 1))
    }

    private func sight(_ rollup: RollupRecord, isL1There: Bool) async -> AlertRules.Sight {
        var sight = AlertRules.Sight()
        guard let known = figures.figures(of: rollup.name) else { return sight }
        sight.head = known.node["mayfly_head_block"].flatMap { UInt64(exactly: $0) }
        sight.safe = known.node["mayfly_safe_block"].flatMap { UInt64(exactly: $0) }
        sight.batcherBalance = known.accounts.first { $0.role == RoleKey.Role.batcher.rawValue }?.balance
        guard isL1There else { return sight }
        if sight.safe != nil,
            let factory = rollup.details.addresses["DisputeGameFactoryProxy"].flatMap({ try? Address(hex: $0) })
        {
            let games = try? await OutputGames(client: settings.l1, factory: factory).newest(limit: 1) { _ in true }
            sight.proposed = games.map { $0.first?.blockNumber ?? 0 }
        }
        return sight
    }
}
