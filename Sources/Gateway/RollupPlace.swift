import Glibc
import JSONRPC
import Lifecycles
import NIOCore
import Primitives

/// Who asks something of a rollup's process.
protocol PlaceGuest: AnyObject {
    /// The process serves now, there.
    func admitted(to address: PlaceAddress)
    /// - Parameter retryAfter: milliseconds.
    func refused(_ refusal: Idling.Refusal, retryAfter: UInt64)
}

/// Keeps the place of one rollup: does what `Idling` says. Confined to its loop.
final class RollupPlace: @unchecked Sendable {
    private(set) var rollup: RollupDirectory
    /// From which L1 block on a deposit is news, while the processes sleep.
    private(set) var firstUnreadL1Block: UInt64
    private(set) var wakeCount = 0
    /// What its node has answered.
    let cache: AnswerCache
    let traffic: RollupTraffic
    /// Who may ask.
    let keys: KeyRing?
    let settings: GatewaySettings
    private let loop: any EventLoop
    private let listener: ListeningSocket
    private let report: (String) -> Void
    private var idling: Idling
    private var guests: [UInt64: any PlaceGuest] = [:]
    private var node: ChildProcess?
    /// Batcher and proposer, by their commands.
    private var companions: [String: ChildProcess] = [:]
    /// Companions that end because others are to take their places.
    private var isReplaced: Set<String> = []
    private var probe: PlaceProbe?
    private var timer: Scheduled<Void>?
    private var timerTime: UInt64?
    /// Tells one life of the processes from the next.
    private var life = 0
    private var startedAt: UInt64 = 0
    private var wokenAt: UInt64 = 0
    private var neededOrigin: UInt64?
    private var reason = ""
    /// Why it does not sleep, and since when.
    private var obstacle: (text: String, since: UInt64, isReported: Bool)?
    private var standingOrigin: UInt64?
    private var isShuttingDown = false
    /// What answers reads beside the node; nil where there is to be none.
    let replicas: Replicas?
    /// How replicas of the node that runs are run; nil where there can be none.
    private var replicaPlan: Replica.Plan?
    /// What the node's `/metrics` said last, and who asks for it now.
    private var page: (text: String, life: Int, time: UInt64)?
    private var pageProbe: PlaceProbe?
    /// Where others run it; nil where its processes are this gateway's.
    let outside: OutsidePlace?

    /// After which what a quiet rollup waits for is told.
    private static let obstaclePatience: UInt64 = 60_000
    /// From the node's first answer to the start of what works beside it.
    private static let companionDelay = TimeAmount.milliseconds(300)
    /// How long a companion has to end whose place another is to take.
    private static let replacingTime = TimeAmount.seconds(10)

    init(
        _ rollup: RollupDirectory, _ settings: GatewaySettings, cache: AnswerCache, _ budget: ReplicaBudget,
        on loop: any EventLoop, report: @escaping (String) -> Void
    ) throws(GatewayError) {
        self.rollup = rollup
        self.settings = settings
        self.cache = cache
        var limits = rollup.programs.limits ?? settings.traffic
        // Who asks a task is the gateway before it, which has held the clients to theirs.
        if settings.runsAll { limits.rate = nil }
        traffic = RollupTraffic(limits)
        keys = settings.runsAll ? nil : KeyRing(rollup.path + "/" + KeyRing.fileName, mayLack: true, report: report)
        self.loop = loop
        self.report = report
        listener = try ListeningSocket()
        let whereabouts = settings.runsAll ? .here : try Whereabouts.read(in: rollup.path)
        outside =
            whereabouts == .here
            ? nil : OutsidePlace(whereabouts, in: rollup.path, settings.idling, on: loop, report: report)
        replicas =
            outside == nil && settings.replicas.total > 0
            ? Replicas(of: rollup.name, budget, on: loop, report: report) : nil
        if outside == nil { Replica.removeLeftovers(in: rollup.path) }
        firstUnreadL1Block = rollup.firstUnreadL1Block
        idling = Idling(settings.idling, at: Self.now)
        replicas?.onEmpty = { [weak self] in self?.settle() }
        if outside == nil { schedule() }
    }

    var place: Idling.Place { outside?.isClosed == true ? .closed : idling.place }
    var waitingCount: Int { outside?.waitingCount ?? idling.waitingCount }
    var servedCount: Int { outside?.servedCount ?? idling.inFlightCount }
    /// Whether it is to be woken by what L1 has.
    var isAsleep: Bool { if outside == nil, case .idle = idling.place { true } else { false } }
    /// Where its own node serves: what runs it elsewhere is a gateway too.
    var address: PlaceAddress { PlaceAddress(host: "127.0.0.1", port: listener.port) }
    /// The path there.
    var upstreamPath: String { outside == nil ? "/" : "/" + rollup.name }

    /// Milliseconds of a clock that does not go back.
    static var now: UInt64 { NIODeadline.now().uptimeNanoseconds / 1_000_000 }

    // MARK: What comes

