import Derivation
import EthereumClient
import Layers
import Lifecycles
import RollupNode
import Settlement

extension LifecycleReader {
    /// What a node tells of its rollup's end; nil where it has none.
    static func source(_ configuration: RollupConfiguration, _ client: EthereumClient) -> LifecycleMethods.Source? {
        guard let contract = configuration.lifecycleContract else { return nil }
        let reader = LifecycleReader(client: client, contract: contract)
        return { () async throws(LayerError) in
            do throws(SettlementError) { return try await reader.facts() } catch {
                throw LayerError(.settlement, error)
            }
        }
    }
}
