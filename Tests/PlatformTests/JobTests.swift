import Foundation
import Primitives
import SQLStore
import Settlement
import Synchronization
import Testing

@testable import Platform

/// A platform's tables in a database that is gone with the test, with one organisation and so many rollups in it.
func withRecords(
    _ kind: StoreKind = .sqlite, rollups names: [String] = ["arcade"], _ body: (any SQLDatabase) async throws -> Void
) async throws {
    try await kind.withDatabase { database, _ in
        try await database.migrate(PlatformSchema.migrations)
        try await database.write { connection throws(SQLStoreError) in
            try AccessTable(connection: connection).makeOrganisation("one", name: "One")
            for name in names {
                try RollupTable(connection: connection).insert(
                    RollupRecord(
                        name: name, organisation: "one", state: .launching, template: "blank", document: "{}",
                        chainID: 7, createdAt: 0, updatedAt: 0, details: RollupDetails()))
            }
        }
        try await body(database)
    }
}

/// Work that only counts, and fails as it is told.
private final class CountedWork: JobWork {
    let begun = Mutex<[String: Int]>([:])
    let done = Mutex<[String: Int]>([:])
    let givenUp = Mutex<[String]>([])
    let behaviour: @Sendable (Job, Int) async throws(JobFailure) -> Void

    init(_ behaviour: @escaping @Sendable (Job, Int) async throws(JobFailure) -> Void) { self.behaviour = behaviour }

    func patience(_ kind: Job.Kind) -> Int64? { 3 }

    func carryOut(_ job: Job, _ progress: JobProgress) async throws(JobFailure) {
        let count = begun.withLock { begun in
            begun[job.rollup, default: 0] += 1
            return begun[job.rollup] ?? 0
        }
        try await behaviour(job, count)
        try await progress.write { connection throws(SQLStoreError) in
            try JobTable(connection: connection).finish(progress.lease, .done)
        }
        done.withLock { $0[job.rollup, default: 0] += 1 }
    }

    func giveUp(_ job: Job, _ reason: String, _ connection: any SQLConnection) throws(SQLStoreError) {
        givenUp.withLock { $0.append(reason) }
    }
}

private func order(_ names: [String], in database: any SQLDatabase) async throws {
    try await database.write { connection throws(SQLStoreError) in
        for name in names { try JobTable(connection: connection).insert(.launch, for: name, id: "job of \(name)") }
    }
}

private func jobs(_ database: any SQLDatabase, _ names: [String]) async throws -> [Job] {
    try await database.read { connection throws(SQLStoreError) in
        var found: [Job] = []
        for name in names { if let job = try JobTable(connection: connection).newest(of: name) { found.append(job) } }
        return found
    }
}

private func eventually(_ condition: () async throws -> Bool) async throws {
    for _ in 0..<3_000 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("it did not come to be within 30 s")
}

private let quick = JobRunner.Settings(
    capacity: 4, lease: 10_000, pause: .milliseconds(20), firstRest: 20, longestRest: 80)

@Test(arguments: StoreKind.here) func aRollupHasOneOpenJob(kind: StoreKind) async throws {
    try await withRecords(kind) { database in
        try await order(["arcade"], in: database)
        let error = await #expect(throws: SQLStoreError.self) {
            try await database.write { connection throws(SQLStoreError) in
                try JobTable(connection: connection).insert(.dissolve, for: "arcade", id: "another")
            }
        }
        guard case .conflict = error else {
            Issue.record("\(String(describing: error)) is no conflict")
            return
        }
    }
}

@Test(arguments: StoreKind.here) func aJobIsOneHoldersAndWhatItsFormerHolderWritesIsRefused(kind: StoreKind)
    async throws
{
    try await withRecords(kind) { database in
        try await order(["arcade"], in: database)
        let claim = { (holder: String, length: Int64) in
            try await database.write { connection throws(SQLStoreError) in
                try JobTable(connection: connection).claim(by: holder, length: length)
            }
        }
        let first = try #require(try await claim("a", 60_000))
        #expect(try await claim("b", 60_000) == nil)
        // Its time is over.
        let isHeld = try await database.write { connection throws(SQLStoreError) in
            try JobTable(connection: connection).hold(first.lease, for: 0)
        }
        #expect(isHeld)
        let second = try #require(try await claim("b", 60_000))
        #expect(second.lease.fence == first.lease.fence + 1)
        let progress = JobProgress(database: database, lease: first.lease)
        await #expect(throws: JobFailure.lost) { try await progress.step("too late") }
        try await JobProgress(database: database, lease: second.lease).step("in time")
        #expect(try await jobs(database, ["arcade"]).map(\.step) == ["in time"])
        #expect(try await jobs(database, ["arcade"]).map(\.claims) == [2])
    }
}

@Test(arguments: StoreKind.here) func eachJobIsDoneOnceBySeveralRunners(kind: StoreKind) async throws {
    let names = (0..<40).map { "rollup\($0)" }
    try await withRecords(kind, rollups: names) { database in
        let work = CountedWork { _, _ in try? await Task.sleep(for: .milliseconds(5)) }
        try await order(names, in: database)
        let runners = (0..<3).map { _ in JobRunner(database, work, settings: quick, report: { _ in }) }
        let running = runners.map { runner in Task { await runner.run() } }
        try await eventually { try await jobs(database, names).allSatisfy { $0.state == .done } }
        for task in running { task.cancel() }
        for task in running { await task.value }
        #expect(work.done.withLock { $0 } == Dictionary(uniqueKeysWithValues: names.map { ($0, 1) }))
    }
}

