import Foundation
import SQLStore
import Spans
import Synchronization

/// Why a job is not done yet, or will never be.
public enum JobFailure: Error, Equatable, Sendable {
    /// What it waits for is not there yet: whoever takes it up after this time looks again.
    case later(Duration)
    /// Somebody else has it now, or this process is to end: whoever takes it up goes on where it is.
    case lost
    /// It may go well the next time.
    case again(String)
    /// It will not, whoever tries.
    case forGood(String)

    init(_ error: SQLStoreError) {
        switch error {
        // A database that is asked by a task that is to end may say anything.
        case _ where Task.isCancelled: self = .lost
        case .conflict, .failed, .malformed: self = .forGood(error.message)
        case .unavailable: self = .again(error.message)
        }
    }
}

/// What does the work of jobs. All of it may be interrupted anywhere, and begun again by another process.
protocol JobWork: Sendable {
    func carryOut(_ job: Job, _ progress: JobProgress) async throws(JobFailure)

    /// The last words on a job that failed for good, in the transaction that says so.
    func giveUp(_ job: Job, _ reason: String, _ connection: any SQLConnection) throws(SQLStoreError)

    /// How often a job may fail in a row before it has failed for good; nil for any number of times.
    func patience(_ kind: Job.Kind) -> Int64?
}

/// What a job's work writes, as long as the job is its.
struct JobProgress: Sendable {
    let database: any SQLDatabase
    let lease: JobLease

    /// Writes in one transaction with the check that nobody else has taken the job up.
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(SQLStoreError) -> Result
    ) async throws(JobFailure) -> Result {
        let result: Result?
        do throws(SQLStoreError) {
            result = try await database.write { connection throws(SQLStoreError) in
                try JobTable(connection: connection).hold(lease) ? try body(connection) : nil
            }
        } catch { throw JobFailure(error) }
        guard let result else { throw .lost }
        return result
    }

    /// Notes what is being done, once.
    func step(_ text: String) async throws(JobFailure) {
        Span.current?.note(text)
        try await write { connection throws(SQLStoreError) in
            try JobTable(connection: connection).note(step: text, lease)
        }
    }
}

/// Carries out the jobs of a platform, some at a time, beside other processes that do the same.
public final class JobRunner: Sendable {
    struct Settings: Sendable {
        /// Jobs at a time.
        var capacity = 32
        /// Milliseconds for which a job is its holder's after each sign of life.
        var lease: Int64 = 5_000
        /// From one look for jobs to the next, where nobody says that there are any.
        var pause = Duration.milliseconds(500)
        /// After a first failure; each further one doubles it.
        var firstRest: Int64 = 1_000
        var longestRest: Int64 = 300_000
    }

    private let database: any SQLDatabase
    private let work: any JobWork
    private let settings: Settings
    private let report: @Sendable (String) -> Void
    private let holder = RandomText.hex(bytes: 8)
    private let calls: AsyncStream<Void>
    private let caller: AsyncStream<Void>.Continuation
    private let running = Mutex(0)

