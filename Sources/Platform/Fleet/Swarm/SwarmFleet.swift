import Foundation
import NIOHTTP1
import Synchronization

/// Rollups in a Docker Swarm: each is a service with one task, which runs a gateway with that rollup alone in a container.
///
/// The rollup's directory is on storage that all nodes have at the same path. The gateway in front finds the task by `place.json`
/// in that directory, which is written anew as tasks move. Services outlive a platform, and are found again by their labels.
public final class SwarmFleet: Fleet {
    let local: LocalFleet
    let engine: DockerEngine
    let settings: SwarmSettings
    /// Of this platform, in its services' labels.
    let platform: String
    /// The image's identity: what a name stands for may change, and a node that has it needs no registry.
    let image: String
    let state = Mutex(State())

    struct State {
        /// Where rollups are served; nil as a value for nowhere at this moment.
        var places: [String: PlaceFile.Address?] = [:]
        /// Ports that are given away, by rollup.
        var ports: [String: Int] = [:]
        var tellsNothingOf: Set<String> = []
        /// Rollups whose service is not to be made anew.
        var retiring: Set<String> = []
        /// Services without a record, and when they were seen first.
        var orphans: [String: ContinuousClock.Instant] = [:]
    }

    /// How long a new task may take until it serves, and an old one until it is gone.
    private static let startTime = Duration.seconds(90)

    /// - Parameters:
    ///   - directory: of the platform.
    ///   - gateway: the one in front, which reads `rollups` in it; its URL, without a slash at the end.
    public init(directory: String, gateway: String, _ settings: SwarmSettings) async throws(FleetError) {
        local = try LocalFleet(directory: directory, gateway: gateway)
        engine = try DockerEngine(settings.engine)
        self.settings = settings
        platform = try PlatformIdentity.read(in: directory)
        let membership = try await engine.get(SwarmAnswer.Information.self, "/info").membership
        guard membership.state == "active" else {
            throw FleetError(
                "the Docker Engine at \(settings.engine) is in no swarm: make one with docker swarm init, or name another "
                    + "engine with --docker")
        }
        guard membership.isManager else {
            throw FleetError(
                "the Docker Engine at \(settings.engine) is a worker of its swarm: name a manager's with --docker, or make it "
                    + "one with docker node promote")
        }
        image = try await Self.image(settings, engine)
    }

    private static func image(
        _ settings: SwarmSettings, _ engine: DockerEngine
    ) async throws(FleetError) -> String {
        let answer = try await engine.ask(.GET, "/images/\(settings.image)/json")
        if answer.status == 200, let found = try? JSONDecoder().decode(SwarmAnswer.Image.self, from: answer.body) {
            return found.id
        }
        // The nodes may get it from a registry.
        if answer.status == 404, settings.image.contains("/") { return settings.image }
        guard answer.status == 404 else { throw engine.failure(answer, "to say what the image \(settings.image) is") }
        throw FleetError(
            "there is no image \(settings.image): make it on each node with scripts/image --load \(settings.engine), or name "
                + "one of a registry with --image")
    }

    // MARK: Files

    public func directory(of name: String) -> String { local.directory(of: name) }

    public func prepare(_ name: String, _ programs: RollupPrograms) throws(FleetError) {
        try local.prepare(name, programs)
        let directory = local.directory(of: name)
        // Before there is a launch in the directory: the gateway is never to run it by itself.
        if !PlaceFile.exists(in: directory) { try PlaceFile.write(nil, in: directory) }
    }

    public func endpoint(of name: String) -> String { local.endpoint(of: name) }

    public func clear(_ name: String) throws(FleetError) { try local.clear(name) }

    // MARK: Processes

    public func start(_ name: String) async throws(FleetError) {
        state.withLock { _ = $0.retiring.remove(name) }
        try TaskOwner.own.take(local.directory(of: name))
        try await put(name, among: try await services())
        let end = ContinuousClock.now + Self.startTime
        var trouble: String?
        while ContinuousClock.now < end, !Task.isCancelled {
            trouble = try await look()[name]
            if state.withLock({ $0.places[name] ?? nil }) != nil { return }
            try? await Task.sleep(for: .milliseconds(100))
        }
        throw FleetError(
            "the swarm has not started a task of \(name) within \(Self.startTime)\(trouble.map { ": \($0)" } ?? "")")
    }

