import Foundation
import Synchronization

extension SwarmFleet {
    /// From one look at the tasks to the next, and how many of them there are from one look at the services to the next.
    private static let pause = Duration.milliseconds(500)
    private static let rounds = 10

    public func keep(
        _ records: @escaping @Sendable () async -> FleetRecords?, report: @escaping @Sendable (String) -> Void
    ) async {
        var (trouble, round): (String?, Int) = (nil, 0)
        while !Task.isCancelled {
            do throws(FleetError) {
                for (name, failure) in try await look() { tellOnce("the task of \(name): \(failure)", report) }
                if round == 0, let records = await records() { try await tidy(records, report) }
                if trouble != nil { report("swarm: all is well again") }
                trouble = nil
            } catch {
                if trouble != error.message, !Task.isCancelled { report("swarm: \(error.message)") }
                trouble = error.message
            }
            round = (round + 1) % Self.rounds
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// Finds out where rollups are served, and tells the gateway.
    ///
    /// - Returns: why the newest task of a rollup does not run.
    @discardableResult
    func look() async throws(FleetError) -> [String: String] {
        let services = try await services()
        if services.isEmpty { return [:] }
        let query = DockerEngine.filters(["service": .strings(services.map(\.id))])
        let tasks = try await engine.get([SwarmAnswer.Task].self, "/tasks" + query)
        let nodes = try await engine.get([SwarmAnswer.Node].self, "/nodes")
        let addresses = Dictionary(nodes.map { ($0.id, $0.host) }) { first, _ in first }
        let byService = Dictionary(grouping: tasks) { $0.service ?? "" }
        var failures: [String: String] = [:]
        for service in services {
            guard let name = service.rollup, let port = service.port else { continue }
            let tasks = byService[service.id] ?? []
            let serving = tasks.first { $0.mayServe }
            let host = serving.flatMap { $0.node.flatMap { addresses[$0] ?? nil } }
            try note(host.map { PlaceFile.Address(host: $0, port: port) }, of: name)
            // One that is on its way has no error.
            let wanted = tasks.first { $0.isWanted }
            if serving == nil, let error = (wanted ?? tasks.first { $0.hasFailed })?.status.error, !error.isEmpty {
                failures[name] = error
            }
        }
        return failures
    }

    private func note(_ address: PlaceFile.Address?, of name: String) throws(FleetError) {
        guard state.withLock({ $0.places[name] }) != .some(address) else { return }
        let directory = local.rollups + "/" + name
        guard FileManager.default.fileExists(atPath: directory) else { return }
        try PlaceFile.write(address, in: directory)
        state.withLock { $0.places[name] = .some(address) }
    }

    private func tellOnce(_ text: String, _ report: (String) -> Void) {
        let isNew = state.withLock { state in
            if state.tellsNothingOf.count > 1_000 { state.tellsNothingOf = [] }
            return state.tellsNothingOf.insert(text).inserted
        }
        if isNew { report(text) }
    }

    /// Makes what there is what the records say: adopts, mends, updates one service at a time, and removes what has no record.
    private func tidy(_ records: FleetRecords, _ report: (String) -> Void) async throws(FleetError) {
        let services = try await services()
        let adopted = services.compactMap(\.rollup).filter { records.known.contains($0) }.sorted()
        if !adopted.isEmpty {
            tellOnce(
                "swarm: \(adopted.count) rollups are kept running: \(adopted.prefix(20).joined(separator: ", "))",
                report)
        }
        let settled = state.withLock { $0.retiring }.union(services.compactMap(\.rollup))
        for name in records.living.subtracting(settled).sorted()
        where local.isToRun(name) {
            report("swarm: \(name) has no service: it is made anew")
            try TaskOwner.own.take(local.directory(of: name))
            try await put(name, among: services)
        }
        for service in services {
            guard let name = service.rollup, records.living.contains(name), local.isToRun(name) else { continue }
            if try await put(name, among: services) {
                report("swarm: the service of \(name) is brought up to date")
                break
            }
        }
        try await removeOrphans(services.filter { !records.known.contains($0.rollup ?? "") }, report)
    }

    private func removeOrphans(
        _ orphans: [SwarmAnswer.Service], _ report: (String) -> Void
    ) async throws(FleetError) {
        let now = ContinuousClock.now
        let (new, due) = state.withLock { state -> ([SwarmAnswer.Service], [SwarmAnswer.Service]) in
            let new = orphans.filter { state.orphans[$0.id] == nil }
            let ids = Set(orphans.map(\.id))
            state.orphans = state.orphans.filter { ids.contains($0.key) }
            for service in new { state.orphans[service.id] = now }
            return (new, orphans.filter { now - (state.orphans[$0.id] ?? now) >= settings.orphanGrace })
        }
        for service in new {
            report(
                "swarm: the service \(service.name) has no record here: it is removed in \(settings.orphanGrace)")
        }
        for service in due {
            try await remove(service)
            report("swarm: the service \(service.name), which had no record, is removed")
        }
    }
}
