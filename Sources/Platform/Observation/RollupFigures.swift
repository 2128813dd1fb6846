import EthereumClient
import Foundation
public import Primitives
import SQLStore
import Settlement
import StateTransition
import Synchronization

/// What the processes of rollups measure, and what their accounts have: looked at now and then, so that asking costs nothing and
/// wakes nobody.
public final class RollupFigures: Sendable {
    /// Of one rollup.
    public struct Figures: Sendable {
        /// The node's `/metrics` by name and labels; empty while it sleeps.
        public var node: [String: Double] = [:]
        /// When that was asked, in milliseconds since the Unix epoch.
        public var time: Int64 = 0
        /// What it did before.
        public var history = LoadHistory()
        /// The accounts that act for it.
        public var accounts: [Account] = []
        /// Outputs of it that L1 has; nil where that was not asked yet.
        public var proposals: UInt64?
        /// When L1 was asked for these.
        var accountsTime: ContinuousClock.Instant?
    }

    /// An account that acts for a rollup, and what it has on L1.
    public struct Account: Sendable {
        public var role: String
        public var address: Address
        public var balance: UInt256
    }

    /// From one look to the next; longer where there are many rollups.
    private static let interval = Duration.seconds(2)
    private static let timeForEach = Duration.milliseconds(10)
    /// Rollups that are looked at.
    static let limit = 500
    /// How long what L1 says holds, and for how many rollups it is asked in one look.
    private static let balanceTime = Duration.seconds(30)
    private static let balanceCount = 10

    private let database: any SQLDatabase
    private let fleet: any Fleet
    private let l1: EthereumClient
    private let known = Mutex<[String: Figures]>([:])
    private let standing = Mutex<(block: UInt64, answered: Int64)>((0, 0))

    init(database: any SQLDatabase, fleet: any Fleet, l1: EthereumClient) {
        (self.database, self.fleet, self.l1) = (database, fleet, l1)
    }

    /// What is known of a rollup; nothing of one that is not on L1, or was never looked at.
    public func figures(of name: String) -> Figures? { known.withLock { $0[name] } }

    /// L1's newest block, and when it said so last, in seconds since the Unix epoch.
    var l1Standing: (block: UInt64, answered: Int64) { standing.withLock { $0 } }

    /// What is known of all.
    var all: [(name: String, figures: Figures)] {
        known.withLock { $0.map { ($0.key, $0.value) } }.sorted { $0.name < $1.name }
    }

    /// Looks until it is cancelled.
    func run() async {
        while !Task.isCancelled {
            await lookAtL1()
            let names = await look()
            try? await Task.sleep(for: max(Self.interval, Self.timeForEach * names))
        }
    }

    private func lookAtL1() async {
        guard let head = try? await l1.header(.latest) else { return }
        standing.withLock { $0 = (head.header.number, Int64(Date().timeIntervalSince1970)) }
    }

    /// - Returns: how many there are.
    private func look() async -> Int {
        let found = try? await database.read { connection throws(SQLStoreError) in
            let launching = try JobTable(connection: connection).rollups(with: .launch)
            return (try RollupTable(connection: connection).living(), launching)
        }
        // A database that does not answer says nothing about rollups.
        guard let (living, launching) = found else { return 0 }
        let rollups = living.prefix(Self.limit)
        let names = rollups.map(\.name)
        known.withLock { known in
            let gone = Set(known.keys).subtracting(names)
            for name in gone { known[name] = nil }
        }
        var asked = 0
        for (name, rollup) in zip(names, rollups) where !Task.isCancelled {
            let page = await fleet.figures(of: name)
            var figures = known.withLock { $0[name] } ?? Figures()
            figures.node = page.map { Self.read($0) } ?? [:]
            figures.time = Int64(Date().timeIntervalSince1970 * 1_000)
            figures.history.note(figures.node, at: figures.time)
            let isOld = figures.accountsTime.map { ContinuousClock.now - $0 > Self.balanceTime } ?? true
            // The accounts of one that answers already and is still being launched are empty, and about to be filled.
            if isOld, asked < Self.balanceCount, !launching.contains(name) {
                asked += 1
                figures.accountsTime = .now
                figures.accounts = await accounts(of: name) ?? figures.accounts
                figures.proposals = await proposals(of: rollup) ?? figures.proposals
            }
            let looked = figures
            known.withLock { $0[name] = looked }
        }
        return names.count
    }

    /// Nil where L1 does not say.
    private func accounts(of name: String) async -> [Account]? {
        var accounts: [Account] = []
        let directory = fleet.directory(of: name)
        for role in RoleKey.Role.allCases {
            guard let key = try? RoleKey.existing(role, in: directory) else { continue }
            guard let balance = try? await l1.balance(of: key.address) else { return nil }
            accounts.append(Account(role: role.rawValue, address: key.address, balance: balance))
        }
        return accounts
    }

    private func proposals(of rollup: RollupRecord) async -> UInt64? {
        guard let text = rollup.details.addresses["DisputeGameFactoryProxy"], let factory = try? Address(hex: text)
        else {
            return nil
        }
        return try? await l1.read(DisputeGameFactory.gameCount(), from: factory).clampedToUInt64
    }

    /// The figures of a page of metrics, by name and labels.
    static func read(_ page: String) -> [String: Double] {
        var figures: [String: Double] = [:]
        for line in page.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                continue
            }
            figures[String(line[..<space])] = value
        }
        return figures
    }
}
