import Blockchain
import Derivation
import EthereumClient
import EthereumRPC
import Foundation
import JSONRPC
import NIOCore
import RollupNode
import Settlement
import Storage
import Synchronization

/// A node of a rollup within this process: it derives everything from L1 and the rollup's data, and answers this process alone
/// what it would ask any node.
final class OwnNode: Sendable {
    let client: EthereumClient
    let node: RollupNode
    private let chain: Chain
    private let server: Server
    private let temporary: TemporaryDirectory?
    private let work: Task<Void, Never>
    private let failure: Failure

    /// Why it will not come any further.
    private final class Failure: Sendable {
        let text = Mutex<String?>(nil)
    }

    /// Starts one.
    ///
    /// - Parameter directory: where it keeps the chain; nil for one that is gone afterwards.
    init(_ rollup: NamedRollupOptions, _ rebuild: RebuildOptions, directory: String?) async throws {
        temporary =
            directory == nil
            ? try TemporaryDirectory(for: "dissolve", remedy: "Give a directory with --data.") : nil
        // Its states are those of any block that somebody has proposed.
        (node, chain) = try await rebuild.node(
            rollup.file, l1: rollup.endpoints, in: directory ?? temporary?.path ?? "",
            history: HistoryLength.all.blocks, name: rollup.text)
        var methods = EthereumMethods.all(
            NodeContext(chain: chain, settings: RPCSettings(clientVersion: Version.client)))
        node.addMethods(to: &methods, version: Version.number)
        server = Server(memoryLimit: 64 << 20)
        var endpoint = HTTPEndpoint(methods: methods)
        (endpoint.host, endpoint.port) = ("127.0.0.1", 0)
        let address = try await server.listen(endpoint)
        client = try EthereumClient([Endpoint("http://127.0.0.1:\(address.port ?? 0)")])
        let failure = Failure()
        self.failure = failure
        work = Task { [node, interval = rollup.endpoints.pollInterval] in
            do throws(DerivationFailure) {
                try await node.run(every: interval) { notice in RollupRole.tell(notice) }
            } catch {
                failure.text.withLock { $0 = error.message }
            }
        }
    }

    /// - Throws: where derivation has ended, with the reason.
    func check() throws(SettlementError) {
        if let text = failure.text.withLock({ $0 }) { throw .rule(text) }
    }

    func stop() async {
        work.cancel()
        await work.value
        await client.close()
        await server.stop(grace: .milliseconds(200))
        await node.close()
        try? chain.database.close()
        temporary?.remove()
    }
}
