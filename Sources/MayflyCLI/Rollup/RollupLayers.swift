import DataAvailability
import Derivation
import DevL1
import EthereumClient
import Layers
import RollupNode

/// The layers of a rollup that options choose, but for its execution: here and nowhere else.
struct RollupLayers {
    /// Of L1.
    let client: EthereumClient
    let settlement: any SettlementLayer
    let data: DataLayers

    /// What whoever derives the rollup reads; nothing is asked yet.
    static func reading(
        _ configuration: RollupConfiguration, l1: L1Options, altDA: AltDAOptions, skipped: SkippedDataOptions
    ) throws -> RollupLayers {
        let client = try l1.client()
        // The embedded L1 serves its beacon API where it serves all.
        let isEmbedded = configuration.l1ChainID == DevL1Settings().chainID
        var layers: [any DataAvailabilityLayer] = [
            CalldataAvailability(), BlobAvailability(try l1.beacon(orWhereL1Is: isEmbedded)),
        ]
        let commitments = try skipped.commitments()
        if !altDA.endpoints.isEmpty || !commitments.isEmpty {
            let client = altDA.endpoints.isEmpty ? nil : try altDA.client(AltDAClient.Settings())
            layers.append(AltDAAvailability(client, skipping: commitments))
        }
        return RollupLayers(
            client: client, settlement: EthereumSettlement(client), data: DataLayers(layers))
    }

    /// Where whoever publishes the rollup's blocks can have their data.
    static func publishing(altDA: AltDAOptions) throws -> DataLayers {
        var layers: [any DataAvailabilityLayer] = [CalldataAvailability(), BlobAvailability(nil)]
        if !altDA.endpoints.isEmpty {
            var settings = AltDAClient.Settings()
            // Before the batcher gives up waiting.
            settings.requestTimeout = .seconds(8)
            settings.patience = .seconds(9)
            layers.append(AltDAAvailability(try altDA.client(settings)))
        }
        return DataLayers(layers)
    }
}
