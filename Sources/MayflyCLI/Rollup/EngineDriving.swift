import Blockchain
import Derivation
import DevL1
import EthereumClient
import EthereumRPC
import Foundation
import JSONRPC
import Layers
import NIOCore
import RollupNode
import Settlement
import StateTransition

/// `mayfly node --rollup FILE --execution URL`: a rollup's node whose blocks another client executes, keeps and serves.
struct EngineDriving {
    /// Of the engine, without a token.
    let url: String
    let rollup: String
    /// Where the secret is that both share.
    let jwt: String
    let role: RollupRole
    let directory: String

    func run(_ genesis: Genesis, http: HTTPEndpoint, memoryLimit: Int, json: Bool) async throws {
        let signals = StopSignals()
        let file = try RollupConfigurationFile.read(rollup)
        let layers = try RollupLayers.reading(file, l1: role.l1, altDA: role.altDA, skipped: role.skippedData)
        let node = try node(
            layers, file, ownParameters: genesis.configuration.opStack?.baseFeeParameters ?? .ethereum)
        var methods = Methods()
        node.addMethods(to: &methods, version: Version.number)
        ExitMethods.refuse(in: &methods)
        var endpoint = http
        endpoint.methods = methods
        let server = Server(memoryLimit: memoryLimit)
        endpoint.routes = StatusRoutes.all(version: Version.client, server: server) { node.statusNotes }
        let address = try await server.serve(endpoint, for: "--http")
        tell(file.l2ChainID, address, json)
        let work = Task { [interval = role.l1.pollInterval] in
            try await node.run(every: interval) { notice in RollupRole.tell(notice) }
        }
        let stopping = Task {
            await signals.wait()
            work.cancel()
        }
        let result = await work.result
        stopping.cancel()
        await server.stop(grace: .seconds(1))
        await node.close()
        do { try result.get() } catch let error as DerivationFailure { throw CommandFailure(error.message) }
    }

    private func node(
        _ layers: RollupLayers, _ configuration: RollupConfiguration, ownParameters: BaseFeeParameters
    ) throws -> EngineNode {
        let client: EthereumClient
        do {
            let issuer = EngineSecret.issuer(try EngineSecret.load(jwt))
            var settings = EthereumClient.Settings()
            // It is one and near: what is the matter with it is to be told soon.
            (settings.requestTimeout, settings.patience) = (.seconds(10), .seconds(10))
            client = try EthereumClient([try Endpoint(url)], settings: settings) { issuer.authorization }
        } catch let error as EngineSecretError {
            throw CommandFailure("--jwt: \(error.description)")
        } catch let error as EthereumClientError {
            throw CommandFailure("--execution: \(error.message)")
        }
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            return try EngineNode(
                EngineExecution(client, configuration, ownParameters: ownParameters), configuration,
                l1: L1Source(layers.settlement), directory: directory, data: layers.data,
                sequencer: try role.sequencer.map { try RollupOptions.client($0, "--sequencer") },
                followsLostFinality: configuration.l1ChainID == DevL1Settings().chainID,
                blobs: BlobScheduleWatch(layers.client, chainID: configuration.l1ChainID),
                lifecycle: LifecycleReader.source(configuration, layers.client)
            ) { [client = layers.client, interval = role.l1.pollInterval] report async throws(LayerError) in
                try await client.introduce(configuration, every: interval, report: report)
            }
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw CommandFailure("--data \(directory): \(error.localizedDescription)")
        }
    }

    private func tell(_ chainID: UInt64, _ address: String, _ json: Bool) {
        // What the URL may have of secrets is nobody's.
        let engine = (try? Endpoint(url).name) ?? ""
        print(
            json
                ? "{\"chainId\": \(chainID), \"engine\": \"\(engine)\", \"http\": \"http://\(address)\"}"
                : "chain \(chainID), executed by \(engine)\nhttp: http://\(address)")
        fflush(nil)
    }
}
