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
    private let directory = NSTemporaryDirectory() + "/mayfly-client-" + UUID().uuidString
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

/// A server with answers of its own: what a node says is the node's affair.
final class ServedAnswers {
    private let server = Server()
    let url: String

    init(_ methods: Methods) async throws {
        let address = try await server.listen(HTTPEndpoint(methods: methods))
        url = "http://127.0.0.1:\(address.port ?? 0)"
    }

    func stop() async { await server.stop(grace: .zero) }
}