    func request(_ id: UInt64, bytes: Int, _ guest: any PlaceGuest) {
        if let outside { return outside.request(id, bytes: bytes, guest) }
        guests[id] = guest
        if case .idle = idling.place { reason = "a request" }
        handle(.request(id, bytes: bytes))
    }

    func finished(_ id: UInt64) {
        if let outside { return outside.finished(id) }
        guard guests.removeValue(forKey: id) != nil else { return }
        handle(.finished(id))
    }

    /// L1 has a deposit for the rollup in that block.
    func deposit(in number: UInt64) {
        guard isAsleep, number >= firstUnreadL1Block else { return }
        neededOrigin = max(neededOrigin ?? 0, number)
        reason = "a deposit in L1 block \(number)"
        handle(.needed)
    }

    /// Goes on where an earlier gateway was interrupted.
    func resume() {
        guard outside == nil, rollup.wasInterrupted else { return }
        reason = "what it may have had when it was interrupted"
        handle(.needed)
    }

    func shutDown() {
        if let outside { return outside.shutDown() }
        isShuttingDown = true
        handle(.shutDown)
    }

    // MARK: The machine

    private func handle(_ event: Idling.Event) {
        for action in idling.handle(event, at: Self.now) { perform(action) }
        schedule()
    }

    private func schedule() {
        let time = idling.nextTick
        guard time != timerTime else { return }
        timer?.cancel()
        timerTime = time
        timer = time.map { time in
            let now = Self.now
            return loop.scheduleTask(in: .milliseconds(Int64(time > now ? min(time - now, 1 << 40) : 0))) {
                self.timerTime = nil
                self.handle(.tick)
            }
        }
    }

    private func perform(_ action: Idling.Action) {
        switch action {
        case .start: start()
        case .ask(let number): ask(number)
        case .stop: stop()
        case .kill:
            report("\(rollup.name): its processes do not end, or do not begin to serve: they are killed")
            node?.end()
            for companion in companions.values { companion.end() }
            replicas?.kill()
        case .forward(let id): guests[id]?.admitted(to: address)
        case .refuse(let id, let refusal, let retryAfter):
            guests.removeValue(forKey: id)?.refused(refusal, retryAfter: retryAfter)
        }
    }

    private func start() {
        life += 1
        (startedAt, wokenAt, obstacle, isReplaced) = (Self.now, UInt64(max(0, time(nil))), nil, [])
        let life = life
        rollup.noteWaking()
        do throws(GatewayError) {
            let (plan, arguments) = planReplicas()
            node = try run(
                "node", ["--genesis", "genesis.json", "--data", "data", "--http", "fd:\(ChildProcess.listenerNumber)"],
                arguments + rollup.programs.node, listener: listener, version: cache.begin(), stream: replicas?.stream)
            replicaPlan = cache.source == nil ? nil : plan
        } catch {
            report("\(rollup.name): \(error)")
            return loop.execute { self.handle(.ended) }
        }
        probe = PlaceProbe.ask(port: listener.port, "/health", on: loop) { page in
            guard life == self.life else { return }
            self.probe = nil
            guard page != nil, case .waking = self.idling.place else { return }
            self.wakeCount += 1
            let reason = self.reason.isEmpty ? "" : ", for \(self.reason)"
            self.report("\(self.rollup.name): awake after \(Self.now - self.startedAt) ms\(reason)")
            self.reason = ""
            self.handle(.ready)
            self.loop.scheduleTask(in: Self.companionDelay) {
                self.startCompanions(life)
                if life == self.life, self.node != nil, let plan = self.replicaPlan { self.replicas?.begin(plan) }
            }
        }
    }

    private func run(
        _ command: String, _ fixed: [String], _ more: [String], listener: ListeningSocket? = nil,
        version: StateVersion? = nil, stream: ListeningSocket? = nil
    ) throws(GatewayError) -> ChildProcess {
        let folder = rollup.path + "/logs"
        mkdir(folder, 0o700)
        let life = life
        return try ChildProcess(
            "\(rollup.name)'s \(command)", executable: settings.executable,
            arguments: [command, "--rollup", "rollup.json"] + fixed + settings.l1Arguments + more,
            directory: rollup.path, listener: listener, version: version, stream: stream,
            log: "\(folder)/\(command).log", on: loop
        ) { child, status in self.ended(child, command, status, life) }
    }

    private func startCompanions(_ life: Int) {
        for command in RollupDirectory.Programs.companions { startCompanion(command, life, rest: 1) }
    }

    /// Starts a companion that is to run and does not.
    private func startCompanion(_ command: String, _ life: Int, rest: Int64) {
        guard life == self.life, node != nil, case .awake = idling.place, companions[command] == nil,
            let arguments = rollup.programs[companion: command]
        else { return }
        do throws(GatewayError) {
            companions[command] = try run(command, ["--node", "http://127.0.0.1:\(listener.port)"], arguments)
        } catch {
            report("\(rollup.name): \(error)")
            loop.scheduleTask(in: .seconds(rest)) { self.startCompanion(command, life, rest: min(60, 2 * rest)) }
        }
    }

    // MARK: Orders of whoever runs it

