import DevL1
import EthereumRPC
import Foundation
import JSONRPC
import Storage

/// An embedded L1 within this process, whose chain is kept.
final class OwnL1 {
    /// Of its JSON-RPC and beacon API.
    let url: String
    private let l1: DevL1
    private let service: NodeService

    init(_ directory: String, http: ListenAddress, blockTime: UInt64) async throws {
        var settings = DevL1Settings()
        settings.blockTime = blockTime
        do {
            l1 = try DevL1(directory: directory, settings: settings, history: HistoryLength.all.blocks)
        } catch {
            throw CommandFailure(error)
        }
        service = NodeService(chain: l1.chain, memoryLimit: 128 << 20)
        let context = NodeContext(chain: l1.chain, settings: RPCSettings(clientVersion: Version.client))
        var endpoint = HTTPEndpoint(methods: l1.methods(context))
        (endpoint.host, endpoint.port) = (http.host, http.port)
        endpoint.routes = l1.routes(context, status: StatusRoutes.all(context, server: service.server))
        url = "http://" + (try await service.listen(endpoint, for: "--l1-http"))
        l1.start()
        work = Task { [service] in try await service.keep() }
    }

    private let work: Task<Void, any Error>

    func stop() async throws {
        l1.stop()
        work.cancel()
        try await work.value
    }
}
