import Blockchain
import DataAvailability
import Derivation
import EthereumClient
import EthereumRPC
import Foundation
import JSONRPC
import Layers
import NIOCore
import Primitives
import RollupNode
import StateTransition
import Storage
import Testing

/// The verifier over another client, which it drives through the Engine API: here a node of our own, on a socket.
@Suite(.serialized) struct EngineExecutionTests {
    private static let secret = [UInt8](repeating: 0x5E, count: 32)

    /// Serves the Engine API of a chain.
    private final class ServedEngine {
        private let server = Server()
        let url: String

        init(_ chain: Chain) async throws {
            let context = NodeContext(chain: chain, settings: RPCSettings(clientVersion: "test"))
            var endpoint = EngineMethods.endpoint(
                context, with: EthereumMethods.all(context), secret: EngineExecutionTests.secret)
            endpoint.host = "127.0.0.1"
            endpoint.port = 0
            let address = try await server.listen(endpoint)
            url = "http://127.0.0.1:\(address.port ?? 0)"
        }

        func stop() async { await server.stop(grace: .zero) }
    }

    private func engine(
        _ served: ServedEngine, _ rollup: RollupOnL1, secret: [UInt8] = secret
    ) throws -> EngineExecution {
        var settings = EthereumClient.Settings()
        settings.patience = .seconds(2)
        let issuer = EngineSecret.issuer(secret)
        let client = try EthereumClient([try Endpoint(served.url)], settings: settings) { issuer.authorization }
        return EngineExecution(client, rollup.configuration, ownParameters: rollup.ownParameters)
    }

    private func eventually(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<500 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("it did not come to pass in ten seconds")
    }

    /// Runs a node that drives an engine while `body` does something.
    private func driving(
        _ execution: EngineExecution, _ rollup: RollupOnL1, sequencer: EthereumClient? = nil,
        _ body: (EngineNode) async throws -> Void
    ) async throws {
        let directory = NSTemporaryDirectory() + "engine-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let l1 = EthereumSettlement(try EthereumClient([try Endpoint(rollup.served.url)]))
        let node = try EngineNode(
            execution, rollup.configuration, l1: L1Source(l1), directory: directory,
            data: DataLayers([CalldataAvailability()]), sequencer: sequencer, followsLostFinality: true)
        let work = Task { try await node.run(every: .milliseconds(20)) { _ in } }
        do {
            try await body(node)
        } catch {
            Issue.record("\(error)")
        }
        work.cancel()
        _ = await work.result
        await node.close()
    }

    @Test func drivesAnotherClientToTheSequencersChain() async throws {
        let rollup = try await RollupOnL1(sequencingWindow: 40)
        for _ in 0..<8 {
            try rollup.growL1()
            try rollup.sequence()
        }
        try rollup.growL1()
        let chain = try rollup.node("engine").chain
        let served = try await ServedEngine(chain.chain)
        let execution = try engine(served, rollup)
        try await execution.check()
        #expect(try await execution.heads() == ExecutionHeads(head: rollup.configuration.genesis.l2))
        try await driving(execution, rollup) { node in
            let head = try rollup.chain.head()
            #expect(head.number >= 6)
            try await eventually { chain.chain.database.safe?.hash == head.hash }
            #expect(try chain.head() == head)
            // What is read of it is what its chain says.
            for number in 0...head.number {
                #expect(try await execution.block(number) == (try chain.reference(number)))
                #expect(try await execution.output(of: number) == (try await chain.output(of: number)))
            }
            #expect(try await execution.block(head.number + 1) == nil)
            #expect(try await execution.systemConfig(of: head.id) == (try chain.systemConfig(in: head.id)))
            #expect(try await execution.contains(head.id))
            #expect(try await !execution.contains(BlockID(number: head.number, hash: Hash256())))

            // L1 goes another way, and the client with it.
            try rollup.loseL1(4)
            for _ in 0..<6 {
                try rollup.growL1()
                try rollup.sequence()
            }
            try rollup.growL1()
            let other = try rollup.chain.head()
            #expect(other.hash != head.hash)
            try await eventually { chain.chain.database.safe?.hash == other.hash }
        }
        await served.stop()
        await rollup.stop()
    }

    @Test func takesTheSequencersNewestBlocks() async throws {
        let rollup = try await RollupOnL1(sequencingWindow: 40)
        for _ in 0..<6 {
            try rollup.growL1(publishing: false)
            try rollup.sequence()
        }
        let sequencer = try await ServedAnswers(
            EthereumMethods.all(NodeContext(chain: rollup.chain.chain, settings: RPCSettings(clientVersion: "test"))))
        let chain = try rollup.node("engine").chain
        let served = try await ServedEngine(chain.chain)
        let client = try EthereumClient([try Endpoint(sequencer.url)])
        try await driving(try engine(served, rollup), rollup, sequencer: client) { _ in
            let head = try rollup.chain.head()
            try await eventually { chain.chain.database.head.hash == head.hash }
            // They are safe when L1 has them, and are not made again.
            for _ in 0..<2 { try rollup.growL1() }
            try await eventually { chain.chain.database.safe?.hash == head.hash }
        }
        await client.close()
        await served.stop()
        await sequencer.stop()
        await rollup.stop()
    }

    @Test func saysWhatIsWrongWithAnEngine() async throws {
        let rollup = try await RollupOnL1()
        let served = try await ServedEngine(rollup.chain.chain)
        let stranger = try engine(served, rollup, secret: [UInt8](repeating: 1, count: 32))
        do throws(LayerError) {
            try await stranger.check()
            Issue.record("it was let in")
        } catch {
            #expect(error.severity == .retry && error.message.contains("401"), "\(error)")
        }
        await stranger.close()
        // Another chain than the rollup's is no matter of time.
        var configuration = rollup.configuration
        configuration.genesis.l2.hash = Hash256()
        let issuer = EngineSecret.issuer(Self.secret)
        let other = EngineExecution(
            try EthereumClient([try Endpoint(served.url)]) { issuer.authorization }, configuration,
            ownParameters: rollup.ownParameters)
        do throws(LayerError) {
            try await other.check()
            Issue.record("it is taken for the rollup's")
        } catch {
            #expect(error.severity == .fatal && error.message.contains("genesis.json"), "\(error)")
        }
        await other.close()
        await served.stop()
        await rollup.stop()
    }
}