    init(
        _ database: any SQLDatabase, _ work: any JobWork, settings: Settings = Settings(),
        report: @escaping @Sendable (String) -> Void
    ) {
        self.database = database
        self.work = work
        self.settings = settings
        self.report = report
        (calls, caller) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// There may be a job.
    func call() { caller.yield() }

    /// Runs until it is cancelled; what it has then is left to others at once.
    func run() async {
        let ticker = Task { [caller, pause = settings.pause] in
            while !Task.isCancelled {
                caller.yield()
                try? await Task.sleep(for: pause)
            }
        }
        defer { ticker.cancel() }
        var hasFailed = false
        await withDiscardingTaskGroup { group in
            for await _ in calls {
                if Task.isCancelled { break }
                do throws(SQLStoreError) {
                    while running.withLock({ $0 }) < settings.capacity, let (job, lease) = try await claim() {
                        running.withLock { $0 += 1 }
                        group.addTask {
                            await self.perform(job, lease)
                            self.running.withLock { $0 -= 1 }
                            self.call()
                        }
                    }
                    hasFailed = false
                } catch {
                    if !hasFailed, !Task.isCancelled { report("jobs: \(error.message)") }
                    hasFailed = true
                }
            }
            group.cancelAll()
        }
    }

    private func claim() async throws(SQLStoreError) -> (job: Job, lease: JobLease)? {
        // Most looks find nothing, and reading holds nobody up.
        let isAny = try await database.read { connection throws(SQLStoreError) in
            try JobTable(connection: connection).openCount() > 0
        }
        guard isAny else { return nil }
        return try await database.write { [holder, length = settings.lease] connection throws(SQLStoreError) in
            try JobTable(connection: connection).claim(by: holder, length: length)
        }
    }

    private func perform(_ job: Job, _ lease: JobLease) async {
        let span = ProcessTracing.begin("job." + job.kind.rawValue)
        span?.set("mayfly.rollup", job.rollup)
        span?.set("mayfly.job", job.id)
        let result = await holding(lease) { () async -> Result<Void, JobFailure> in
            do throws(JobFailure) {
                return .success(
                    try await Span.within(span) { () async throws(JobFailure) in
                        try await self.work.carryOut(job, JobProgress(database: self.database, lease: lease))
                    })
            } catch {
                return .failure(error)
            }
        }
        span?.end(with: result)
        // What became of it is written even where this process is about to end.
        let isOver = Task { await self.conclude(job, lease, result) }
        await isOver.value
    }

    /// Runs `body`, and keeps the job meanwhile; cancels it where the job is somebody else's.
    private func holding(
        _ lease: JobLease, _ body: @escaping @Sendable () async -> Result<Void, JobFailure>
    ) async -> Result<Void, JobFailure> {
        await withTaskGroup(of: Result<Void, JobFailure>?.self) { group in
            group.addTask { await body() }
            group.addTask { [database, settings] in
                let clock = ContinuousClock()
                var heldAt = clock.now
                while !Task.isCancelled {
                    try? await Task.sleep(for: .milliseconds(settings.lease / 4))
                    let isHeld = try? await database.write { connection throws(SQLStoreError) in
                        try JobTable(connection: connection).hold(lease, for: settings.lease)
                    }
                    if isHeld == true { heldAt = clock.now }
                    if isHeld == false || clock.now - heldAt > .milliseconds(settings.lease) { break }
                }
                return nil
            }
            var result: Result<Void, JobFailure>?
            // A lost job's work ends before anything else is said of it.
            for await end in group {
                result = result ?? end
                group.cancelAll()
            }
            return result ?? .failure(.lost)
        }
    }

    private func conclude(_ job: Job, _ lease: JobLease, _ result: Result<Void, JobFailure>) async {
        let (settings, work, name) = (settings, work, "\(job.rollup): \(job.kind.rawValue)")
        do throws(JobFailure) {
            let progress = JobProgress(database: database, lease: lease)
            switch result {
            case .success: break
            case .failure(.later(let pause)):
                try await progress.write { connection throws(SQLStoreError) in
                    try JobTable(connection: connection).release(
                        lease, failure: nil, isWell: true, after: Int64(pause / .milliseconds(1)))
                }
            case .failure(.lost):
                try await progress.write { connection throws(SQLStoreError) in
                    try JobTable(connection: connection).release(lease, failure: nil, after: 0)
                }
            case .failure(.again(let reason)):
                let isGivenUp = try await progress.write { connection throws(SQLStoreError) -> Bool in
                    let jobs = JobTable(connection: connection)
                    let failures = try jobs.find(job.id)?.failures ?? 0
                    if let patience = work.patience(job.kind), failures + 1 >= patience {
                        try jobs.finish(lease, .failed, failure: reason)
                        try work.giveUp(job, reason, connection)
                        return true
                    }
                    let rest = min(settings.longestRest, settings.firstRest << min(20, failures))
                    try jobs.release(lease, failure: reason, after: rest)
                    return false
                }
                report("\(name) \(isGivenUp ? "has failed" : "is tried again"): \(reason)")
            case .failure(.forGood(let reason)):
                try await progress.write { connection throws(SQLStoreError) in
                    try JobTable(connection: connection).finish(lease, .failed, failure: reason)
                    try work.giveUp(job, reason, connection)
                }
                report("\(name) has failed: \(reason)")
            }
        } catch {
            // Its lease runs out, and it is taken up again.
            if error != .lost { report("\(name): \(error)") }
        }
    }
}

extension Span {
    /// One that is only to wait has not failed.
    fileprivate func end(with result: Result<Void, JobFailure>) {
        switch result {
        case .success, .failure(.later): break
        case .failure(.lost): fail("lost")
        case .failure(.again): fail("again")
        case .failure(.forGood): fail("failed")
        }
        end()
    }
}
