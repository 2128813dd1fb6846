import DevL1
import EthereumRPC
import Foundation
import JSONRPC
import NIOCore

/// A node for the fuzzers of its methods and connections: an embedded L1 in a temporary directory.
final class FuzzNode: Sendable {
    static let shared = FuzzNode()

    let methodNames: [String]
    let local: LocalEndpoint
    /// Where the server listens on this machine.
    let port: UInt16
    private let server = Server()

    private init() {
        let directory = NSTemporaryDirectory() + "mayfly-fuzz-\(getpid())"
        atexit { try? FileManager.default.removeItem(atPath: NSTemporaryDirectory() + "mayfly-fuzz-\(getpid())") }
        guard let l1 = try? DevL1(directory: directory, settings: DevL1Settings()) else {
            preconditionFailure("no node can be made in \(directory)")
        }
        l1.start()
        var settings = RPCSettings(clientVersion: "fuzz")
        settings.callGasLimit = 200_000
        let context = NodeContext(chain: l1.chain, settings: settings)
        let methods = l1.methods(context)
        methodNames = methods.names
        var limits = MessageLimits()
        limits.timeout = .seconds(2)
        local = LocalEndpoint(methods: methods, limits: limits)
        var endpoint = HTTPEndpoint(methods: methods)
        endpoint.routes = StatusRoutes.all(context) + l1.routes(context)
        endpoint.messageLimits = limits
        port = Self.listen(server, endpoint)
    }

    private static func listen(_ server: Server, _ endpoint: HTTPEndpoint) -> UInt16 {
        let done = DispatchSemaphore(value: 0)
        let port = PortBox()
        Task {
            port.value = UInt16(try await server.listen(endpoint).port ?? 0)
            done.signal()
        }
        done.wait()
        return port.value
    }

    private final class PortBox: @unchecked Sendable {
        // Written before the semaphore is signalled, read after.
        var value: UInt16 = 0
    }
}