    /// Does what files in the rollup's directory ask for since the last look: one that nobody uses goes to sleep, and a companion
    /// that is to run otherwise gives its place to another. What the node is told counts when it is started the next time.
    func takeOrders() {
        guard outside == nil, !isShuttingDown else { return }
        if rollup.takeRest() { handle(.rest) }
        let before: RollupDirectory.Programs?
        do throws(GatewayError) { before = try rollup.readChange(settings.traffic) } catch { return report("\(error)") }
        guard let before, case .awake = idling.place else { return }
        for command in RollupDirectory.Programs.companions
        where before[companion: command] != rollup.programs[companion: command] {
            guard let child = companions[command] else {
                startCompanion(command, life, rest: 1)
                continue
            }
            report("\(rollup.name): its \(command) is to run otherwise, and another takes its place")
            isReplaced.insert(command)
            child.stop()
            loop.scheduleTask(in: Self.replacingTime) {
                if self.companions[command] === child { child.end() }
            }
        }
    }

    private func ended(_ child: ChildProcess, _ command: String, _ status: Int32, _ life: Int) {
        let isReplaced = child !== node && self.isReplaced.contains(command)
        let isStopping =
            if case .awake = idling.place { false } else if case .waking = idling.place { false } else { true }
        if !isStopping, !isReplaced {
            let words = child.lastWords()
            report(
                "\(child.name) ended (\(ChildProcess.description(of: status)))"
                    + (words.isEmpty ? "" : "; its last words:\n\(words)"))
        }
        if child === node {
            node = nil
            cache.end()
            probe?.cancel()
            probe = nil
            for companion in companions.values { companion.stop() }
            // One that hangs must not keep the node from its next life.
            let left = companions.values
            loop.scheduleTask(in: Self.replacingTime) { for companion in left { companion.end() } }
            replicas?.kill()
        } else {
            companions[command] = nil
            if self.isReplaced.remove(command) != nil {
                startCompanion(command, life, rest: 1)
            } else if !isStopping, status != 0, node != nil {
                // One that has ended well has nothing left to do: the rollup is over.
                loop.scheduleTask(in: .seconds(5)) { self.startCompanion(command, life, rest: 5) }
            }
        }
        settle()
    }

    /// Says that nothing of it runs, once that is so.
    private func settle() {
        guard idling.hasProcess, node == nil, companions.isEmpty, replicas?.count ?? 0 == 0 else { return }
        if case .stopping = idling.place {
            let milliseconds = Self.now - startedAt
            report("\(rollup.name): asleep, after \(milliseconds / 1_000) s")
        }
        // What began in this life begins no more.
        self.life += 1
        handle(.ended)
    }

    private func ask(_ number: UInt64) {
        let life = life
        probe = PlaceProbe.ask(port: listener.port, "/metrics", on: loop) { page in
            guard life == self.life else { return }
            self.probe = nil
            guard let page else { return self.handle(.mayStop(number, false)) }
            let standing = NodeStanding(page)
            let obstacle = standing.obstacle(
                wokenAt: self.wokenAt, isPublished: self.rollup.programs.batcher != nil, neededOrigin: self.neededOrigin
            )
            self.standingOrigin = standing.origin
            self.note(obstacle)
            self.handle(.mayStop(number, obstacle == nil))
        }
    }

    /// How old a page may be before it is asked for again, and at most, in milliseconds.
    private static let freshPageTime: UInt64 = 1_000
    private static let pageTime: UInt64 = 60_000

    /// What the node's `/metrics` said when somebody asked before; asks it again for the next. Nil while it does not serve, or was
    /// not asked yet.
    func figures() -> String? {
        guard case .awake = idling.place else { return nil }
        let now = Self.now
        let known = page.flatMap { $0.life == life && now - $0.time < Self.pageTime ? $0 : nil }
        if pageProbe == nil, known.map({ now - $0.time >= Self.freshPageTime }) ?? true {
            let life = life
            pageProbe = PlaceProbe.ask(port: listener.port, "/metrics", on: loop) { text in
                self.pageProbe = nil
                if let text { self.page = (text, life, Self.now) }
            }
            // It must not be waited for for ever.
            let probe = pageProbe
            loop.scheduleTask(in: .seconds(5)) { probe?.cancel() }
        }
        return known?.text
    }

    /// Tells once why a quiet rollup does not sleep.
    private func note(_ text: String?) {
        guard let text else { return obstacle = nil }
        let now = Self.now
        var current = obstacle ?? (text, now, false)
        current.text = text
        if !current.isReported, now - current.since >= Self.obstaclePatience {
            report("\(rollup.name) is quiet and stays awake: \(text)")
            current.isReported = true
        }
        obstacle = current
    }

    private func stop() {
        if !isShuttingDown, let origin = standingOrigin, neededOrigin.map({ $0 <= origin }) ?? true {
            firstUnreadL1Block = origin + 1
            rollup.noteSleep(readUpTo: origin)
            neededOrigin = nil
        }
        node?.stop()
        for companion in companions.values { companion.stop() }
        replicas?.stop()
    }
}
