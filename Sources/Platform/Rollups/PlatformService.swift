import Cryptography
public import EthereumClient
import Foundation
import Layers
public import Primitives
public import SQLStore
import Settlement

/// Everything that people and programs ask of a platform, for whoever asks it: REST, dashboard.
public final class PlatformService: Sendable {
    let database: any SQLDatabase
    let settings: PlatformSettings
    let fleet: any Fleet
    let runner: JobRunner
    let meters = PlatformMeters()
    /// What rollups' processes measure.
    public let figures: RollupFigures
    let nonces: SignInNonce
    /// In every form of the dashboard: pages of others cannot know it, and all platforms of these records do.
    public let formToken: String
    private let watch: LifeWatch
    private let alerts: AlertWatch
    private let webhooks: WebhookSender
    private let report: @Sendable (String) -> Void
    /// Of rollups, for people; without a slash at the end.
    private let publicURL: String

    /// Opens a platform's records.
    ///
    /// - Parameters:
    ///   - publicURL: where a rollup NAME is served for others, at `/NAME`.
    ///   - report: is told what happens, for people.
    public init(
        _ settings: PlatformSettings, database: any SQLDatabase, fleet: any Fleet, publicURL: String,
        report: @escaping @Sendable (String) -> Void
    ) async throws(SQLStoreError) {
        try await database.migrate(PlatformSchema.migrations)
        let secret = try await database.write { connection throws(SQLStoreError) in
            try PeopleTable(connection: connection).secret("site")
        }
        nonces = SignInNonce(secret: secret)
        formToken = String("\(Keccak256.hash(Array("form \(secret)".utf8)))".dropFirst(2).prefix(32))
        self.database = database
        self.settings = settings
        self.fleet = fleet
        self.publicURL = publicURL
        self.report = report
        runner = JobRunner(database, RollupWork(settings: settings, fleet: fleet), report: report)
        figures = RollupFigures(database: database, fleet: fleet, l1: settings.l1)
        watch = LifeWatch(database: database, settings: settings, runner: runner, report: report)
        alerts = AlertWatch(
            database: database, settings: settings, figures: figures, report: report)
        webhooks = WebhookSender(database: database, allowsPrivate: settings.allowsPrivateWebhooks, report: report)
    }

