import Blockchain
import EthereumRPC
import Foundation
import JSONRPC
import NIOCore
import Primitives
import StateTransition
import Storage

/// A node with an imported chain, in a folder of its own that goes with it, served over HTTP on loopback.
final class RPCNode {
    private let folder: String
    private let server: Server
    private let connection: LoopbackConnection

    /// - Parameter source: the folder of `chain.rlp`, `genesis.json` and `headfcu.json`.
    init(folder source: String) throws {
        let base = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        folder = base + "/mayfly-conformance-\(UUID().uuidString)"
        do {
            let chain = try Self.chain(source, folder)
            let context = NodeContext(chain: chain, settings: RPCSettings(clientVersion: "mayfly/conformance"))
            var methods = EthereumMethods.all(context)
            TestingMethods(context).add(to: &methods)
            server = Server()
            connection = try LoopbackConnection(port: try Self.listen(server, methods))
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    deinit {
        let server = server
        Self.wait { await server.stop(grace: .zero) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The answer to a request.
    func answer(to request: [UInt8]) throws -> [UInt8] { try connection.post(request) }

    /// Imports the blocks and makes the choice of head that was recorded.
    private static func chain(_ source: String, _ folder: String) throws -> Chain {
        let genesisFile = try FixtureFile(path: source + "/genesis.json")
        let genesis = try Genesis(json: Array(genesisFile.bytes))
        let chain = try Chain(
            configuration: genesis.configuration,
            database: try ChainDatabase(directory: folder, genesis: try genesis.genesisBlock))
        let blocks = try FixtureFile(path: source + "/chain.rlp")
        var reader = RLPReader(Array(blocks.bytes))
        while !reader.isAtEnd { try chain.append(try Block(decoding: Array(try reader.readItem()))) }
        let choice = try FixtureFile(path: source + "/headfcu.json").json().required("params")[0]
        if let choice {
            try chain.setHead(
                try choice.required("headBlockHash").hash(), safe: try choice.required("safeBlockHash").hash(),
                finalized: try choice.required("finalizedBlockHash").hash())
        }
        return chain
    }

    private static func listen(_ server: Server, _ methods: Methods) throws -> Int {
        var endpoint = HTTPEndpoint(methods: methods)
        endpoint.messageLimits.responseBytes = 256 << 20
        let ready = endpoint
        guard let port = wait({ try? await server.listen(ready).port }) ?? nil else {
            throw Mismatch("server", expected: "a port on loopback", got: "none")
        }
        return port
    }

    /// Runs what is asynchronous to its end, on a thread that is none of the pool's.
    @discardableResult
    private static func wait<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value? {
        let done = DispatchSemaphore(value: 0)
        let box = Box<Value>()
        Task {
            box.value = await body()
            done.signal()
        }
        done.wait()
        return box.value
    }

    /// Written before the signal and read after it.
    private final class Box<Value>: @unchecked Sendable {
        var value: Value?
    }
}