    /// Makes a rollup's service, or makes it what it should be.
    ///
    /// - Returns: whether anything had to be done.
    @discardableResult
    func put(_ name: String, among found: [SwarmAnswer.Service]) async throws(FleetError) -> Bool {
        let old = found.first { $0.rollup == name }
        let service = SwarmService(
            rollup: name, platform: platform, image: image, port: try port(for: name, among: found),
            directory: "\(settings.nodeDirectory ?? local.rollups)/\(name)", user: TaskOwner.own.text)
        let specification = service.specification(settings)
        guard let old else {
            let answer = try await engine.ask(.POST, "/services/create", specification)
            // Somebody else of this platform was faster.
            guard answer.status == 201 || answer.status == 409 else {
                throw engine.failure(answer, "the service of \(name)")
            }
            return true
        }
        guard .string(old.label(SwarmService.versionLabel) ?? "") != specification["Labels", SwarmService.versionLabel]
        else { return false }
        let answer = try await engine.ask(
            .POST, "/services/\(old.id)/update?version=\(old.version.index)", specification)
        guard answer.status == 200 else { throw engine.failure(answer, "a change of the service of \(name)") }
        return true
    }

    /// The port that a rollup has, or one that none has.
    private func port(for name: String, among found: [SwarmAnswer.Service]) throws(FleetError) -> Int {
        let port = state.withLock { state -> Int? in
            for service in found { if let rollup = service.rollup { state.ports[rollup] = service.port } }
            if let port = state.ports[name] { return port }
            let taken = Set(state.ports.values)
            let free = settings.ports.first { !taken.contains($0) }
            state.ports[name] = free
            return free
        }
        guard let port else {
            throw FleetError("all ports from \(settings.ports.lowerBound) to \(settings.ports.upperBound) are taken")
        }
        return port
    }

    /// This platform's services.
    func services() async throws(FleetError) -> [SwarmAnswer.Service] {
        let query = DockerEngine.filters(["label": ["\(SwarmService.platformLabel)=\(platform)"]])
        return try await engine.get([SwarmAnswer.Service].self, "/services" + query)
    }

    public var restsByOrder: Bool { true }

    public func rest(_ name: String) async throws(FleetError) { try await local.rest(name) }

    public func state(of name: String) async -> PlaceState {
        guard let place = state.withLock({ $0.places[name] }) else { return .unknown }
        guard let address = place else { return .waking }
        return await LocalFleet.state(of: name, at: "http://\(address.host):\(address.port)")
    }

    public func retire(_ name: String) async throws(FleetError) -> String {
        state.withLock { _ = $0.retiring.insert(name) }
        local.noteRetiring(name)
        for service in try await services() where service.rollup == name { try await remove(service) }
        state.withLock {
            $0.places[name] = nil
            $0.ports[name] = nil
        }
        // A task that is cut off may still have the directory: it is moved only when that has let go.
        try await wait("the task of \(name) still has its directory") {
            !TaskLock.isHeld(in: self.local.directory(of: name))
        }
        return try await local.retire(name)
    }

    /// Removes a service, and waits until its tasks have ended.
    func remove(_ service: SwarmAnswer.Service) async throws(FleetError) {
        let answer = try await engine.ask(.DELETE, "/services/\(service.id)")
        guard answer.status == 200 || answer.status == 404 else {
            throw engine.failure(answer, "the removal of \(service.name)")
        }
        let query = DockerEngine.filters(["service": [.string(service.id)]])
        try await wait("a task of \(service.name) does not end") { () throws(FleetError) in
            let tasks = try await self.engine.ask(.GET, "/tasks" + query)
            // A service that is not there any more has none.
            return tasks.status == 404 || tasks.status == 200 && String(decoding: tasks.body, as: UTF8.self).count < 5
        }
    }

    private func wait(
        _ complaint: String, until condition: () async throws(FleetError) -> Bool
    ) async throws(FleetError) {
        let end = ContinuousClock.now + .seconds(settings.drainSeconds + 30)
        while true {
            if try await condition() { return }
            if Task.isCancelled || ContinuousClock.now > end { throw FleetError(complaint) }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    // MARK: Logs

    public func log(of name: String, _ program: FleetProgram, from offset: UInt64?, limit: Int) async -> LogPart? {
        guard program == .place else { return await local.log(of: name, program, from: offset, limit: limit) }
        guard let service = try? await services().first(where: { $0.rollup == name }) else { return nil }
        let from = offset.map { "since=\(ServiceLog.since($0))" } ?? "tail=500"
        let path = "/services/\(service.id)/logs?stdout=1&stderr=1&timestamps=1&\(from)"
        guard let answer = try? await engine.ask(.GET, path, limit: 8 << 20), answer.status == 200 else { return nil }
        var (text, next) = ("", offset ?? 0)
        for line in ServiceLog.lines(answer.body) where line.time >= offset ?? 0 {
            if offset != nil, text.utf8.count + line.text.utf8.count > limit, !text.isEmpty { break }
            text += line.text.hasSuffix("\n") ? line.text : line.text + "\n"
            next = line.time + 1
        }
        if offset == nil, text.utf8.count > limit {
            text = String(decoding: Array(text.utf8.suffix(limit)), as: UTF8.self)
        }
        return LogPart(text: text, next: next)
    }
}
