public import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Serves a store over HTTP, as a provider of the OP Stack's alt-DA (specification, alt-DA, DA server).
///
/// `POST /put` keeps data and answers with the commitment; `POST /put/0x…` keeps those of a given commitment; `GET /get/0x…`
/// gives them back. Data go from the socket to the disk and back in pieces: a transfer holds about one MiB of memory.
public final class DataServer: Sendable {
    typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    private let state: DataServerState
    private let group: MultiThreadedEventLoopGroup
    private let serving = Mutex<Task<Void, Never>?>(nil)
    private let listener = Mutex<(any Channel)?>(nil)

    public init(_ store: DataStore, settings: DataServerSettings = DataServerSettings()) {
        state = DataServerState(store, settings)
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, min(4, System.coreCount)))
    }

    /// Starts to serve.
    ///
    /// - Returns: the address, with the port that was chosen where port 0 was asked for.
    public func start() async throws -> SocketAddress {
        let state = state
        let listening = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: state.settings.host, port: state.settings.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    return try Connection(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(
                            backPressureStrategy: .init(lowWatermark: 1, highWatermark: 4),
                            isOutboundHalfClosureEnabled: true))
                }
            }
        guard let address = listening.channel.localAddress else { throw ChannelError.unknownLocalAddress }
        listener.withLock { $0 = listening.channel }
        let task = Task {
            await withDiscardingTaskGroup(returning: Void.self) { group in
                try? await listening.executeThenClose { connections in
                    for try await connection in connections {
                        group.addTask { await DataConnection(state).serve(connection) }
                    }
                }
            }
        }
        serving.withLock { $0 = task }
        return address
    }

    /// Stops: accepts nothing more, lets transfers under way finish for as long as `grace`, then closes everything.
    public func stop(grace: TimeAmount = .seconds(5)) async {
        try? await listener.withLock { $0 }?.close()
        state.stop()
        let end = NIODeadline.now() + grace
        while state.connectionCount > 0, NIODeadline.now() < end {
            do { try await Task.sleep(nanoseconds: 5_000_000) } catch { break }
        }
        state.closeAll()
        await serving.withLock { $0 }?.value
        try? await state.disk.shutdownGracefully()
        try? await group.shutdownGracefully()
    }
}
