public import NIOCore
import NIOPosix
import Synchronization

/// A JSON-RPC server with any number of endpoints, which share its threads.
public final class Server: Sendable {
    /// The threads of a server.
    public struct Threads: Sendable {
        /// Threads that read and write sockets and run inline methods.
        public var loops: Int
        /// Threads that run the other methods.
        public var workers: Int
        /// Messages that may wait for a worker; more are refused.
        public var queueLimit = 4096

        /// As many of each as there are processors.
        public init() {
            loops = System.coreCount
            workers = System.coreCount
        }
    }

    private struct State {
        var listeners: [any Channel] = []
        var gates: [ConnectionGate] = []
        var socketPaths: [String] = []
        var isStopped = false
    }

    private let group: MultiThreadedEventLoopGroup
    private let workers: WorkerPool
    private let budget: MemoryBudget
    private let state = Mutex(State())

    /// - Parameter memoryLimit: bytes that all connections together may hold of requests that are not whole or not answered,
    ///   and of answers that were not taken. When it is used up the connection that has been holding for longest is closed:
    ///   over HTTP with status 503 and a JSON-RPC error, a WebSocket with code 1013.
    public init(threads: Threads = Threads(), memoryLimit: Int = 128 << 20) {
        budget = MemoryBudget(limit: max(1 << 20, memoryLimit))
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, threads.loops))
        workers = WorkerPool(threads: max(1, threads.workers), queueLimit: threads.queueLimit)
    }

    /// Connections that are open on all endpoints.
    public var connectionCount: Int { state.withLock { $0.gates }.reduce(0) { $0 + $1.count } }

    /// Bytes that all connections hold of their limit.
    public var heldBytes: Int { budget.held }

    /// Messages that have come on all endpoints: requests, or batches of them.
    public var messageCount: UInt64 { workers.messageCount.load(ordering: .relaxed) }

    /// Starts to serve HTTP and WebSocket.
    ///
    /// - Returns: the address, with the port that was chosen where port 0 was asked for.
    public func listen(_ endpoint: HTTPEndpoint) async throws -> SocketAddress {
        let gate = ConnectionGate(limit: endpoint.limits.connections)
        let budget = endpoint.sharesMemory ? budget : MemoryBudget(limit: .max / 2)
        let shared = HTTPEndpointState(
            dispatcher: Dispatcher(
                methods: endpoint.methods, limits: endpoint.messageLimits, workers: workers, budget: budget),
            policy: endpoint.policy, limits: endpoint.limits, routes: endpoint.routes, gate: gate,
            broadcast: endpoint.broadcast)
        let bootstrap = bootstrap(gate) { HTTPHandler(shared, loop: $0) }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        let listener: any Channel
        if let descriptor = endpoint.descriptor {
            listener = try await bootstrap.withBoundSocket(descriptor).get()
        } else {
            listener = try await bootstrap.serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: endpoint.host, port: endpoint.port).get()
        }
        try await keep(listener, gate)
        guard let address = listener.localAddress else { throw ChannelError.unknownLocalAddress }
        return address
    }

    /// Starts to serve a Unix socket, which only the user of this process can open.
    public func listen(_ endpoint: IPCEndpoint) async throws {
        let gate = ConnectionGate(limit: endpoint.limits.connections)
        let dispatcher = Dispatcher(
            methods: endpoint.methods, limits: endpoint.messageLimits, workers: workers, budget: budget)
        try UnixSocket.removeStale(endpoint.path)
        let limits = endpoint.limits
        // From its first moment on nobody else may open it.
        let mask = UnixSocket.restrictNewFiles()
        defer { UnixSocket.restoreNewFiles(mask) }
        let listener = try await bootstrap(gate) { IPCHandler(dispatcher, limits, gate, loop: $0) }
            .bind(unixDomainSocketPath: endpoint.path).get()
        try UnixSocket.makePrivate(endpoint.path)
        state.withLock { $0.socketPaths.append(endpoint.path) }
        try await keep(listener, gate)
    }

    private func bootstrap(
        _ gate: ConnectionGate, _ makeHandler: @escaping @Sendable (any EventLoop) -> any ChannelHandler & Sendable
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelInitializer { channel in
                guard gate.enter(channel) else {
                    return channel.eventLoop.makeFailedFuture(ServerError.tooManyConnections)
                }
                return channel.pipeline.addHandler(makeHandler(channel.eventLoop))
            }
    }

    private func keep(_ listener: any Channel, _ gate: ConnectionGate) async throws {
        let isStopped = state.withLock { state in
            if !state.isStopped {
                state.listeners.append(listener)
                state.gates.append(gate)
            }
            return state.isStopped
        }
        guard isStopped else { return }
        try await listener.close()
        throw ServerError.stopped
    }

    /// Stops: accepts nothing more, lets what is under way finish for as long as `grace`, then closes everything. Methods
    /// that run on for as long again are left behind.
    public func stop(grace: TimeAmount = .seconds(5)) async {
        let (wasStopped, listeners, gates, paths) = state.withLock { state in
            defer { state.isStopped = true }
            return (state.isStopped, state.listeners, state.gates, state.socketPaths)
        }
        if wasStopped { return }
        for listener in listeners { try? await listener.close() }
        for gate in gates { gate.stop() }
        let end = NIODeadline.now() + grace
        while gates.contains(where: { $0.count > 0 }), NIODeadline.now() < end {
            try? await Task.sleep(nanoseconds: 5_000_000)
        }
        for gate in gates { gate.closeAll() }
        // The loops are still there for what would answer yet.
        if await workers.stop(grace: grace) { try? await group.shutdownGracefully() }
        for path in paths { try? UnixSocket.removeStale(path) }
    }
}

/// Why a server does not serve.
public enum ServerError: Error, Equatable {
    case tooManyConnections, stopped
    /// There is a file at the socket's path that is no socket, or a process still answers there.
    case socketPathInUse(String)
    case cannotRestrict(String)
}

/// Where and how HTTP and WebSocket are served.
public struct HTTPEndpoint: Sendable {
    /// A name or address of this machine.
    public var host = "127.0.0.1"
    /// Zero for any that is free.
    public var port = 0
    /// A TCP socket that is bound already, of this process, which then takes the place of host and port.
    public var descriptor: Int32?
    public var methods: Methods
    public var routes: [HTTPRoute] = []
    /// What everyone hears who opens a WebSocket.
    public var broadcast: Broadcast?
    public var policy = HTTPPolicy()
    public var limits = ConnectionLimits()
    public var messageLimits = MessageLimits()
    /// Whether its connections share the server's memory limit: not where only trusted clients come past the head.
    public var sharesMemory = true

    public init(methods: Methods) { self.methods = methods }
}

/// Where and how a Unix socket is served.
public struct IPCEndpoint: Sendable {
    public var path: String
    public var methods: Methods
    public var limits = ConnectionLimits()
    public var messageLimits = MessageLimits()

    public init(path: String, methods: Methods) {
        self.path = path
        self.methods = methods
    }
}
