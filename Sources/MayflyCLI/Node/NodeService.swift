import Blockchain
import Dispatch
import EthereumRPC
import Foundation
import JSONRPC
import NIOCore
import Storage

/// A node that serves until it is told to stop: its endpoints, and what has to be done from time to time.
final class NodeService: Sendable {
    let chain: Chain
    let server: Server

    /// - Parameter memoryLimit: bytes for unfinished requests and unread answers.
    init(chain: Chain, memoryLimit: Int) {
        self.chain = chain
        server = Server(memoryLimit: memoryLimit)
        ProcessMemory.prepare()
        Self.raiseFileLimit()
    }

    /// Starts to serve HTTP or WebSocket, as `Server.serve` does.
    func listen(_ endpoint: HTTPEndpoint, for option: String) async throws -> String {
        // Who asks as soon as there is an answer sees what an idle node takes.
        ProcessMemory.releaseStartupCode()
        return try await server.serve(endpoint, for: option)
    }

    /// Starts to serve a Unix socket.
    func listen(_ endpoint: IPCEndpoint) async throws {
        do {
            try await server.listen(endpoint)
        } catch {
            throw ListeningFailure.failure(error, path: endpoint.path)
        }
    }

    /// Lets the process have as many connections as the system allows: the usual limit is a quarter of what is served.
    static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Serves until the process gets SIGINT or SIGTERM; then ends what is under way and closes the database.
    func run(stopping: () async -> Void = {}) async throws {
        let signals = StopSignals()
        ProcessMemory.releaseStartupCode()
        let serving = Task { try await self.keep() }
        await signals.wait()
        await stopping()
        serving.cancel()
        try await serving.value
        // Who asks a second time does not want to wait for any of this.
        withExtendedLifetime(signals) {}
    }

    /// Serves until the task is cancelled; then ends what is under way and closes the database.
    func keep() async throws {
        await synchronise()
        await server.stop(grace: .seconds(2))
        try chain.database.close()
    }

    /// Seconds after which nothing of an answer is left: it is made, and taken.
    private static let longestAnswer = 60

    /// Brings what was committed to the disk every second, so that even a loss of power costs little, and gives memory back
    /// that large blocks have left.
    private func synchronise() async {
        var last = chain.database.head
        var lastMessages = server.messageCount
        var quietRounds = 0
        var rounds = 0
        // What failed is tried again, and complained of once.
        var hasFailed = false
        while !Task.isCancelled {
            try? await Task.sleep(nanoseconds: rounds == 0 ? 1_000_000_000 : 250_000_000)
            let (head, messages) = (chain.database.head, server.messageCount)
            quietRounds = messages == lastMessages ? quietRounds + 1 : 0
            lastMessages = messages
            if rounds == 0 && head == last && !hasFailed {
                // Large answers leave memory without a block coming, at the latest when their clients have taken them.
                if quietRounds < Self.longestAnswer { ProcessMemory.giveBack() }
                continue
            }
            last = head
            ProcessMemory.giveBack()
            rounds = (rounds + 1) % 4
            if rounds > 0 { continue }
            do throws(StorageError) {
                try chain.database.sync()
                if hasFailed { StandardStreams.writeError("the database is on the disk again") }
                hasFailed = false
            } catch {
                if !hasFailed { StandardStreams.writeError("warning: \(error)") }
                hasFailed = true
            }
        }
    }
}
