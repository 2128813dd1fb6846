import Primitives
import SQLStore
import Testing

@testable import Platform

private let limits = AlertRules.Limits(batcherBalance: 100, stall: 1_000, proposalInterval: 10)

private func isRaised(_ finding: AlertFinding?) -> Bool { if case .raised = finding { true } else { false } }

@Test func aBatcherWithoutMoneyRaisesAnAlert() {
    var rules = AlertRules(limits)
    #expect(isRaised(rules.look(.init(batcherBalance: 99), now: 0)[.batcherBalanceLow]))
    #expect(rules.look(.init(batcherBalance: 100), now: 0)[.batcherBalanceLow] == .fine)
    #expect(rules.look(.init(), now: 0)[.batcherBalanceLow] == .unknown)
}

@Test func aSafeHeadThatStandsStillRaisesAnAlertAfterAWhile() {
    var rules = AlertRules(limits)
    func look(_ head: UInt64?, _ safe: UInt64?, _ now: Int64) -> AlertFinding? {
        rules.look(.init(head: head, safe: safe), now: now)[.safeHeadStalled]
    }
    #expect(look(5, 5, 0) == .fine)
    #expect(look(6, 5, 500) == .unknown)
    #expect(look(7, 5, 1_400) == .unknown)
    #expect(isRaised(look(9, 5, 1_500)))
    // It has moved, and is behind as any.
    #expect(look(12, 8, 1_600) == .fine)
    #expect(look(12, 8, 2_500) == .unknown)
    // Asleep no time passes.
    #expect(look(nil, nil, 2_550) == .unknown)
    #expect(look(13, 8, 9_000) == .unknown)
    #expect(isRaised(look(14, 8, 10_000)))
    #expect(look(14, 14, 10_001) == .fine)
}

@Test func outputsThatAreNotProposedRaiseAnAlert() {
    var rules = AlertRules(limits)
    func look(_ safe: UInt64?, _ proposed: UInt64?) -> AlertFinding? {
        rules.look(.init(head: safe, safe: safe, proposed: proposed), now: 0)[.proposalMissing]
    }
    #expect(look(19, 0) == .fine)
    #expect(isRaised(look(20, 0)))
    #expect(look(39, 20) == .fine)
    #expect(isRaised(look(40, 20)))
    #expect(look(nil, 20) == .unknown)
    #expect(look(20, nil) == .unknown)
}

@Test(arguments: StoreKind.here) func anAlertIsToldOnceWhenItBeginsAndOnceWhenItEnds(kind: StoreKind) async throws {
    try await withRecords(kind, rollups: ["arcade", "other"]) { database in
        func note(_ findings: [Alert.Kind: AlertFinding], _ name: String?) async throws {
            try await database.write { connection throws(SQLStoreError) in
                let rollup = try name.flatMap { name throws(SQLStoreError) in
                    try RollupTable(connection: connection).find(name)
                }
                try AlertTable(connection: connection).note(findings, of: rollup, home: "home")
            }
        }
        func open(_ organisation: String) async throws -> [Alert] {
            try await database.read { connection throws(SQLStoreError) in
                try AlertTable(connection: connection).list(of: organisation, isOpen: true, limit: 10)
            }
        }
        for _ in 0..<3 { try await note([.batcherBalanceLow: .raised("poor"), .safeHeadStalled: .fine], "arcade") }
        try await note([.diskFilling: .raised("full")], nil)
        #expect(try await open("one").map(\.rollup) == ["arcade"])
        #expect(try await open("home").map(\.kind) == [.diskFilling])
        try await note([.batcherBalanceLow: .unknown], "arcade")
        #expect(try await open("one").count == 1)
        for _ in 0..<2 { try await note([.batcherBalanceLow: .fine], "arcade") }
        #expect(try await open("one").isEmpty)
        let kinds = try await database.read { connection throws(SQLStoreError) in
            try EventTable(connection: connection).list(of: "one", after: 0, limit: 10)
        }.map(\.kind)
        #expect(kinds == ["alert.raised", "alert.resolved"])
        // What lives no more has no alerts.
        try await note([.safeHeadStalled: .raised("slow")], "other")
        try await database.write { connection throws(SQLStoreError) in
            try AlertTable(connection: connection).resolveOfOthers(than: [])
        }
        #expect(try await open("one").isEmpty)
        #expect(try await open("home").count == 1)
        let last = try await database.read { connection throws(SQLStoreError) in
            try EventTable(connection: connection).list(of: "one", after: 0, limit: 10).last
        }
        #expect(last?.kind == "alert.resolved" && last?.rollup == "other")
    }
}
