import Foundation
import JSONRPC
import NIOCore
import NIOHTTP1
import Synchronization

/// Rollups in a Kubernetes cluster: each is a StatefulSet with one pod, which runs a gateway with that rollup alone, on a volume of
/// its own.
///
/// The launch's files go to the pod as a Secret, and the pod copies them to its volume. The gateway in front has to be in the
/// cluster, or reach its pods: it finds them by the names of their services.
public final class KubernetesFleet: Fleet {
    private let local: LocalFleet
    private let api: KubernetesAPI
    private let settings: KubernetesSettings
    private let platform: String
    private let state = Mutex(State())

    private struct State {
        /// Whether each rollup's pod serves.
        var isReady: [String: Bool] = [:]
        var retiring: Set<String> = []
        var orphans: [String: ContinuousClock.Instant] = [:]
    }

    private struct Sets: Decodable {
        struct Item: Decodable {
            struct Metadata: Decodable { var labels: [String: String]? }
            struct Status: Decodable { var readyReplicas: Int? }
            var metadata: Metadata
            var status: Status?
        }
        var items: [Item]
    }

    private static let startTime = Duration.seconds(180)
    private static let pause = Duration.seconds(1)
    private static let rounds = 5
    /// Of a launch's directory, what its processes need.
    private static let files = [
        "rollup.json", "genesis.json", "gateway.json", "l1-chain-config.json", "keys/batcher", "keys/proposer",
    ]

    public init(directory: String, gateway: String, _ settings: KubernetesSettings) async throws(FleetError) {
        local = try LocalFleet(directory: directory, gateway: gateway)
        platform = try PlatformIdentity.read(in: directory)
        self.settings = settings
        api = try KubernetesAPI(settings)
        _ = try await sets()
    }

    // MARK: Files

    public func directory(of name: String) -> String { local.directory(of: name) }

    public func prepare(_ name: String, _ programs: RollupPrograms) throws(FleetError) {
        try local.prepare(name, programs)
        let directory = local.directory(of: name)
        if !PlaceFile.exists(in: directory) { try PlaceFile.write(nil, in: directory) }
    }

    public func endpoint(of name: String) -> String { local.endpoint(of: name) }

    /// What a rollup's pod is given, of a launch's directory. The genesis is packed: a Secret has a MiB at most.
    public static func launchFiles(in directory: String) throws(FleetError) -> [KubernetesObjects.File] {
        var found: [KubernetesObjects.File] = []
        for path in files {
            guard let data = FileManager.default.contents(atPath: "\(directory)/\(path)") else { continue }
            guard data.count > 64 << 10 else {
                found.append(.init(path: path, bytes: Array(data)))
                continue
            }
            guard let packed = data.withUnsafeBytes({ Gzip.compress($0) }), packed.readableBytes < 700 << 10 else {
                throw FleetError("\(directory)/\(path) is too large for a Kubernetes Secret")
            }
            found.append(.init(path: path + ".gz", bytes: Array(buffer: packed)))
        }
        guard found.contains(where: { $0.path == "rollup.json" }) else {
            throw FleetError("\(directory) has no rollup.json: it is no launch's directory")
        }
        return found
    }

    // MARK: Processes

    public func start(_ name: String) async throws(FleetError) {
        state.withLock { _ = $0.retiring.remove(name) }
        try await put(name)
        let end = ContinuousClock.now + Self.startTime
        while ContinuousClock.now < end, !Task.isCancelled {
            try await look()
            if state.withLock({ $0.isReady[name] ?? false }) { return }
            try? await Task.sleep(for: .milliseconds(250))
        }
        throw FleetError("the pod of \(name) is not ready within \(Self.startTime): see kubectl describe pod")
    }

    private func put(_ name: String) async throws(FleetError) {
        let objects = KubernetesObjects(
            rollup: name, platform: platform, files: try Self.launchFiles(in: local.directory(of: name)),
            settings: settings)
        try await api.apply(objects.secret, as: .secrets)
        try await api.apply(objects.service, as: .services)
        try await api.apply(objects.networkPolicy, as: .networkpolicies)
        try await api.apply(objects.disruptionBudget, as: .poddisruptionbudgets)
        try await api.apply(objects.statefulSet, as: .statefulsets)
    }

    private func sets() async throws(FleetError) -> [String: Sets.Item] {
        let query = "?labelSelector=\(KubernetesObjects.platformLabel)%3D\(platform)"
        guard let found = try await api.get(Sets.self, api.path(.statefulsets) + query) else {
            throw FleetError("the Kubernetes API server has no namespace \(settings.namespace), or no StatefulSets")
        }
        let named = found.items.map { ($0.metadata.labels?[KubernetesObjects.rollupLabel] ?? "", $0) }
        return Dictionary(named) { first, _ in first }
    }