    /// Does what has to be done, until it is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.runner.run() }
            group.addTask { await self.watch.run() }
            group.addTask { await self.alerts.run() }
            group.addTask { await self.webhooks.run() }
            group.addTask { await self.figures.run() }
            group.addTask {
                await RecordKeeper(
                    database: self.database, retention: self.settings.retention, report: self.report
                ).run()
            }
            group.addTask { await self.fleet.keep({ await self.fleetRecords() }, report: self.report) }
        }
    }

    private func fleetRecords() async -> FleetRecords? {
        let states = try? await database.read { connection throws(SQLStoreError) in
            try RollupTable(connection: connection).states()
        }
        return states.map { states in
            FleetRecords(
                living: Set(states.filter { [.active, .closing, .settling].contains($0.value) }.keys),
                known: Set(states.filter { $0.value != .dissolved }.keys))
        }
    }

    // MARK: Rollups

    /// Takes an order: a rollup's record and the job that launches it.
    ///
    /// - Parameter idempotencyKey: the same order under the same key is taken once.
    /// - Returns: whether it was taken now.
    public func launch(
        _ order: LaunchOrder, by caller: Caller, idempotencyKey: String? = nil
    ) async throws(PlatformProblem) -> (rollup: RollupRecord, isNew: Bool) {
        try check(caller, .operator_)
        guard settings.mayLaunch(caller.organisation) else {
            throw PlatformProblem(
                403, "not-admitted",
                "this platform launches for the organisations that its operator has made: ask to be made a member of one"
            )
        }
        let (manifest, template) = try order.manifest(
            l1ChainID: settings.l1ChainID, launcher: settings.signer.address, isDevelopment: settings.isDevelopment)
        do throws(SettlementError) { try Launch.check(manifest, l1ChainID: settings.l1ChainID) } catch {
            throw PlatformProblem(422, "not-offered", error.message)
        }
        if manifest.dataAvailability == .altDA {
            throw PlatformProblem(
                422, "not-offered", "this platform has no data server: choose blobs or calldata",
                field: "dataAvailability")
        }
        let hash = "\(Keccak256.hash(Array(JSONText.write(order).utf8)))"
        let job = RandomText.hex(bytes: 8)
        let outcome = try await write {
            connection throws(SQLStoreError) -> Result<(RollupRecord, Bool), PlatformProblem> in
            let rollups = RollupTable(connection: connection)
            let requests = RequestTable(connection: connection)
            if let key = idempotencyKey, let old = try requests.find(key, of: caller.organisation) {
                guard old.requestHash == hash else {
                    return .failure(
                        PlatformProblem(422, "idempotency-key-reused", "this Idempotency-Key came with another request")
                    )
                }
                guard let rollup = try rollups.find(old.subject, of: caller.organisation) else {
                    return .failure(.noRollup(old.subject))
                }
                return .success((rollup, false))
            }
            if try rollups.find(manifest.name) != nil {
                return .failure(
                    PlatformProblem(
                        409, "name-taken", "there is a rollup \(manifest.name): choose another name", field: "name"))
            }
            let now = try connection.now()
            let rollup = RollupRecord(
                name: manifest.name, organisation: caller.organisation, state: .launching, template: template,
                document: manifest.document, chainID: manifest.chainID, createdAt: now, updatedAt: now,
                details: RollupDetails())
            try rollups.insert(rollup)
            try JobTable(connection: connection).insert(.launch, for: rollup.name, id: job)
            try EventTable(connection: connection).add("launch.ordered", "launch ordered", to: rollup)
            try AccessTable(connection: connection).audit(caller, "rollup.launch", rollup.name)
            if let key = idempotencyKey {
                try requests.insert(key, of: caller.organisation, requestHash: hash, subject: rollup.name)
            }
            return .success((rollup, true))
        }
        let (rollup, isNew) = try outcome.get()
        runner.call()
        return (rollup, isNew)
    }

    public func rollup(_ name: String, for caller: Caller) async throws(PlatformProblem) -> RollupRecord {
        let found = try await read { connection throws(SQLStoreError) in
            try RollupTable(connection: connection).find(name, of: caller.organisation)
        }
        guard let found else { throw .noRollup(name) }
        return found
    }

    public func rollups(
        for caller: Caller, after name: String = "", state: RollupRecord.State? = nil, limit: Int = 100
    ) async throws(PlatformProblem) -> [RollupRecord] {
        try await read { connection throws(SQLStoreError) in
            try RollupTable(connection: connection).list(
                of: caller.organisation, after: name, state: state, limit: limit)
        }
    }

    /// Orders a rollup's end, or what remains to be done of it.
    public func dissolve(_ name: String, by caller: Caller) async throws(PlatformProblem) -> RollupRecord {
        try check(caller, .operator_)
        let rollup = try await rollup(name, for: caller)
        let job = RandomText.hex(bytes: 8)
        switch rollup.state {
        case .dissolved: return rollup
        case .launching:
            throw PlatformProblem(
                409, "not-launched", "\(name) is being launched: it can be dissolved when it is there")
        case .failed:
            throw PlatformProblem(409, "not-launched", "the launch of \(name) has failed: there is nothing to dissolve")
        case .active, .closing, .settling: break
        }
        if rollup.details.expiresAt == nil {
            throw PlatformProblem(409, "permanent", "\(name) is permanent: nobody can ever close it")
        }
        let obstacle = try await write { connection throws(SQLStoreError) -> Job.Kind? in
            let jobs = JobTable(connection: connection)
            if let open = try jobs.newest(of: name), open.state == .open { return open.kind }
            try jobs.insert(.dissolve, for: name, id: job)
            try EventTable(connection: connection).add("dissolve.ordered", "dissolution ordered", to: rollup)
            try AccessTable(connection: connection).audit(caller, "rollup.dissolve", name)
            return nil
        }
        switch obstacle {
        case .launch:
            throw PlatformProblem(
                409, "not-launched", "the launch of \(name) is not finished yet: try again in a moment")
        case .change: throw .busy(name)
        // It is being done.
        case .dissolve, .remove: break
        case nil: runner.call()
        }
        return try await self.rollup(name, for: caller)
    }

    /// Tries a launch again that has failed.
    public func retry(_ name: String, by caller: Caller) async throws(PlatformProblem) -> RollupRecord {
        try check(caller, .operator_)
        let rollup = try await rollup(name, for: caller)
        let job = RandomText.hex(bytes: 8)
        let isTaken = try await write { connection throws(SQLStoreError) -> Bool in
            let (rollups, jobs) = (RollupTable(connection: connection), JobTable(connection: connection))
            guard let last = try jobs.newest(of: name), last.kind == .launch, last.state == .failed,
                let now = try rollups.find(name)
            else { return false }
            // One that answers already goes on doing so.
            try rollups.update(name, now.state == .failed ? .launching : now.state)
            try jobs.insert(.launch, for: name, id: job, isAgain: true)
            try EventTable(connection: connection).add("launch.ordered", "launch tried again", to: rollup)
            try AccessTable(connection: connection).audit(caller, "rollup.retry", name)
            return true
        }
        if !isTaken {
            throw PlatformProblem(
                409, "not-failed", "the launch of \(name) has not failed: there is nothing to try again")
        }
        runner.call()
        return try await self.rollup(name, for: caller)
    }

    /// A job of one of the caller's rollups.
    public func job(_ id: String, for caller: Caller) async throws(PlatformProblem) -> (job: Job, rollup: RollupRecord)
    {
        let found = try await read { connection throws(SQLStoreError) -> (Job, RollupRecord)? in
            guard let job = try JobTable(connection: connection).find(id),
                let rollup = try RollupTable(connection: connection).find(job.rollup, of: caller.organisation)
            else { return nil }
            return (job, rollup)
        }
        guard let found else { throw PlatformProblem(404, "no-such-job", "there is no job \(id)") }
        return found
    }

    public func job(of name: String, for caller: Caller) async throws(PlatformProblem) -> Job? {
        _ = try await rollup(name, for: caller)
        return try await read { connection throws(SQLStoreError) in
            try JobTable(connection: connection).newest(of: name)
        }
    }

    /// What happened to a rollup, oldest first.
    ///
    /// - Parameter sequence: of the last event that is known already; nil for the newest ones.
    public func events(
        of name: String, for caller: Caller, after sequence: Int64?, limit: Int = 200
    ) async throws(PlatformProblem) -> [PlatformEvent] {
        let rollup = try await rollup(name, for: caller)
        return try await read { connection throws(SQLStoreError) in
            let events = EventTable(connection: connection)
            if let sequence { return try events.list(of: rollup, after: sequence, limit: limit) }
            return try events.newest(of: rollup, limit: limit)
        }
    }

    /// Has a rollup's processes run, as a request to it would.
    public func wake(_ name: String, by caller: Caller) async throws(PlatformProblem) -> RollupRecord {
        try check(caller, .operator_)
        let rollup = try await rollup(name, for: caller)
        guard [.active, .closing, .settling].contains(rollup.state) else {
            throw PlatformProblem(409, "not-running", "\(name) is \(rollup.state.rawValue): it has no processes")
        }
        do throws(EthereumClientError) { _ = try await fleet.chainID(of: name, patience: .seconds(30)) } catch {
            throw PlatformProblem(503, "no-answer", "\(name) does not answer yet: look at its logs")
        }
        return rollup
    }

    /// The chain that all rollups settle on.
    public var l1ChainID: UInt64 { settings.l1ChainID }

    /// Wei that a rollup's batcher and proposer are given at its launch, each.
    public var purse: UInt256 { settings.purse }

    /// What a rollup's processes do; asking wakes nobody.
    public func place(of name: String) async -> PlaceState { await fleet.state(of: name) }

    /// L1, which all pages ask through this platform.
    public var l1: EthereumClient { settings.l1 }

    /// The directory with the files of a rollup's launch and, after its end, its archive.
    public func directory(of name: String) -> String { fleet.directory(of: name) }

    /// Where this platform itself reaches a rollup's node; asking there wakes it.
    public func endpoint(of name: String) -> String { fleet.endpoint(of: name) }

    /// Where a rollup is served.
    public func urls(of name: String) -> (http: String, webSocket: String) {
        let http = "\(publicURL)/\(name)"
        return (http, http.replacing("http", with: "ws", maxReplacements: 1))
    }

    // MARK: The records

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(SQLStoreError) -> Result
    ) async throws(PlatformProblem) -> Result {
        let start = ContinuousClock.now
        defer { meters.database("read", ContinuousClock.now - start) }
        do throws(SQLStoreError) { return try await database.read(body) } catch { throw PlatformProblem(error) }
    }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(SQLStoreError) -> Result
    ) async throws(PlatformProblem) -> Result {
        let start = ContinuousClock.now
        defer { meters.database("write", ContinuousClock.now - start) }
        do throws(SQLStoreError) { return try await database.write(body) } catch { throw PlatformProblem(error) }
    }
}
