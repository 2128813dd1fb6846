import Blockchain
import DevL1
import EthereumClient
import EthereumRPC
import Foundation
import JSONRPC
import NIOCore
import Primitives

/// An embedded L1 of this process that is asked over HTTP.
final class ServedL1 {
    private let directory = NSTemporaryDirectory() + "/mayfly-settlement-" + UUID().uuidString
    private let server = Server()
    let l1: DevL1
    let url: String

    init() async throws {
        l1 = try DevL1(directory: directory, settings: DevL1Settings())
        let context = NodeContext(chain: l1.chain, settings: RPCSettings(clientVersion: "test"))
        var endpoint = HTTPEndpoint(methods: l1.methods(context))
        endpoint.routes = l1.routes(context)
        let address = try await server.listen(endpoint)
        url = "http://127.0.0.1:\(address.port ?? 0)"
        l1.start()
    }

    func stop() async {
        l1.stop()
        await server.stop(grace: .zero)
        try? FileManager.default.removeItem(atPath: directory)
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