    /// Finds out whose pods serve, and tells the gateway.
    @discardableResult
    private func look() async throws(FleetError) -> Set<String> {
        let found = try await sets()
        for (name, item) in found {
            let isReady = item.status?.readyReplicas ?? 0 > 0
            guard state.withLock({ $0.isReady[name] }) != isReady else { continue }
            let directory = "\(local.rollups)/\(name)"
            guard FileManager.default.fileExists(atPath: directory) else { continue }
            try PlaceFile.write(isReady ? address(of: name) : nil, in: directory)
            state.withLock { $0.isReady[name] = isReady }
        }
        return Set(found.keys)
    }

    private func address(of name: String) -> PlaceFile.Address {
        .init(
            host: "\(KubernetesObjects.name(of: name, on: platform)).\(settings.namespace).svc",
            port: Int(KubernetesObjects.port))
    }

    public func state(of name: String) async -> PlaceState {
        guard let isReady = state.withLock({ $0.isReady[name] }) else { return .unknown }
        guard isReady else { return .waking }
        let address = address(of: name)
        return await LocalFleet.state(of: name, at: "http://\(address.host):\(address.port)")
    }

    public func retire(_ name: String) async throws(FleetError) -> String {
        state.withLock { _ = $0.retiring.insert(name) }
        local.noteRetiring(name)
        try await remove(name)
        state.withLock { $0.isReady[name] = nil }
        return try await local.retire(name)
    }

    /// Removes all but the volume, and waits until the pod has ended.
    private func remove(_ rollup: String) async throws(FleetError) {
        let name = KubernetesObjects.name(of: rollup, on: platform)
        for kind in [KubernetesAPI.Kind.statefulsets, .poddisruptionbudgets, .networkpolicies, .services, .secrets] {
            try await api.remove(kind, name)
        }
        struct Pod: Decodable {}
        let end = ContinuousClock.now + .seconds(settings.drainSeconds + 30)
        while try await api.get(Pod.self, api.path(.pods, "\(name)-0")) != nil {
            if Task.isCancelled || ContinuousClock.now > end { throw FleetError("the pod \(name)-0 does not end") }
            try? await Task.sleep(for: .milliseconds(500))
        }
    }

    public func clear(_ name: String) throws(FleetError) { try local.clear(name) }

    /// What the pod's gateway has said. What the node and the others say is on the pod's volume only.
    public func log(of name: String, _ program: FleetProgram, from offset: UInt64?, limit: Int) async -> LogPart? {
        let path =
            api.path(.pods, "\(KubernetesObjects.name(of: name, on: platform))-0")
            + "/log?container=rollup&tailLines=500"
        guard program == .place, let (status, body) = try? await api.ask(.GET, path), status == 200 else { return nil }
        // The whole of it each time: those who follow it are told what is new in it.
        let text = String(decoding: body.suffix(limit), as: UTF8.self)
        let mark = UInt64(truncatingIfNeeded: text.hashValue)
        return mark == offset ? LogPart(text: "", next: mark) : LogPart(text: text, next: mark)
    }

    // MARK: Keeping

    public func keep(
        _ records: @escaping @Sendable () async -> FleetRecords?, report: @escaping @Sendable (String) -> Void
    ) async {
        var (trouble, round): (String?, Int) = (nil, 0)
        while !Task.isCancelled {
            do throws(FleetError) {
                let found = try await look()
                if round == 0, let records = await records() { try await tidy(found, records, report) }
                if trouble != nil { report("kubernetes: all is well again") }
                trouble = nil
            } catch {
                if trouble != error.message, !Task.isCancelled { report("kubernetes: \(error.message)") }
                trouble = error.message
            }
            round = (round + 1) % Self.rounds
            try? await Task.sleep(for: Self.pause)
        }
    }

    private func tidy(
        _ found: Set<String>, _ records: FleetRecords, _ report: (String) -> Void
    ) async throws(FleetError) {
        let settled = found.union(state.withLock { $0.retiring })
        for name in records.living.subtracting(settled).sorted()
        where local.isToRun(name) {
            report("kubernetes: \(name) has no StatefulSet: it is applied anew")
            try await put(name)
        }
        let orphans = found.subtracting(records.known)
        let now = ContinuousClock.now
        let (new, due) = state.withLock { state -> ([String], [String]) in
            let new = orphans.filter { state.orphans[$0] == nil }
            state.orphans = state.orphans.filter { orphans.contains($0.key) }
            for name in new { state.orphans[name] = now }
            return (new.sorted(), orphans.filter { now - (state.orphans[$0] ?? now) >= settings.orphanGrace }.sorted())
        }
        for name in new { report("kubernetes: \(name) has no record here: it is removed in \(settings.orphanGrace)") }
        for name in due {
            try await remove(name)
            report("kubernetes: \(name), which had no record, is removed; its volume stays")
        }
    }
}
