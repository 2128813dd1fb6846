import JSONRPC
import Lifecycles
public import NIOCore
import NIOPosix
import Primitives

/// One address for many rollups, each at `/NAME`, whose processes run only while somebody needs them.
///
/// Everything happens on one loop.
public final class Gateway: @unchecked Sendable {
    let settings: GatewaySettings
    let gate: ConnectionGate
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop: any EventLoop
    private let report: @Sendable (String) -> Void
    private(set) var places: [String: RollupPlace] = [:]
    private var listener: (any Channel)?
    private var requestCount: UInt64 = 0
    private(set) var heldBytes = 0
    /// Who may ask any rollup; nil for what the rollups' own files say.
    let keys: KeyRing?
    let turns: Turns
    /// Of all rollups' answers.
    let cacheBudget: CacheBudget
    private let replicaBudget: ReplicaBudget
    /// When the directory was last looked at for a name that is not known.
    private var lastLook = NIODeadline.uptimeNanoseconds(0)
    private var isStopping = false
    /// Rollups whose directory is gone, until their processes are too.
    private var leaving: Set<String> = []

    /// From one look at the directory to the next.
    private static let lookInterval = TimeAmount.milliseconds(500)

    /// - Parameter report: is told what happens to the rollups, for people.
    public init(_ settings: GatewaySettings, report: @escaping @Sendable (String) -> Void) {
        self.settings = settings
        self.report = report
        loop = group.any()
        gate = ConnectionGate(limit: settings.limits.connections)
        turns = Turns(loop)
        keys = settings.keyFile.map { KeyRing($0, mayLack: false, report: report) }
        cacheBudget = CacheBudget(settings.cache)
        replicaBudget = ReplicaBudget(settings.replicas)
        cacheBudget.dropStale = { [unowned self] in for place in places.values { place.cache.dropIfStale() } }
    }

    /// Reads the directory and begins to serve; what cannot be read of a rollup is told, and is no reason not to begin.
    ///
    /// - Returns: the address, with the port that was chosen where port 0 was asked for.
    public func start() async throws -> SocketAddress {
        let names = try RollupDirectory.names(in: settings.directory)
        try await loop.submit { for name in names { self.place(named: name, isListed: true)?.resume() } }.get()
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelInitializer { channel in
                guard self.gate.enter(channel) else {
                    return channel.eventLoop.makeFailedFuture(ServerError.tooManyConnections)
                }
                return channel.pipeline.addHandler(FrontConnection(self))
            }
            .bind(host: settings.host, port: settings.port).get()
        try await loop.submit { self.listener = listener }.get()
        loop.scheduleRepeatedTask(initialDelay: Self.lookInterval, delay: Self.lookInterval) { _ in self.dismiss() }
        guard let address = listener.localAddress else { throw ChannelError.unknownLocalAddress }
        return address
    }

    /// Stops: takes nothing more, ends all processes in order, and waits until they are gone.
    public func stop() async {
        let listener = try? await loop.submit {
            self.isStopping = true
            return self.listener
        }.get()
        try? await listener?.close()
        gate.stop()
        try? await loop.submit { for place in self.places.values { place.shutDown() } }.get()
        let end = NIODeadline.now() + .milliseconds(Int64(settings.idling.stoppingTime) + 5_000)
        while NIODeadline.now() < end {
            let isDone = try? await loop.submit { self.places.values.allSatisfy { $0.place == .closed } }.get()
            if isDone ?? true { break }
            try? await Task.sleep(nanoseconds: 10_000_000)
        }
        gate.closeAll()
        try? await group.shutdownGracefully()
    }

    /// Rollups that are known.
    public func count() async -> Int { (try? await loop.submit { self.places.count }.get()) ?? 0 }

    // MARK: On the loop

    /// The place of a rollup; nil where there is none of that name.
    ///
    /// - Parameter isListed: whether its directory was seen just now.
    func place(named name: String, isListed: Bool = false) -> RollupPlace? {
        if let place = places[name] { return place }
        guard !isStopping, RollupDirectory.isName(name) else { return nil }
        // Who asks for names that there are not does not make the disk work.
        let now = NIODeadline.now()
        guard isListed || now - lastLook > .milliseconds(100) else { return nil }
        if !isListed { lastLook = now }
        do throws(GatewayError) {
            guard
                let rollup = try RollupDirectory(
                    named: name, in: settings.directory, limits: settings.traffic)
            else { return nil }
            let place = try RollupPlace(
                rollup, settings, cache: AnswerCache(cacheBudget), replicaBudget, on: loop, report: report)
            places[name] = place
            return place
        } catch {
            report("\(error)")
            return nil
        }
    }

    /// Ends the processes of rollups whose directory is gone, and forgets them then.
    private func dismiss() {
        guard !isStopping else { return }
        for place in places.values {
            place.outside?.look()
            place.takeOrders()
            place.lookAtReplicas()
        }
        for (name, place) in places
        where !leaving.contains(name) && !RollupDirectory.exists(name, in: settings.directory) {
            report("\(name): its directory is gone, and its processes end")
            leaving.insert(name)
            place.shutDown()
        }
        for name in leaving where places[name]?.place == .closed {
            places[name] = nil
            leaving.remove(name)
        }
    }

    func nextRequest() -> UInt64 {
        requestCount += 1
        return requestCount
    }

    /// Counts bytes that a connection holds, or lets go of; false where there is no room for more.
    func hold(_ bytes: Int) -> Bool {
        heldBytes += bytes
        return bytes <= 0 || heldBytes <= settings.memoryLimit
    }

    // MARK: L1

    /// A rollup that sleeps, and what of L1 would wake it.
    struct Sleeper: Sendable {
        var name: String
        var portal: Address
        var firstUnreadL1Block: UInt64
    }

    func sleepers() async -> [Sleeper] {
        let found = try? await loop.submit {
            self.places.values.compactMap { place -> Sleeper? in
                guard place.isAsleep else { return nil }
                return Sleeper(
                    name: place.rollup.name, portal: place.rollup.portal, firstUnreadL1Block: place.firstUnreadL1Block)
            }
        }.get()
        return found ?? []
    }

    /// L1 has a deposit of the portal in that block.
    func deposit(to portal: Address, in number: UInt64) {
        loop.execute {
            for place in self.places.values where place.rollup.portal == portal { place.deposit(in: number) }
        }
    }
}