@Test(arguments: StoreKind.here) func whatFailsIsTriedAgainAndGivenUpInTheEnd(kind: StoreKind) async throws {
    try await withRecords(kind, rollups: ["second", "never", "wrong"]) { database in
        let work = CountedWork { (job, count) throws(JobFailure) in
            switch job.rollup {
            case "second": if count == 1 { throw .again("not yet") }
            case "never": throw .again("not this time")
            default: throw .forGood("it breaks a rule")
            }
        }
        let names = ["second", "never", "wrong"]
        try await order(names, in: database)
        let runner = JobRunner(database, work, settings: quick, report: { _ in })
        let running = Task { await runner.run() }
        try await eventually { try await jobs(database, names).allSatisfy { $0.state != .open } }
        running.cancel()
        await running.value
        let ended = try await jobs(database, names)
        #expect(ended.map(\.state) == [.done, .failed, .failed])
        #expect(ended.map(\.failure) == [nil, "not this time", "it breaks a rule"])
        #expect(work.begun.withLock { $0 } == ["second": 2, "never": 3, "wrong": 1])
        #expect(work.givenUp.withLock { Set($0) } == ["not this time", "it breaks a rule"])
    }
}

@Test(arguments: StoreKind.here) func whatIsLeftForLaterIsNoFailure(kind: StoreKind) async throws {
    try await withRecords(kind) { database in
        let work = CountedWork { (_, count) throws(JobFailure) in
            if count < 10 { throw .later(.milliseconds(1)) }
        }
        try await order(["arcade"], in: database)
        let runner = JobRunner(database, work, settings: quick, report: { Issue.record("\($0)") })
        let running = Task { await runner.run() }
        try await eventually { try await jobs(database, ["arcade"])[0].state == .done }
        running.cancel()
        await running.value
        #expect(try await jobs(database, ["arcade"]).map(\.failures) == [0])
        #expect(work.begun.withLock { $0 } == ["arcade": 10])
    }
}

@Test(arguments: StoreKind.here) func aRunnerThatEndsLeavesItsJobsToOthersAtOnce(kind: StoreKind) async throws {
    try await withRecords(kind) { database in
        let isFirst = Mutex(true)
        let work = CountedWork { (_, _) throws(JobFailure) in
            guard
                isFirst.withLock({ first in
                    defer { first = false }; return first
                })
            else { return }
            try? await Task.sleep(for: .seconds(60))
            throw .lost
        }
        try await order(["arcade"], in: database)
        let first = JobRunner(database, work, settings: JobRunner.Settings(lease: 60_000), report: { _ in })
        let running = Task { await first.run() }
        try await eventually { work.begun.withLock { $0["arcade"] == 1 } }
        running.cancel()
        await running.value
        let second = JobRunner(database, work, settings: JobRunner.Settings(lease: 60_000), report: { _ in })
        let again = Task { await second.run() }
        try await eventually { try await jobs(database, ["arcade"])[0].state == .done }
        again.cancel()
        await again.value
        #expect(work.done.withLock { $0 } == ["arcade": 1])
    }
}

/// A job that was ordered and taken up, as its holder sees it.
private func take(_ database: any SQLDatabase, by holder: String, length: Int64 = 60_000) async throws -> JobProgress {
    let found = try await database.write { connection throws(SQLStoreError) in
        try JobTable(connection: connection).claim(by: holder, length: length)
    }
    return JobProgress(database: database, lease: try #require(found).lease)
}

@Test(arguments: StoreKind.here) func whoLostItsJobSendsNothingMore(kind: StoreKind) async throws {
    try await withRecords(kind) { database in
        try await order(["arcade"], in: database)
        let first = AccountTurns(Address(), Turns(), try await take(database, by: "first", length: 0))
        try await first.take()
        try await first.confirm()
        let second = AccountTurns(Address(), Turns(), try await take(database, by: "second"))
        await #expect(throws: SettlementError.early("the job is another process's now")) { try await first.confirm() }
        await first.leave()
        try await second.take()
        try await second.confirm()
        await second.leave()
    }
}

/// Counts those who are in it.
private actor Room {
    private var now = 0
    private(set) var (most, visits) = (0, 0)

    func enter() {
        now += 1
        visits += 1
        most = max(most, now)
    }

    func leave() { now -= 1 }
}

@Test(.enabled(if: StoreKind.here.contains(.postgreSQL))) func processesTakeTurnsToSendFromAnAccount() async throws {
    try await withRecords(.postgreSQL, rollups: ["a", "b"]) { database in
        try await order(["a", "b"], in: database)
        let others = [try await take(database, by: "first"), try await take(database, by: "second")]
        let room = Room()
        await withTaskGroup(of: Void.self) { group in
            for progress in others {
                let here = Turns()
                for _ in 0..<8 {
                    let turns = AccountTurns(Address(), here, progress)
                    group.addTask {
                        do {
                            try await turns.take()
                            await room.enter()
                            try await turns.confirm()
                            await room.leave()
                            await turns.leave()
                        } catch { Issue.record(error) }
                    }
                }
            }
        }
        #expect(await room.most == 1)
        #expect(await room.visits == 16)
    }
}
